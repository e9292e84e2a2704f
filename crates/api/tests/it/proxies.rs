//! Making proxies is cancelled in the middle: what was complete stays, nothing else does.
use cutroom_api::{CancelToken, ProxyRequest, ProxyScaleChoice, Session, make_proxies};
use std::process::Command;

#[test]
fn a_cancelled_proxy_is_removed_and_complete_ones_stay() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=128x72:rate=25", "-frames:v", "20", "-pix_fmt", "yuv420p"];
    assert!(Command::new("ffmpeg").args(args).arg(dir.path().join("a.mp4")).status().unwrap().success());
    let project = dir.path().join("film.json");
    let text = r#"{"schema_version": 2, "main": "m", "media": [{"id": "a", "path": "a.mp4"}], "compositions": [
        {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": []}]}"#;
    std::fs::write(&project, text).unwrap();
    let session = Session::open(&project).unwrap();
    let scales = vec![ProxyScaleChoice::Half, ProxyScaleChoice::Quarter];
    let (request, cancel) = (ProxyRequest { scales, ..ProxyRequest::default() }, CancelToken::new());
    let mut last = 0;
    let made = make_proxies(&session, &request, &cancel, &mut |p| {
        assert!(p.done >= last && p.total == 40, "{p:?}");
        last = p.done;
        // In the middle of the second one.
        if p.done == 25 {
            cancel.cancel();
        }
    });
    assert_eq!(made.unwrap_err()[0].code, "proxy.cancelled");
    let names =
        std::fs::read_dir(dir.path().join(".cutroom/proxies")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut kinds: Vec<String> = names.map(|n| n.rsplit_once('-').unwrap().1.to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["half.json", "half.mov"]);
}
