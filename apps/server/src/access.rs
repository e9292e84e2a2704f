//! Who may use the server: those with the token, from pages of its own origin or of allowed ones.
use crate::answer::Refusal;
use axum::http::{HeaderMap, StatusCode, Uri, header};

/// Who may use the server.
#[derive(Clone, Debug)]
pub struct Access {
    token: Option<String>,
    origins: Vec<String>,
}

impl Access {
    pub fn new(token: Option<String>, origins: Vec<String>) -> Self {
        Self { token, origins }
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
        let access = Access::new(Some("secret".into()), vec!["http://127.0.0.1:5173".into()]);
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
}
