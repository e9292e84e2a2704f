//! Which files a command may name: those in the folders that the server may use. Relative paths start at
//! the project's folder, wherever the server was started.
use cutroom_api::{ApiError, FileRoots};
use serde_json::Value;
use std::path::Path;

/// The folder beside projects in which their journals are.
const OWN_FOLDER: &str = ".cutroom";

/// Where commands name files, by the command's name: the fields on the way there. `*` is each item of a
/// list.
const PLACES: &[(&str, &[&str])] = &[
    ("export", &["output"]),
    ("export", &["also", "*", "output"]),
    ("export", &["frame_hashes"]),
    ("export", &["cover"]),
    ("export", &["presets_file"]),
    ("export", &["proxy_folder"]),
    ("export", &["subtitles", "*", "file"]),
    ("import_in_background", &["files", "*"]),
    ("import_media", &["files", "*"]),
    ("make_proxies", &["proxy_folder"]),
    ("relink", &["search", "*"]),
    ("save", &["path"]),
];

/// Folders that may be used.
#[derive(Clone, Debug)]
pub struct Roots(pub FileRoots);

impl Roots {
    /// Makes the paths of a command absolute, from the folder of its project.
    ///
    /// # Errors
    /// `server.outside`: a path is in none of the folders.
    pub fn resolve(&self, command: &mut Value, folder: &Path) -> Result<(), ApiError> {
        for (name, place) in PLACES {
            if let Some(request) = command.get_mut(*name) {
                self.resolve_at(request, place, folder)?;
            }
        }
        Ok(())
    }

    fn resolve_at(&self, value: &mut Value, place: &[&str], folder: &Path) -> Result<(), ApiError> {
        let Some((field, rest)) = place.split_first() else {
            let Value::String(text) = value else { return Ok(()) };
            let path = folder.join(text.as_str());
            if !self.0.hold(&path) {
                let message = format!("{text} is in none of the folders that this server may use");
                return Err(ApiError::new("server.outside", message).hint("`--root` names other folders when it is started"));
            }
            if path.components().any(|part| part.as_os_str() == OWN_FOLDER) {
                return Err(ApiError::new("server.outside", format!("{text} is among the journals of projects")));
            }
            *text = path.to_string_lossy().into_owned();
            return Ok(());
        };
        match value {
            Value::Array(items) if *field == "*" => items.iter_mut().try_for_each(|item| self.resolve_at(item, rest, folder)),
            other => other.get_mut(*field).map_or(Ok(()), |inner| self.resolve_at(inner, rest, folder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_of_commands_stay_in_the_roots() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = inside.path().canonicalize().unwrap();
        std::fs::create_dir(folder.join("sub")).unwrap();
        let roots = Roots(FileRoots::new([folder.clone(), "/does/not/exist".into()]));
        let resolved = |mut command: Value| roots.resolve(&mut command, &folder).map(|()| command).map_err(|e| e.code);
        let out = |path: &str| json!({"export": {"output": path, "range": "0..1s"}});
        let at = |path: &str| out(&folder.join(path).display().to_string());
        assert_eq!(resolved(out("cut.mp4")), Ok(at("cut.mp4")));
        assert_eq!(resolved(out("sub/cut.mp4")), Ok(at("sub/cut.mp4")));
        std::fs::create_dir(folder.join(".cutroom")).unwrap();
        assert_eq!(resolved(out(".cutroom/journal.sqlite")), Err("server.outside".to_owned()));
        let elsewhere = outside.path().join("cut.mp4").display().to_string();
        for path in ["../cut.mp4", "sub/../../cut.mp4", "none/cut.mp4", &elsewhere, "/etc/passwd"] {
            assert_eq!(resolved(out(path)), Err("server.outside".to_owned()), "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), folder.join("link")).unwrap();
            assert_eq!(resolved(out("link/cut.mp4")), Err("server.outside".to_owned()));
        }
        let files = |name: &str, files: &[&str]| json!({name: {"files": files}});
        assert_eq!(resolved(files("import_media", &["a", "/etc/passwd"])), Err("server.outside".to_owned()));
        assert_eq!(resolved(files("import_in_background", &["../x"])), Err("server.outside".to_owned()));
        assert!(resolved(json!({"export": {"subtitles": [{"file": "/etc/passwd"}]}})).is_err());
        assert!(resolved(json!({"export": {"also": [{"output": "/etc/passwd"}]}})).is_err());
        assert!(resolved(json!({"relink": {"search": ["/etc"]}})).is_err());
        let other = json!({"set": {"of": {"clip": "c"}, "field": "name", "value": "/etc/passwd"}});
        assert_eq!(resolved(other.clone()), Ok(other));
    }
}
