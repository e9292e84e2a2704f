//! Finds times that are too short to be meant.
use super::{Problem, report};
use crate::frame_times::each_time;
use cutroom_types::FLICKS_PER_SECOND;
use serde_json::Value;

/// One warning for each time that the text of a project gives as a bare number of less than a frame:
/// flicks were written by mistake, and seconds or frames were meant. Source times and fades may be
/// shorter than a frame; for them the limit is a millisecond.
pub fn tiny_times(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Ok(mut document) = serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text)) else { return problems };
    // In version 1 some times were seconds.
    if document["schema_version"] != crate::SCHEMA_VERSION {
        return problems;
    }
    each_time(&mut document, &mut |path, at, value| {
        let Some(flicks) = value.as_i64().filter(|n| *n > 0) else { return };
        let limit = if at.may_be_short { FLICKS_PER_SECOND / 1000 } else { at.rate.frame_duration().0 };
        if flicks < limit {
            let message = format!(
                "{flicks} flicks are {:.9} s, less than a frame; if seconds or frames are meant, write \"{flicks}s\" or \"{flicks}f\"",
                flicks as f64 / FLICKS_PER_SECOND as f64
            );
            report(&mut problems, path, None, "project.tiny_time", message);
        }
    });
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bare_number_below_a_frame_is_noticed() {
        let tiny = |text: &str| tiny_times(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        let curve = json!({"keyframes": [{"time": "2s", "value": 1}]});
        let clip = json!({"id": "c", "source": {"type": "null"}, "start": "2s", "duration": "2s", "source_in": "1f",
            "video": {"opacity": curve}});
        let mut all = json!({"schema_version": 2, "main": "m", "compositions": [{
            "id": "m", "size": {"width": 16, "height": 16}, "frame_rate": 25, "tracks": [{"id": "t", "clips": [clip]}]}]});
        assert_eq!(tiny(&all.to_string()), [""; 0]);
        let clip = &mut all["compositions"][0]["tracks"][0]["clips"][0];
        clip["duration"] = json!(5);
        clip["start"] = json!("5ms");
        // A frame of 25 fps has 28 224 000 flicks.
        clip["source_in"] = json!(20_000_000);
        clip["video"]["opacity"]["keyframes"][0]["time"] = json!(28_223_999);
        let found = tiny(&all.to_string());
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("compositions[0].tracks[0].clips[0].duration: 5 flicks are 0.000000007 s"), "{found:?}");
        assert!(found[0].contains("\"5s\" or \"5f\"") && found[1].contains("opacity.keyframes[0].time"), "{found:?}");
    }
}
