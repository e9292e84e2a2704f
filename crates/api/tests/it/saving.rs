//! Saving a session under other names.
use cutroom_api::{Editor, Session};
use cutroom_types::CancelToken;
use serde_json::json;

/// Another file beside the project is replaced only when that is wanted, and never one that the project
/// reads.
#[test]
fn saving_elsewhere_replaces_nothing_by_accident() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.json");
    let film = json!({"schema_version": 2, "name": "t", "main": "m", "media": [{"id": "a", "path": "a.mp4"}], "compositions": [
        {"id": "m", "size": {"width": 640, "height": 360}, "frame_rate": 25, "tracks": []}]});
    std::fs::write(&path, film.to_string()).unwrap();
    for name in ["a.mp4", "other.json"] {
        std::fs::write(dir.path().join(name), "precious").unwrap();
    }
    let mut editor = Editor::new(Session::open(&path).unwrap(), None, false).unwrap();
    let mut save = |name: &str, overwrite: bool| {
        let command = json!({"save": {"path": dir.path().join(name), "overwrite": overwrite}});
        editor.execute(&command, &CancelToken::new()).map(drop).map_err(|errors| errors[0].code.clone())
    };
    let text = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(save("other.json", false), Err("usage.exists".to_owned()));
    assert_eq!(save("a.mp4", false), Err("usage.replaces_input".to_owned()));
    assert_eq!(save("a.mp4", true), Err("usage.replaces_input".to_owned()));
    assert_eq!((text("a.mp4"), text("other.json")), ("precious".to_owned(), "precious".to_owned()));
    assert_eq!(save("film.json", false), Ok(()));
    assert_eq!(save("new.json", false), Ok(()));
    assert_eq!(save("other.json", true), Ok(()));
    assert!(text("other.json").contains("schema_version"));
}
