//! Uploads over HTTPS. Which authorities are trusted is set by a variable, so each upload is a
//! process.
use crate::common::Head;
use cutroom_upload::{Destination, S3Settings, UploadSettings, begin};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use std::{
    io::{BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
    sync::Arc,
    thread,
};

const ADDRESS: &str = "CUTROOM_TEST_HTTPS";

/// A new authority.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Serves uploads of `film` as `localhost`, which `authority` confirms; returns its port.
fn serve(authority: &CertifiedIssuer<'_, KeyPair>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let tls = ServerConnection::new(config.clone()).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(tls, stream.unwrap()));
            while let Some(head) = Head::read(&mut stream) {
                let status = if head.is("PUT") {
                    stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
                    let mut film = [0; 4];
                    stream.read_exact(&mut film).unwrap();
                    if &film == b"film" { "201 Created" } else { "400 Bad Request" }
                } else {
                    "404 Not Found"
                };
                stream.get_mut().write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
            }
        }
    });
    port
}

/// Runs [`upload`] in a process that trusts an authority; what it says.
fn upload_trusting(authority: &Path, address: &str) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "https::upload", "--ignored", "--nocapture"])
        .env(ADDRESS, address)
        .env("SSL_CERT_FILE", authority)
        .env_remove("SSL_CERT_DIR");
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
#[ignore = "run by the other test, in a process of its own"]
fn upload() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let destination = Destination::parse(&address, &S3Settings::default()).unwrap().unwrap();
    let settings = UploadSettings { tries: 1, ..UploadSettings::default() };
    let result = begin(destination, settings).and_then(|(mut writer, upload)| {
        writer.write_all(b"film").unwrap();
        upload.finish()
    });
    println!("{}", result.map_or_else(|e| format!("failed: {}", e.text()), |u| format!("sent {} bytes to {}", u.bytes, u.url)));
}

#[test]
fn authorities_of_the_system_are_trusted_and_no_others() {
    let folder = std::env::temp_dir().join(format!("cutroom-https-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (trusted, other) = (authority(), authority());
    let (own, foreign, none) = (folder.join("own.pem"), folder.join("foreign.pem"), folder.join("none.pem"));
    std::fs::write(&own, trusted.pem()).unwrap();
    std::fs::write(&foreign, other.pem()).unwrap();
    std::fs::write(&none, "").unwrap();
    let address = format!("https://localhost:{}/film.mp4", serve(&trusted));
    let said = upload_trusting(&own, &address);
    assert!(said.contains(&format!("sent 4 bytes to {address}")), "{said}");
    let said = upload_trusting(&foreign, &address);
    assert!(said.contains("asking for the address failed") && said.contains("invalid peer certificate"), "{said}");
    let said = upload_trusting(&none, &address);
    assert!(said.contains("no certificates of authorities were found on this system"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
