//! Settings of uploads, and how those of S3 are found.
use rusty_s3::{Credentials, UrlStyle};
use std::{fmt, fs, path::PathBuf, time::Duration};

/// How a film is uploaded.
#[derive(Clone)]
pub struct UploadSettings {
    /// Size of a chunk in bytes; up to two are in memory. S3: size of the first parts, at least 5
    /// MiB (less counts as that). PUT: at most 1 MiB (more counts as that), so that the server is
    /// not kept waiting.
    pub chunk_bytes: usize,
    /// How often a request of S3 is tried, and one of PUT until its film is begun; at least once.
    pub tries: u32,
    /// The wait before the second try; it doubles each time.
    pub pause: Duration,
    /// The longest that finding the server and connecting to it may take.
    pub connect: Duration,
    /// The longest that the server may take no bytes.
    pub stall: Duration,
    /// The longest that the server may leave a request unanswered.
    pub answer: Duration,
    /// The film's media type, like `video/mp4`.
    pub content_type: String,
    /// Headers that are sent to PUT addresses, for example `Authorization`. They are not shown.
    pub headers: Vec<(String, String)>,
    /// Whether a file that is at the address may be replaced.
    pub overwrite: bool,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            chunk_bytes: 16 << 20,
            tries: 3,
            pause: Duration::from_millis(500),
            connect: Duration::from_secs(15),
            stall: Duration::from_secs(60),
            answer: Duration::from_secs(300),
            content_type: "application/octet-stream".into(),
            headers: Vec::new(),
            overwrite: false,
        }
    }
}

impl fmt::Debug for UploadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chunk_bytes, tries, content_type, overwrite, .. } = self;
        write!(f, "UploadSettings({content_type}, chunks of {chunk_bytes} bytes, tries: {tries}, overwrite: {overwrite})")
    }
}

/// Where S3-compatible storage is and the key to it.
#[derive(Clone, Debug, Default)]
pub struct S3Settings {
    /// The address of the storage, which [`super::Destination::parse`] checks; `None`: Amazon's in
    /// the region.
    pub endpoint: Option<String>,
    /// The bucket's region; `None`: `us-east-1`.
    pub region: Option<String>,
    /// Whether the bucket is in the path or in the host name; `None`: in the path at an endpoint of
    /// one's own, and in the host name at Amazon, if the bucket's name allows it.
    pub style: Option<UrlStyle>,
    /// The key.
    pub credentials: Option<Credentials>,
}

impl S3Settings {
    /// Reads the variables that Amazon's tools read, then their files in the user's folder:
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_PROFILE`,
    /// `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE`. A file that cannot be read counts as
    /// empty. `lookup` returns the value of a variable.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| lookup(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let home = var("HOME").or_else(|| var("USERPROFILE")).map(PathBuf::from);
        let file = |name: &str, default: &str| {
            let path = var(name).map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(".aws").join(default)));
            path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
        };
        let profile = var("AWS_PROFILE").unwrap_or_else(|| "default".into());
        let keys = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let config = file("AWS_CONFIG_FILE", "config");
        let section = if profile == "default" { profile.clone() } else { format!("profile {profile}") };
        let in_files = |name: &str| entry(&keys, &profile, name).or_else(|| entry(&config, &section, name));
        let from_var = key(var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY"), var("AWS_SESSION_TOKEN"));
        let from_files = || key(in_files("aws_access_key_id"), in_files("aws_secret_access_key"), in_files("aws_session_token"));
        let endpoint = var("AWS_ENDPOINT_URL_S3").or_else(|| var("AWS_ENDPOINT_URL")).or_else(|| in_files("endpoint_url"));
        Self {
            endpoint,
            region: var("AWS_REGION").or_else(|| var("AWS_DEFAULT_REGION")).or_else(|| in_files("region")),
            style: None,
            credentials: from_var.or_else(from_files),
        }
    }
}

fn key(id: Option<String>, secret: Option<String>, token: Option<String>) -> Option<Credentials> {
    let (id, secret) = id.zip(secret)?;
    Some(match token {
        Some(token) => Credentials::new_with_token(id, secret, token),
        None => Credentials::new(id, secret),
    })
}

/// The value of a name in a section of an INI file.
fn entry(text: &str, section: &str, name: &str) -> Option<String> {
    let heading = |line: &str| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')).map(|l| l.trim().to_owned());
    let lines = text.lines().map(str::trim).skip_while(|line| heading(line).as_deref() != Some(section)).skip(1);
    let mut pairs = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let value = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?.1.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_before_files() {
        let home = std::env::temp_dir().join(format!("cutroom-s3-settings-{}", std::process::id()));
        fs::create_dir_all(home.join(".aws")).unwrap();
        let default = "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n";
        let work = "\n[work]\naws_access_key_id=C\naws_secret_access_key = D=\naws_session_token=T\n";
        fs::write(home.join(".aws/credentials"), format!("{default}{work}")).unwrap();
        fs::write(home.join(".aws/config"), "[default]\nregion = eu-west-1\n[profile work]\nendpoint_url = http://host:9000\n")
            .unwrap();
        let with = |vars: &[(&str, &str)]| {
            S3Settings::from_env(|name| match name {
                "HOME" => Some(home.to_string_lossy().into_owned()),
                name => vars.iter().find(|v| v.0 == name).map(|v| v.1.to_owned()),
            })
        };
        let key = |settings: &S3Settings| {
            let key = settings.credentials.as_ref()?;
            Some((key.key().to_owned(), key.secret().to_owned(), key.token().map(str::to_owned)))
        };
        let default = with(&[]);
        assert_eq!(key(&default), Some(("A".into(), "B".into(), None)));
        assert_eq!((default.region.as_deref(), default.endpoint), (Some("eu-west-1"), None));
        let work = with(&[("AWS_PROFILE", "work"), ("AWS_DEFAULT_REGION", "x")]);
        assert_eq!(key(&work), Some(("C".into(), "D=".into(), Some("T".into()))));
        assert_eq!((work.region.as_deref(), work.endpoint.as_deref()), (Some("x"), Some("http://host:9000")));
        let vars = with(&[("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "F"), ("AWS_ENDPOINT_URL_S3", "http://s3/")]);
        assert_eq!(key(&vars), Some(("E".into(), "F".into(), None)));
        assert_eq!(vars.endpoint.as_deref(), Some("http://s3/"));
        assert!(!format!("{vars:?}").contains("\"F\""));
        assert!(with(&[("AWS_PROFILE", "other")]).credentials.is_none());
        fs::remove_dir_all(home).unwrap();
    }
}
