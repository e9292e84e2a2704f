//! TLS: the certificate and key of a server.
use cutroom_api::ApiError;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{path::PathBuf, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// Files of a certificate with those that signed it, and of its key, in PEM form.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificates, the server's own first.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// What makes connections secret.
///
/// # Errors
/// `server.tls`: a file cannot be read, or they do not fit together.
pub fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ApiError> {
    let wrong = |file: &PathBuf, e: &dyn std::fmt::Display| {
        ApiError::new("server.tls", format!("{}: {e}", file.display())).hint("both files are PEM texts").file(file)
    };
    let certificates = CertificateDer::pem_file_iter(&files.certificate).map_err(|e| wrong(&files.certificate, &e))?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|e| wrong(&files.certificate, &e))?;
    if certificates.is_empty() {
        return Err(wrong(&files.certificate, &"there is no certificate in it"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| wrong(&files.key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|e| wrong(&files.certificate, &e))?.with_no_client_auth();
    let mut config = builder.with_single_cert(certificates, key).map_err(|e| wrong(&files.key, &e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
