//! Who may use the server: those with the token, from pages of its own origin or of allowed ones.
use crate::{answer::Refusal, options::ServerOptions};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use cutroom_api::ApiError;
use std::net::IpAddr;

/// Who may use the server.
#[derive(Clone, Debug)]
pub struct Access {
    token: Option<String>,
    origins: Vec<String>,
    /// Names of this server, without ports; empty: any.
    hosts: Vec<String>,
}

impl Access {
    pub fn new(options: &ServerOptions) -> Self {
        let mut hosts = options.hosts.clone();
        if options.address.ip().is_loopback() || !hosts.is_empty() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
            hosts.push(match options.address.ip() {
                IpAddr::V4(v4) => v4.to_string(),
                IpAddr::V6(v6) => format!("[{v6}]"),
            });
        }
        Self { token: options.token.clone(), origins: options.origins.clone(), hosts }
    }

    /// Refuses requests for other servers: a page whose name was made to lead here would count as our own.
    ///
    /// # Errors
    /// 421.
    pub fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if self.hosts.is_empty() {
            return Ok(());
        }
        let mut named = headers.get_all(header::HOST).iter();
        let (first, others) = (named.next().and_then(|host| host.to_str().ok()), named.next());
        let is_own = |host: &str| {
            // A port is digits after a colon that is not inside of brackets.
            let name =
                host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
            self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        let of_uri = uri.authority().is_none_or(|authority| is_own(authority.as_str()));
        if others.is_none() && of_uri && first.is_some_and(is_own) {
            return Ok(());
        }
        let error = ApiError::new("server.host", "the request is for another server").hint("`--host` gives this one another name");
        Err(Refusal::with(StatusCode::MISDIRECTED_REQUEST, error))
    }

    /// Checks a request.
    ///
    /// # Errors
    /// 401 without the token, 403 from a page of another origin.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if let Some(origin) = headers.get(header::ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            let own = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let is_own = own.is_some_and(|host| origin == format!("http://{host}") || origin == format!("https://{host}"));
            if !is_own && !self.origins.iter().any(|allowed| allowed == origin) {
                let message = format!("pages of {origin} may not use this server");
                return Err(Refusal::new(StatusCode::FORBIDDEN, "server.origin", message));
            }
        }
        let Some(token) = &self.token else { return Ok(()) };
        let of_header = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()).and_then(|h| h.strip_prefix("Bearer "));
        let of_query = || uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("token="));
        if of_header.or_else(of_query).is_some_and(|given| is_same(given, token)) {
            return Ok(());
        }
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "server.token", "the request has no token, or a wrong one"))
    }

    /// Whether a request has a token at all, right or wrong.
    pub fn has_some(uri: &Uri, headers: &HeaderMap) -> bool {
        headers.contains_key(header::AUTHORIZATION) || uri.query().is_some_and(|query| query.contains("token="))
    }

    /// Whether pages of another origin may read answers.
    pub fn origins(&self) -> &[String] {
        &self.origins
    }
}

/// Compares in a time that says nothing about where two texts differ: their hashes are compared.
fn is_same(a: &str, b: &str) -> bool {
    blake3::hash(a.as_bytes()) == blake3::hash(b.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn status(access: &Access, uri: &str, headers: &[(header::HeaderName, &str)]) -> u16 {
        use axum::response::IntoResponse;
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        access.check(&uri.parse().unwrap(), &headers).map_or_else(|e| e.into_response().status().as_u16(), |()| 200)
    }

    #[test]
    fn a_token_and_an_own_origin_are_needed() {
        let access = Access::new(&ServerOptions {
            token: Some("secret".into()),
            origins: vec!["http://127.0.0.1:5173".into()],
            ..ServerOptions::default()
        });
        let bearer = (header::AUTHORIZATION, "Bearer secret");
        assert_eq!(status(&access, "/a", &[]), 401);
        assert_eq!(status(&access, "/a?token=secre", &[]), 401);
        assert_eq!(status(&access, "/a?b=1&token=secret", &[]), 200);
        assert_eq!(status(&access, "/a", std::slice::from_ref(&bearer)), 200);
        assert_eq!(status(&access, "/a", &[(header::AUTHORIZATION, "Bearer ")]), 401);
        let host = (header::HOST, "127.0.0.1:8000");
        let from = |origin| [bearer.clone(), host.clone(), (header::ORIGIN, origin)];
        assert_eq!(status(&access, "/a", &from("http://127.0.0.1:8000")), 200);
        assert_eq!(status(&access, "/a", &from("http://127.0.0.1:5173")), 200);
        for foreign in ["http://evil.example", "null", "http://127.0.0.1:80000", "http://127.0.0.1:8000.evil.example"] {
            assert_eq!(status(&access, "/a", &from(foreign)), 403, "{foreign}");
        }
    }

    #[test]
    fn requests_for_other_servers_are_refused() {
        let status = |options: &ServerOptions, uri: &str, hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            hosts.iter().for_each(|host| _ = headers.append(header::HOST, HeaderValue::from_str(host).unwrap()));
            Access::new(options).check_host(&uri.parse().unwrap(), &headers).is_ok()
        };
        let own = ServerOptions { hosts: vec!["cutting.local".into()], ..ServerOptions::default() };
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:7777", "[::1]:7777", "[::1]", "cutting.local:80"] {
            assert!(status(&own, "/", &[host]), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "evil.example:7777", "[::2]", "127.0.0.1:7777:x", "", "127.0.0.2"] {
            assert!(!status(&own, "/", &[host]), "{host}");
        }
        assert!(!status(&own, "/", &[]) && !status(&own, "/", &["localhost", "evil.example"]));
        assert!(!status(&own, "http://evil.example/", &["localhost"]) && status(&own, "http://localhost:1/", &["localhost"]));
        // Elsewhere names are not known, unless some are given.
        let address = "192.0.2.7:80".parse().unwrap();
        assert!(status(&ServerOptions { address, ..ServerOptions::default() }, "/", &["any.example"]));
        let named = ServerOptions { address, ..own };
        assert!(status(&named, "/", &["192.0.2.7"]) && !status(&named, "/", &["any.example"]));
    }
}
