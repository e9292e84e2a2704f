//! Subtitles as packets of a text track in a media file.
use super::{
    ass,
    document::{Cue, Run, SubtitleDocument},
    issues::Issues,
    mov_text, srt, vtt,
};
use cutroom_types::Time;

/// How a container stores a text track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketForm {
    /// 3GPP timed text in MP4 and MOV.
    MovText {
        /// Whether all of it is shown even if subtitles are off, which only the header says.
        forced: bool,
    },
    /// SubRip's texts in Matroska.
    SubRip,
    /// ASS in Matroska.
    Ass,
    /// WebVTT in WebM.
    WebVtt,
}

/// A track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packets {
    /// What stands before all packets.
    pub header: Vec<u8>,
    /// In order of their starts.
    pub list: Vec<Packet>,
    /// What the form cannot hold, with counts.
    pub losses: Vec<String>,
}

/// A cue in a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// Start.
    pub start: Time,
    /// End, after the start.
    pub end: Time,
    /// Its text in the track's form.
    pub payload: Vec<u8>,
    /// Settings of a WebVTT cue.
    pub settings: String,
}

/// The document as packets. Cues without text or length are left out.
pub fn packets(document: &SubtitleDocument, form: PacketForm) -> Packets {
    let mut losses = Issues::default();
    let is_shown = |c: &&Cue| c.end > c.start && c.runs.iter().any(|r| !r.text.trim().is_empty());
    let cues = || document.cues.iter().filter(is_shown);
    let hidden = document.cues.len() - cues().count();
    (0..hidden).for_each(|_| losses.count(0, "cues without a text or a length"));
    let packet = |cue: &Cue, payload: Vec<u8>, settings| Packet { start: cue.start, end: cue.end, payload, settings };
    let (header, list) = match form {
        PacketForm::MovText { forced } => {
            let one_at_a_time = flat(cues());
            let list = one_at_a_time.iter().map(|cue| packet(cue, mov_text::sample(cue, &mut losses), String::new()));
            let list = list.collect();
            for cue in cues() {
                mov_text::count_losses(cue, &mut losses);
            }
            (mov_text::header(forced), list)
        }
        PacketForm::SubRip => {
            (Vec::new(), cues().map(|cue| packet(cue, srt::body(cue, &mut losses).into(), String::new())).collect())
        }
        PacketForm::WebVtt => {
            if !document.styles.is_empty() {
                losses.count(0, "styles that cues name");
            }
            if !document.regions.is_empty() {
                losses.count(0, "regions");
            }
            let settings = |cue: &Cue| vtt::settings(&Cue { region: None, ..cue.clone() }).trim().to_owned();
            (Vec::new(), cues().map(|cue| packet(cue, vtt::body(cue, &mut losses).into(), settings(cue))).collect())
        }
        PacketForm::Ass => {
            let header = ass::write(&SubtitleDocument { cues: Vec::new(), ..document.clone() }, &mut losses);
            let list = cues().enumerate().map(|(n, cue)| packet(cue, ass::packet(cue, n, document).into(), String::new()));
            (header.into(), list.collect())
        }
    };
    Packets { header, list, losses: losses.into_list().into_iter().map(|i| i.message).collect() }
}

/// Cues of which only one is shown at a time: where several are, one with the text of all of them,
/// the earliest in the last line, as they stand in the picture.
fn flat<'a>(cues: impl Iterator<Item = &'a Cue>) -> Vec<Cue> {
    let cues: Vec<&Cue> = cues.collect();
    let mut bounds: Vec<Time> = cues.iter().flat_map(|c| [c.start, c.end]).collect();
    bounds.sort();
    bounds.dedup();
    let mut all: Vec<Cue> = Vec::new();
    let (mut next, mut shown): (usize, Vec<usize>) = (0, Vec::new());
    for pair in bounds.windows(2) {
        shown.retain(|&n| cues[n].end > pair[0]);
        while next < cues.len() && cues[next].start <= pair[0] {
            shown.push(next);
            next += 1;
        }
        let Some((&first, more)) = shown.split_first() else { continue };
        let mut cue = Cue { start: pair[0], end: pair[1], runs: Vec::new(), ..cues[first].clone() };
        for &n in more.iter().rev() {
            cue.runs.extend(cues[n].runs.iter().cloned());
            cue.runs.push(Run { text: "\n".into(), ..Run::default() });
        }
        cue.runs.extend(cues[first].runs.iter().cloned());
        match all.last_mut() {
            // A cue alone is not divided by the ends of others.
            Some(last) if last.end == cue.start && last.runs == cue.runs && more.is_empty() && cues[first].start < cue.start => {
                last.end = cue.end;
            }
            _ => all.push(cue),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_at_one_time_become_one() {
        let cue = |start, end, text: &str| Cue::plain(Time(start), Time(end), text);
        let cues = [cue(0, 10, "a"), cue(5, 7, "b"), cue(10, 12, "c"), cue(20, 21, "d"), cue(21, 22, "d")];
        let found: Vec<_> = flat(cues.iter()).iter().map(|c| (c.start.0, c.end.0, c.text())).collect();
        let want = [(0, 5, "a"), (5, 7, "b\na"), (7, 10, "a"), (10, 12, "c"), (20, 21, "d"), (21, 22, "d")];
        assert_eq!(found, want.map(|(a, b, t)| (a, b, t.to_owned())));
    }
}
