//! The `live/1` protocol between a running session and those who look at it: JSON texts for control, and
//! binary messages of a header and a payload for pictures and sound.
use crate::{ApiError, SessionEvent, TransportActivity};
use cutroom_analysis::Scope;
use cutroom_project::Edit;
use cutroom_types::AudioBlock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Version of the protocol.
pub const LIVE_VERSION: u8 = 1;
/// Length of a [`LiveHeader`] in bytes.
pub const LIVE_HEADER_BYTES: usize = 48;

/// What a binary message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveKind {
    /// A picture.
    Picture,
    /// A block of sound.
    Sound,
    /// A scope of a picture.
    Scope,
}

/// How a payload is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveCodec {
    /// A JPEG file.
    Jpeg,
    /// An access unit of H.264 in Annex B form.
    H264,
    /// A PNG file.
    Png,
    /// Samples of 16 bits, channels interleaved, little endian.
    PcmS16,
    /// A PNG file with a scope: light on nothing.
    Scope(LiveScope),
}

/// A scope that a view wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiveScope {
    /// Luma by column.
    Waveform,
    /// R′, G′ and B′ by column, side by side.
    Parade,
    /// Colour differences.
    Vectorscope,
    /// How often each value of R′, G′ and B′ occurs.
    Histogram,
}

impl LiveScope {
    /// All, by their codes.
    const ALL: [(u8, Self); 4] = [(32, Self::Waveform), (33, Self::Parade), (34, Self::Vectorscope), (35, Self::Histogram)];
}

impl From<LiveScope> for Scope {
    fn from(scope: LiveScope) -> Self {
        match scope {
            LiveScope::Waveform => Self::Waveform,
            LiveScope::Parade => Self::Parade,
            LiveScope::Vectorscope => Self::Vectorscope,
            LiveScope::Histogram => Self::Histogram,
        }
    }
}

/// The picture can be decoded without others.
pub const LIVE_KEY: u8 = 1;
/// Proxies were drawn.
pub const LIVE_PROXY: u8 = 2;
/// It has fewer pixels than the film.
pub const LIVE_REDUCED: u8 = 4;
/// It is the picture at rest: no better one follows.
pub const LIVE_SETTLED: u8 = 8;
/// The range that is played has ended.
pub const LIVE_END: u8 = 16;

/// What stands before a picture or a block of sound, 48 bytes, little endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveHeader {
    /// What the payload is.
    pub kind: LiveKind,
    /// How it is encoded.
    pub codec: LiveCodec,
    /// [`LIVE_KEY`] and others, added.
    pub flags: u8,
    /// Number of the seek or playback of the one who looks; messages of an older one are dropped.
    pub generation: u32,
    /// The composition's frame; of sound the first sample, counted from where playback began.
    pub frame: u64,
    /// Time of the frame, in flicks.
    pub time: i64,
    /// Revision of the document.
    pub revision: u64,
    /// Number of the message on its connection, which rises.
    pub sequence: u32,
    /// Width in pixels; of sound the number of channels.
    pub width: u16,
    /// Height in pixels; of sound samples per second divided by 100.
    pub height: u16,
    /// The first 32 bits of the hash of what decides the pixels; 0 if there is none.
    pub identity: u32,
    /// Time for decoding and drawing, in microseconds.
    pub render_us: u32,
}

impl LiveHeader {
    /// The header as bytes.
    pub fn to_bytes(&self) -> [u8; LIVE_HEADER_BYTES] {
        let kind = match self.kind {
            LiveKind::Picture => 1,
            LiveKind::Sound => 2,
            LiveKind::Scope => 3,
        };
        let codec = match self.codec {
            LiveCodec::Jpeg => 1,
            LiveCodec::H264 => 2,
            LiveCodec::Png => 3,
            LiveCodec::PcmS16 => 16,
            LiveCodec::Scope(scope) => LiveScope::ALL.iter().find(|(_, one)| *one == scope).map_or(32, |(code, _)| *code),
        };
        let mut bytes = [0; LIVE_HEADER_BYTES];
        let mut at = 0;
        let mut put = |some: &[u8]| {
            bytes[at..at + some.len()].copy_from_slice(some);
            at += some.len();
        };
        put(&[LIVE_VERSION, kind, codec, self.flags]);
        put(&self.generation.to_le_bytes());
        put(&self.frame.to_le_bytes());
        put(&self.time.to_le_bytes());
        put(&self.revision.to_le_bytes());
        put(&self.sequence.to_le_bytes());
        put(&self.width.to_le_bytes());
        put(&self.height.to_le_bytes());
        put(&self.identity.to_le_bytes());
        put(&self.render_us.to_le_bytes());
        bytes
    }

    /// The header of a message; `None` if the message is too short, or of another version, kind or codec.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, mut rest) = bytes.get(..LIVE_HEADER_BYTES)?.split_at(4);
        let mut take = |n: usize| {
            let (first, after) = rest.split_at(n);
            rest = after;
            let mut wide = [0; 8];
            wide[..n].copy_from_slice(first);
            u64::from_le_bytes(wide)
        };
        let kind = match head[1] {
            1 => LiveKind::Picture,
            2 => LiveKind::Sound,
            3 => LiveKind::Scope,
            _ => return None,
        };
        let codec = match head[2] {
            1 => LiveCodec::Jpeg,
            2 => LiveCodec::H264,
            3 => LiveCodec::Png,
            16 => LiveCodec::PcmS16,
            code => LiveCodec::Scope(LiveScope::ALL.iter().find(|(of, _)| *of == code)?.1),
        };
        (head[0] == LIVE_VERSION).then(|| Self {
            kind,
            codec,
            flags: head[3],
            generation: take(4) as u32,
            frame: take(8),
            time: take(8) as i64,
            revision: take(8),
            sequence: take(4) as u32,
            width: take(2) as u16,
            height: take(2) as u16,
            identity: take(4) as u32,
            render_us: take(4) as u32,
        })
    }
}

/// Which size of pictures somebody wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiveQuality {
    /// What the connection and the machine can keep up with, at most the view's size.
    #[default]
    Auto,
    /// The view's size, always.
    Full,
    /// Half of the film's width and height.
    Half,
    /// A quarter of the film's width and height.
    Quarter,
}

/// What one who looks sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first message.
    Hello {
        /// Codecs that can be decoded: `jpeg`, `h264`.
        decoders: Vec<String>,
        /// Width of the view in pixels of its screen.
        width: u32,
        /// Height of the view.
        height: u32,
        /// Pixels of the screen for each pixel of the page.
        #[serde(default = "one")]
        dpr: f64,
    },
    /// A command: an operation of the document, or one of the session.
    Command {
        /// Number by which the answer names it.
        id: u64,
        /// The command.
        command: Value,
    },
    /// Plays.
    Play {
        /// Number of what follows.
        generation: u32,
        /// From which frame; absent: from the playhead.
        #[serde(default)]
        from: Option<i64>,
        /// Speed from -8 to 8.
        #[serde(default = "one")]
        speed: f64,
    },
    /// Stops playing.
    Pause {
        /// Number of what follows.
        generation: u32,
    },
    /// Moves the playhead.
    Seek {
        /// Number of what follows.
        generation: u32,
        /// To which frame.
        frame: i64,
        /// Whether somebody drags: only the newest such frame matters.
        #[serde(default)]
        dragging: bool,
    },
    /// The size of the view changed.
    View {
        /// Width in pixels of its screen.
        width: u32,
        /// Height.
        height: u32,
    },
    /// A picture was shown, or dropped: it and all before it are not on their way any more.
    Credit {
        /// Its sequence number.
        sequence: u32,
        /// Number of pictures that were shown so far.
        #[serde(default)]
        shown: u64,
        /// How late it was shown, in milliseconds.
        #[serde(default)]
        late_ms: f64,
    },
    /// Wants a picture that needs no other one, as after a failure of a decoder.
    Refresh {},
    /// Wants these scopes of its pictures, and levels of the sound, from now on.
    Watch {
        /// Which scopes.
        #[serde(default)]
        scopes: BTreeSet<LiveScope>,
        /// Whether levels of the sound are wanted.
        #[serde(default)]
        meters: bool,
    },
    /// Looks at another composition.
    Show {
        /// Number of what follows.
        generation: u32,
        /// Its id; absent: the main one.
        #[serde(default)]
        composition: Option<String>,
    },
    /// Wants pictures of another size.
    Quality {
        /// Which.
        mode: LiveQuality,
    },
}

fn one() -> f64 {
    1.0
}

/// Why pictures have the size that they have while it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeReason {
    /// They fill the view.
    View,
    /// Larger ones would come too late.
    Late,
    /// The view chose a size.
    Chosen,
}

/// Levels of sound in a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoundLevels {
    /// Id of the track; absent: what is heard, of all tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Largest magnitude of each channel, in dBFS; -120 for silence.
    pub peak_db: Vec<f64>,
    /// Root of the mean square of each channel, in dBFS.
    pub rms_db: Vec<f64>,
}

impl SoundLevels {
    /// Levels of a block. Silence is -120 dBFS.
    pub fn of(block: &AudioBlock) -> Self {
        let db = |v: f64| (20.0 * v.log10()).max(-120.0);
        let peak = |c: &Vec<f32>| db(c.iter().fold(0.0, |peak: f64, v| peak.max(f64::from(v.abs()))));
        let square = |c: &Vec<f32>| c.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / c.len().max(1) as f64;
        let rms_db = block.channels.iter().map(|c| db(square(c).sqrt())).collect();
        Self { track: None, peak_db: block.channels.iter().map(peak).collect(), rms_db }
    }
}

/// What one who looks is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first message.
    Welcome {
        /// Revision of the document.
        revision: u64,
        /// Number of those who look at it, this one included.
        clients: usize,
        /// Id of the composition that is shown.
        composition: String,
        /// Number of its frames.
        frames: i64,
        /// Its frames per second, as a fraction such as `30000/1001`.
        frame_rate: String,
    },
    /// The answer to a command.
    Answer {
        /// Number of the command.
        id: u64,
        /// Revision of the document after it.
        revision: u64,
        /// What it did; absent if it was refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<Box<SessionEvent>>,
        /// Why it was refused.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        errors: Vec<ApiError>,
    },
    /// A change of the document, by whomever. It applies on top of the revision before.
    Edits {
        /// The revision that it leads to.
        revision: u64,
        /// What it is called in a menu.
        label: String,
        /// The edits, in order.
        edits: Vec<Edit>,
    },
    /// What happened beside the document.
    Event {
        /// What.
        event: Box<SessionEvent>,
    },
    /// What the transport of this view does.
    State {
        /// Id of the composition.
        composition: String,
        /// What it does.
        activity: TransportActivity,
        /// The playhead's frame.
        frame: i64,
        /// Number of frames.
        frames: i64,
        /// Frames per second, as a fraction such as `30000/1001`.
        frame_rate: String,
        /// Speed of playback.
        speed: f64,
    },
    /// Levels of the sound that follows, as [`ClientMessage::Watch`] wants them.
    Meters {
        /// Number of the playback.
        generation: u32,
        /// Its first sample, counted from where playback began.
        sample: u64,
        /// Levels.
        levels: Vec<SoundLevels>,
    },
    /// Pictures have another size while it plays.
    QualityNow {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Why.
        why: SizeReason,
    },
    /// Somebody came or went.
    Presence {
        /// Number of those who look at the document.
        clients: usize,
    },
    /// A message was not understood, or something failed that no command asked for.
    Failed {
        /// Why.
        errors: Vec<ApiError>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_formula() {
        // A square wave of one half has peak and root mean square at 20 log 0.5 dB.
        let block = AudioBlock { rate_hz: 48_000, channels: vec![vec![0.5, -0.5, 0.5, -0.5], vec![0.0; 4]] };
        let SoundLevels { peak_db, rms_db, .. } = SoundLevels::of(&block);
        let half = 20.0 * 0.5_f64.log10();
        assert!((peak_db[0] - half).abs() < 1e-9 && (rms_db[0] - half).abs() < 1e-9, "{peak_db:?} {rms_db:?}");
        assert_eq!((peak_db[1], rms_db[1]), (-120.0, -120.0));
    }

    #[test]
    fn headers_come_back_and_have_their_places() {
        let header = LiveHeader {
            kind: LiveKind::Picture,
            codec: LiveCodec::Jpeg,
            flags: LIVE_KEY | LIVE_SETTLED,
            generation: 0x0403_0201,
            frame: 5,
            time: -705_600_000,
            revision: 0x1122_3344_5566_7788,
            sequence: 6,
            width: 1280,
            height: 720,
            identity: 0xDEAD_BEEF,
            render_us: 7,
        };
        let bytes = header.to_bytes();
        // By the table of the protocol.
        assert_eq!(bytes[..8], [1, 1, 1, 9, 1, 2, 3, 4]);
        assert_eq!(bytes[8..16], 5_u64.to_le_bytes());
        assert_eq!(bytes[16..24], (-705_600_000_i64).to_le_bytes());
        assert_eq!(bytes[24..32], [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
        assert_eq!(bytes[32..40], [6, 0, 0, 0, 0, 5, 0xD0, 2]);
        assert_eq!(bytes[40..], [0xEF, 0xBE, 0xAD, 0xDE, 7, 0, 0, 0]);
        assert_eq!(LiveHeader::from_bytes(&bytes), Some(header));
        for n in 0..LIVE_HEADER_BYTES {
            assert_eq!(LiveHeader::from_bytes(&bytes[..n]), None);
        }
        let scope = LiveHeader { kind: LiveKind::Scope, codec: LiveCodec::Scope(LiveScope::Vectorscope), ..header };
        assert_eq!(scope.to_bytes()[1..3], [3, 34]);
        assert_eq!(LiveHeader::from_bytes(&scope.to_bytes()), Some(scope));
        for (at, value) in [(0, 2), (1, 9), (2, 9)] {
            let mut other = bytes;
            other[at] = value;
            assert_eq!(LiveHeader::from_bytes(&other), None);
        }
    }
}
