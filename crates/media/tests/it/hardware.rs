//! Decoding with a graphics card: frames are those of the processor whoever decodes, and a device
//! that is named and missing is an error. On machines without a card the first is about `auto`.
use cutroom_media::{DecodeChoice, MediaError, MediaIndex, MediaLocation, ReadOptions, VideoReader, card, check_decode_choice};
use cutroom_test_support::{media, skipped};
use cutroom_types::{CancelToken, Picture};
use std::sync::Arc;

/// Clips that cards decode, and some that they do not: ProRes, JPEG, alpha.
const CLIPS: &[&str] = &[
    "phone_ducks_720p_h264.mp4",
    "iphone_720p_rot90.mov",
    "sony_a7m3_1080i25_avchd.mts",
    "roadtrip_vp9_10bit_23976.webm",
    "portrait_pq_av1_10bit.mp4",
    "kodak_mjpeg_pcm.avi",
    "alpha_vp9_ui_1598x833.webm",
];

fn open(index: &Arc<MediaIndex>, options: ReadOptions) -> Result<VideoReader, MediaError> {
    VideoReader::open_indexed(Arc::clone(index), 0, ReadOptions { threads: 1, ..options })
}

fn is_same(a: &Picture, b: &Picture) -> bool {
    let rows = |p: &Picture| p.planes.iter().flat_map(|k| (0..k.rows()).flat_map(|y| k.row(y).to_vec())).collect::<Vec<u8>>();
    (a.format, a.size, a.color, a.sample_aspect, a.orientation) == (b.format, b.size, b.color, b.sample_aspect, b.orientation)
        && rows(a) == rows(b)
}

#[test]
fn frames_are_the_same_whoever_decodes() {
    for clip in CLIPS {
        let Some(path) = media(clip) else { continue };
        let index = Arc::new(MediaIndex::open(&MediaLocation::file(&path), &CancelToken::new()).unwrap());
        let mut software = open(&index, ReadOptions::default()).unwrap();
        let end = software.frame_count();
        let order = [0, 1, 2, end / 2, end / 2 + 1, 3, end - 1];
        let expected: Vec<Picture> = order.iter().map(|n| software.frame(*n).unwrap().picture).collect();
        for choice in DecodeChoice::ALL.into_iter().filter(|choice| check_decode_choice(*choice, None).is_ok()) {
            for keep_on in [None, card()] {
                let mut reader = open(&index, ReadOptions { decode: choice, keep_on, ..ReadOptions::default() }).unwrap();
                for (n, expected) in order.iter().zip(&expected) {
                    let picture = reader.frame(*n).unwrap().picture;
                    assert!(keep_on.is_some() || picture.device.is_none(), "{clip}");
                    assert!(is_same(&picture.on_host().unwrap(), expected), "{clip}: frame {n} by {}", choice.id());
                }
                let report = reader.report();
                assert!(report.decoded_by.is_none() || report.fell_back.is_none(), "{clip}: {report:?}");
                // Only a device that was named is missed aloud.
                assert!(choice.is_named() || report.remarks == software.report().remarks, "{clip}: {report:?}");
            }
        }
    }
}

#[test]
fn a_named_device_that_is_missing_is_an_error() {
    let Some(path) = media("phone_ducks_720p_h264.mp4") else { return };
    let index = Arc::new(MediaIndex::open(&MediaLocation::file(&path), &CancelToken::new()).unwrap());
    let missing = |choice: &DecodeChoice| check_decode_choice(*choice, None).is_err();
    let Some(choice) = DecodeChoice::ALL.into_iter().find(missing) else { return skipped("no device", "all kinds are here") };
    let error = open(&index, ReadOptions { decode: choice, ..ReadOptions::default() }).err().unwrap();
    assert_eq!(error.code(), "media.hardware.absent");
    assert!(error.to_string().contains(choice.id()), "{error}");
}
