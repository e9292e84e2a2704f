//! Which source pictures a plan needs.
use cutroom_timeline::{Content, FramePlan, Layer};
use cutroom_types::{MediaId, Time};

/// One source picture: the frame of a stream whose presentation interval holds `time`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// Which file.
    pub media: MediaId,
    /// Index among the file's video streams.
    pub stream: usize,
    /// Time since the start of the file.
    pub time: Time,
}

/// Every source picture that `plan` names, in drawing order, each once; looks into nested compositions and transitions.
pub fn wanted_pictures(plan: &FramePlan) -> Vec<Wanted> {
    let mut found = Vec::new();
    plan.layers.iter().for_each(|layer| collect(layer, &mut found));
    found
}

fn collect(layer: &Layer, found: &mut Vec<Wanted>) {
    let others = layer.effects.iter().flat_map(|e| &e.inputs).chain(layer.matte.iter().map(|m| &m.layer));
    others.for_each(|layer| collect(layer, found));
    match &layer.content {
        Content::Media { media, stream, source_time } => {
            let wanted = Wanted { media: media.clone(), stream: *stream, time: *source_time };
            if !found.contains(&wanted) {
                found.push(wanted);
            }
        }
        Content::Composition(plan) => plan.layers.iter().for_each(|layer| collect(layer, found)),
        Content::Transition { from, to, inputs, .. } => {
            let sides = from.iter().chain(to).map(|side| &**side);
            sides.chain(inputs).for_each(|layer| collect(layer, found));
        }
        Content::Solid(_) | Content::Below => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_timeline::{BlendSpace, Canvas};
    use cutroom_types::{ClipId, Primaries, Size, Transfer};

    fn layer(content: Content) -> Layer {
        Layer::new(ClipId::from("c"), content)
    }
    fn media(id: &str, flicks: i64) -> Layer {
        layer(Content::Media { media: id.into(), stream: 0, source_time: Time(flicks) })
    }
    fn plan(layers: Vec<Layer>) -> FramePlan {
        let canvas = Canvas {
            size: Size { width: 4, height: 2 },
            blend_space: BlendSpace::Gamma,
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            background: [0.0, 0.0, 0.0, 1.0],
        };
        FramePlan { canvas, time: Time::ZERO, layers }
    }

    #[test]
    fn looks_everywhere_and_names_each_once() {
        let dissolve = layer(Content::Transition {
            id: "dissolve".into(),
            params: vec![],
            progress: 0.5,
            from: Some(Box::new(media("a", 1))),
            to: Some(Box::new(media("b", 2))),
            inputs: vec![media("d", 4)],
        });
        let nested = layer(Content::Composition(Box::new(plan(vec![media("c", 3), media("a", 1)]))));
        let all = wanted_pictures(&plan(vec![media("a", 9), dissolve, nested, layer(Content::Solid([0.0; 4]))]));
        let names: Vec<_> = all.iter().map(|w| (w.media.as_str(), w.time.0)).collect();
        assert_eq!(names, [("a", 9), ("a", 1), ("b", 2), ("d", 4), ("c", 3)]);
    }
}
