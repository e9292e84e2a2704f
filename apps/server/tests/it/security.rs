//! Who is let in, and to what: every route of the table, every way to write a path.
use crate::support::{Bench, TOKEN, raw};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Ways to write a path that leads out of a folder, or to something that is no file, as parts of addresses.
const PATHS: &[&str] = &[
    "..",
    "../..",
    "%2e%2e",
    "%2e%2e%2f",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fetc",
    "..%5c..%5cetc",
    "..\\..\\etc",
    "%c0%ae%c0%ae%c0%af",
    "%c0%af",
    "%e0%80%ae",
    "%ff",
    "%00",
    "a%00.mkv",
    "C:%5cWindows",
    "C:",
    "%5c%5cserver%5cshare",
    "%5c%5c%3f%5cC:",
    "CON",
    "NUL",
    "a.mkv::$DATA",
    "a.mkv:stream",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "film.json",
    ".cutroom",
    "%u002e%u002e",
    "....//",
    "..;/",
    "%E2%80%A5",
    "a%0d%0aX-Evil:%201",
];

/// The routes, from the description that is made from the table of the router.
fn routes(b: &Bench) -> Vec<(String, String)> {
    let document = b.get("/api/v1/openapi.json");
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &Value)| {
        methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

fn filled(path: &str, with: &str) -> String {
    path.replace("{id}", with).replace("{media}", with).replace("{upload}", with).replace("{job}", with).replace("{name}", with)
}

#[test]
fn no_route_answers_without_the_token_or_to_other_pages() {
    let b = Bench::new();
    let at = b.address();
    let all = routes(&b);
    assert!(all.len() > 20 && all.contains(&("PATCH".into(), "/api/v1/projects/{id}/uploads/{upload}".into())), "{all:?}");
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let socket =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (method, path) in all {
        for part in ["film", "a"] {
            let path = filled(&path, part);
            let status = |headers: &str| raw(&at, &method, &path, headers, b"").0;
            assert_eq!(status(""), 401, "{method} {path}");
            assert_eq!(status(socket), 401, "{method} {path}");
            assert_eq!(status("Authorization: Bearer wrong\r\n"), 401, "{method} {path}");
            assert_eq!(status(&format!("Authorization: Basic {TOKEN}\r\n")), 401, "{method} {path}");
            assert_eq!(status("Cookie: token=a-token-of-the-test\r\n"), 401, "{method} {path}");
            for origin in ["http://evil.example", "null", "file://", "http://localhost.evil.example"] {
                assert_eq!(status(&format!("{bearer}Origin: {origin}\r\n")), 403, "{method} {path} {origin}");
                assert_eq!(status(&format!("{bearer}{socket}Origin: {origin}\r\n")), 403, "{method} {path} {origin}");
            }
            assert!(![401, 403, 405, 500].contains(&status(&bearer)), "{method} {path}: {}", status(&bearer));
        }
        assert_eq!(raw(&at, "BREW", &filled(&path, "film"), &bearer, b"").0, 405, "{path}");
    }
    b.is_well();
}

/// A page whose name was made to lead here (DNS rebinding) has its own origin as host.
#[test]
fn requests_for_other_hosts_are_refused() {
    let b = Bench::with(|options| options.hosts = vec!["cutting.local".into()]);
    let status = |host: &str| {
        let mut stream = TcpStream::connect(b.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!("GET /api/v1/projects?token={TOKEN} HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for host in ["127.0.0.1", "localhost:9", "[::1]", "cutting.local"] {
        assert_eq!(status(&format!("Host: {host}\r\n")), "200", "{host}");
    }
    for host in ["evil.example", "evil.example:7777", "127.0.0.1.evil.example"] {
        assert_eq!(status(&format!("Host: {host}\r\n")), "421", "{host}");
        assert_eq!(status(&format!("Host: {host}\r\nOrigin: http://{host}\r\n")), "421", "{host}");
    }
    assert_eq!(status(""), "421");
}

/// Nothing but what the table names is reached, however it is written.
#[test]
fn no_path_leads_out() {
    let b = Bench::new();
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret.txt"), "the secret words").unwrap();
    std::fs::write(b.dir.path().join("beside.txt"), "the secret words").unwrap();
    let at = b.address();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for (method, path) in routes(&b).into_iter().filter(|(_, path)| path.contains('{')) {
        for part in PATHS {
            // As the last part, and as the project.
            let last = path.rsplit_once('{').map(|(before, after)| {
                let rest = after.split_once('}').map_or("", |(_, rest)| rest);
                format!("{}{part}{rest}", filled(before, "film"))
            });
            for path in [last.unwrap(), filled(&path, part)] {
                let (status, _, body) = raw(&at, &method, &path, &bearer, b"");
                let words = String::from_utf8_lossy(&body);
                assert!(!words.contains("secret words") && !words.contains("root:"), "{method} {path}: {words}");
                assert!((400..500).contains(&status), "{method} {path}: {status} {words}");
                assert!(words.contains("\"errors\"") || words.is_empty(), "{method} {path}: {status} {words}");
            }
        }
    }
    // Paths in bodies.
    let outside = secret.path().join("secret.txt");
    let plain = [
        "../x",
        "/etc/passwd",
        "..\\x",
        "C:\\x",
        "\\\\server\\share",
        "file:///etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "\u{0}",
    ];
    for path in plain.iter().map(|p| json!(p)).chain([json!(outside)]) {
        let (status, _) = b.post("/api/v1/projects", &json!({ "path": path }));
        assert!([400, 403, 404].contains(&status), "{path}: {status}");
        for command in [
            json!({"import_media": {"files": [path]}}),
            json!({"import_in_background": {"files": [path]}}),
            json!({"export": {"output": path}}),
            json!({"relink": {"search": [path]}}),
            json!({"save": {"path": path}}),
        ] {
            let (status, answer) = b.post("/api/v1/projects/film/commands", &command);
            // Names with a backslash are names in the folder here.
            let is_name = cfg!(unix) && path.as_str().unwrap().contains('\\');
            assert!(status >= 400 || is_name, "{command}: {answer}");
        }
    }
    assert_eq!(std::fs::read_dir(secret.path()).unwrap().count(), 1, "nothing was written");
    b.is_well();
}

/// Links in the project's folder lead nowhere either.
#[cfg(unix)]
#[test]
fn links_are_followed_before_they_are_judged() {
    let b = Bench::new();
    let other = tempfile::tempdir().unwrap();
    crate::support::film(other.path());
    std::os::unix::fs::symlink(other.path().join("a.mkv"), b.dir.path().join("link.mkv")).unwrap();
    std::os::unix::fs::symlink(other.path(), b.dir.path().join("folder")).unwrap();
    for (n, path) in ["link.mkv", "folder/a.mkv", "./folder/../folder/a.mkv"].iter().enumerate() {
        let command = json!({"import_media": {"files": [path]}});
        assert_eq!(b.post("/api/v1/projects/film/commands", &command).0, 403, "{path}");
        b.command(json!({"add_media": {"media": {"id": format!("x{n}"), "path": path, "kind": "video"}}}));
        for what in ["", "/thumbnail", "/filmstrip", "/waveform"] {
            assert_eq!(b.request("GET", &format!("/api/v1/projects/film/media/x{n}{what}"), "", b"").0, 403, "{path} {what}");
        }
        assert_eq!(b.get("/api/v1/projects/film/media")["media"][n + 1]["offline"], true, "{path}");
    }
    // A folder that is imported whole leaves them out.
    let (status, refused) = b.post("/api/v1/projects/film/commands", &json!({"import_media": {"files": ["."]}}));
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("operation.unfit")), "{refused}");
}

/// Whatever happens, the token is in no line that is logged and in no answer.
#[test]
fn the_token_is_never_told() {
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::{Layer, layer::SubscriberExt, registry::LookupSpan};
    #[derive(Clone, Default)]
    struct Words(Arc<Mutex<String>>);
    impl tracing::field::Visit for Words {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            *self.0.lock().unwrap() += &format!("{field}={value:?}\n");
        }
    }
    impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Words {
        fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
            event.record(&mut self.clone());
        }
        fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::Id, _: tracing_subscriber::layer::Context<'_, S>) {
            span.record(&mut self.clone());
        }
    }
    let words = Words::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(words.clone())).unwrap();
    let b = Bench::new();
    let at = b.address();
    for (method, path) in routes(&b) {
        for part in ["film", "%ff"] {
            for query in ["", "&scale=x&level=x&path=x&at_secs=x"] {
                let path = format!("{}?token={TOKEN}{query}", filled(&path, part));
                let (_, headers, body) = raw(&at, &method, &path, "Content-Type: application/json\r\nUpgrade: x\r\n", b"{");
                let said = headers + &String::from_utf8_lossy(&body);
                assert!(!said.contains(TOKEN), "{method} {path}: {said}");
            }
        }
    }
    b.command(json!({"trim": {"clip": "c1", "edge": "end", "to": "1s"}}));
    let logged = words.0.lock().unwrap().clone();
    assert!(!logged.is_empty() && !logged.contains(TOKEN), "{logged}");
}
