//! Sends requests, and repeats those that may succeed when they are sent again.
use super::{UploadError, UploadSettings, error::shown};
use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use ureq::{
    Agent, AsSendBody,
    http::{HeaderMap, Method, Request, header},
    tls::{Certificate, RootCerts, TlsConfig},
};
use url::Url;

/// More of an answer is not read.
const LONGEST_ANSWER: u64 = 1 << 20;
/// More of what a server says goes into no message.
const LONGEST_REASON: usize = 300;
/// While it waits, a thread looks this often whether the upload was broken off.
const LOOK: Duration = Duration::from_millis(20);

/// Sends requests.
pub(super) struct Client {
    agent: Agent,
    // Shared with the handle of the upload.
    stop: Stop,
    tries: u32,
    pause: Duration,
}

/// Breaks off the requests of a client.
#[derive(Clone)]
pub(super) struct Stop {
    agent: Agent,
    stopped: Arc<AtomicBool>,
}

/// A request without its body.
pub(super) struct Call {
    /// What it is for, for messages: "sending part 3".
    pub doing: String,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(String, String)>,
}

/// What a server has answered.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// Which try this was, from 1.
    pub tried: u32,
}

impl Stop {
    /// Closes connections and refuses new ones.
    pub fn now(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.agent.clone().shutdown();
    }

    pub fn asked(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

impl Client {
    /// A client for requests to `url`.
    ///
    /// # Errors
    /// [`UploadError::Certificates`].
    pub fn new(url: &Url, settings: &UploadSettings) -> Result<Self, UploadError> {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() && url.scheme() == "https" {
            let reason = found.errors.first().map_or_else(String::new, |e| format!(": {e}"));
            return Err(UploadError::Certificates { url: shown(url), reason });
        }
        let roots: Vec<_> = found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .user_agent("cutroom")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(settings.connect))
            .timeout_connect(Some(settings.connect))
            .timeout_per_write(Some(settings.stall))
            .timeout_per_read(Some(settings.answer));
        let agent = config.build().new_agent();
        let stop = Stop { agent: agent.clone(), stopped: Arc::default() };
        Ok(Self { agent, stop, tries: settings.tries.max(1), pause: settings.pause })
    }

    /// What breaks off its requests.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// A client with the same settings for tidying up, which is not broken off and tries once.
    pub fn afterwards(&self) -> Self {
        let agent = self.agent.config().new_agent();
        let stop = Stop { agent: agent.clone(), stopped: Arc::default() };
        Self { agent, stop, tries: 1, pause: self.pause }
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// [`UploadError::Connection`], and [`UploadError::Aborted`] after a stop.
    pub fn once(&self, call: &Call, body: impl AsSendBody) -> Result<Answer, UploadError> {
        let failed = |e: ureq::Error| match self.stop.asked() {
            true => UploadError::Aborted { url: shown(&call.url) },
            false => UploadError::Connection { url: shown(&call.url), doing: call.doing.clone(), source: Box::new(e) },
        };
        let mut request = Request::builder().method(call.method.clone()).uri(call.url.as_str());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|e| failed(e.into()))?;
        let (parts, mut body) = self.agent.run(request).map_err(failed)?.into_parts();
        let mut text = Vec::new();
        body.as_reader().take(LONGEST_ANSWER).read_to_end(&mut text).map_err(|e| failed(e.into()))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text, tried: 1 })
    }

    /// Sends a request, and again after a pause while the connection fails or the server is busy.
    /// `call` makes it anew each time, so that its signature is fresh.
    ///
    /// # Errors
    /// Like [`Client::once`], from the last try.
    pub fn send(&self, call: impl Fn() -> Call, body: Option<&[u8]>) -> Result<Answer, UploadError> {
        let once = || match body {
            Some(bytes) => self.once(&call(), bytes),
            None => self.once(&call(), ()),
        };
        self.repeat(|| (once(), true))
    }

    /// Tries `once` until it succeeds, cannot succeed, or says with `false` that it must not be
    /// repeated.
    pub fn repeat(&self, mut once: impl FnMut() -> (Result<Answer, UploadError>, bool)) -> Result<Answer, UploadError> {
        let mut pause = self.pause;
        for tried in 1..self.tries {
            let (answer, again) = once();
            let busy = match &answer {
                Ok(answer) => answer.is_busy(),
                Err(UploadError::Connection { source, .. }) => is_of_connection(source),
                Err(_) => false,
            };
            if !busy || !again {
                return answer.map(|answer| Answer { tried, ..answer });
            }
            self.wait(pause);
            pause = pause.saturating_mul(2);
        }
        once().0.map(|answer| Answer { tried: self.tries, ..answer })
    }

    fn wait(&self, pause: Duration) {
        let begin = Instant::now();
        while !self.stop.asked() {
            let Some(left) = pause.checked_sub(begin.elapsed()).filter(|left| !left.is_zero()) else { return };
            thread::sleep(left.min(LOOK));
        }
    }
}

/// Whether a request may not have reached the server, or not its answer us.
fn is_of_connection(error: &ureq::Error) -> bool {
    use ureq::Error;
    matches!(error, Error::Io(_) | Error::Timeout(_) | Error::HostNotFound | Error::ConnectionFailed)
}

impl Answer {
    /// Whether the same request may succeed later. S3 also says so with status 200 when it puts
    /// parts together.
    fn is_busy(&self) -> bool {
        let late = || ["InternalError", "SlowDown", "ServiceUnavailable"].contains(&self.tag("Code").unwrap_or_default());
        matches!(self.status, 408 | 429 | 500 | 502..=599) || (self.status == 200 && self.text.contains("<Error") && late())
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The text of an element without elements in it.
    pub fn tag(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("<{name}>"))?;
        rest.split_once('<').map(|(text, _)| text)
    }

    /// What the server says: the code and message of S3, or a text that is no page.
    fn reason(&self) -> String {
        let said = match (self.tag("Code"), self.tag("Message")) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            _ if self.text.trim_start().starts_with('<') => String::new(),
            _ => self.text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        said.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect()
    }

    /// The error that an answer other than success is.
    pub fn refusal(&self, call: &Call) -> UploadError {
        let (url, doing, status) = (shown(&call.url), call.doing.clone(), self.status);
        match self.headers.get(header::LOCATION).and_then(|to| call.url.join(to.to_str().ok()?).ok()) {
            Some(to) if (300..400).contains(&status) => UploadError::Redirected { url, doing, status, to: shown(&to) },
            _ => UploadError::Refused { url, doing, status, reason: self.reason() },
        }
    }

    /// The error that an answer is which cannot be understood.
    pub fn unclear(&self, call: &Call, reason: impl ToString) -> UploadError {
        UploadError::Answer { url: shown(&call.url), doing: call.doing.clone(), status: self.status, reason: reason.to_string() }
    }
}
