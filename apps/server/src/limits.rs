//! What one client may take: requests that cost much, attempts with wrong tokens, time for a body.
use crate::{
    answer::Refusal,
    options::{Rate, ServerOptions},
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout, timeout_at};

/// Addresses that are remembered; of more the one that was silent for longest is forgotten.
const MAX_PLACES: usize = 4096;
/// How long a costly request may wait for its turn.
const TURN: Duration = Duration::from_secs(30);
/// Room for bodies is counted in pieces of so many bytes.
const BODY_UNIT: usize = 4 << 10;
/// A body has a second more for each so many bytes that came.
const LEAST_BYTES_PER_SEC: u64 = 32 << 10;

/// The address that a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// A budget for each address: it refills steadily.
#[derive(Debug)]
pub struct Budgets {
    /// That of others, and that of this machine.
    rates: [Rate; 2],
    left: Mutex<HashMap<IpAddr, (f64, Instant)>>,
}

impl Budgets {
    pub fn new(rates: [Rate; 2]) -> Self {
        Self { rates, left: Mutex::default() }
    }

    /// Takes one; else says after how many seconds there is one again. Without `spends` it only looks.
    pub fn take(&self, from: IpAddr, now: Instant, spends: bool) -> Result<(), u64> {
        let place = place_of(from);
        let rate = self.rates[usize::from(place.is_loopback())];
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_PLACES && !all.contains_key(&place) {
            let oldest = all.iter().min_by_key(|(_, (_, since))| *since).map(|(place, _)| *place);
            oldest.map(|place| all.remove(&place));
        }
        let (left, since) = all.get(&place).copied().unwrap_or((rate.burst, now));
        let left = (left + now.duration_since(since).as_secs_f64() * rate.per_sec).min(rate.burst);
        let spent = if spends && left >= 1.0 { left - 1.0 } else { left };
        all.insert(place, (spent, now));
        if left >= 1.0 { Ok(()) } else { Err(((1.0 - left) / rate.per_sec).ceil().max(1.0) as u64) }
    }
}

/// Who shares a budget: an address of version 4, a network of 64 bits of version 6.
fn place_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        other => other,
    }
}

/// The limits of a server.
#[derive(Debug)]
pub struct Limits {
    costly: Budgets,
    wrong_tokens: Budgets,
    /// Costly requests that are worked on at the same time.
    turns: tokio::sync::Semaphore,
    /// Room for bodies that are kept until they are whole.
    bodies: tokio::sync::Semaphore,
    max_body_bytes: usize,
    /// How long a body may take.
    pub patience: Duration,
}

impl Limits {
    pub fn new(options: &ServerOptions) -> Self {
        let guesses = [Rate { burst: 20.0, per_sec: 0.5 }, Rate { burst: 2000.0, per_sec: 1000.0 }];
        Self {
            costly: Budgets::new(options.costly),
            wrong_tokens: Budgets::new(guesses),
            turns: tokio::sync::Semaphore::new(8),
            bodies: tokio::sync::Semaphore::new((4 * options.max_body_bytes).div_ceil(BODY_UNIT)),
            max_body_bytes: options.max_body_bytes,
            patience: options.patience,
        }
    }

    /// Waits for the turn of a costly request, which lasts as long as what is returned.
    ///
    /// # Errors
    /// 429 if the address has spent its budget, 503 if there was no turn for long.
    pub async fn turn(&self, from: IpAddr) -> Result<tokio::sync::SemaphorePermit<'_>, Response> {
        self.costly.take(from, Instant::now(), true).map_err(too_many)?;
        let Ok(Ok(turn)) = timeout(TURN, self.turns.acquire()).await else {
            let message = "the server is busy with other requests";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.busy", message).into_response());
        };
        Ok(turn)
    }

    /// How many bytes of a request's body are kept until it is whole, at most: all but those of uploads.
    pub fn kept_bytes(&self, request: &Request) -> usize {
        if *request.method() != Method::POST {
            return 0;
        }
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse().ok());
        // Without a length it may become as large as any.
        length.unwrap_or(self.max_body_bytes).min(self.max_body_bytes)
    }

    /// Waits for room for so many bytes; it is free again with what is returned.
    ///
    /// # Errors
    /// 503 if there was no room for long.
    pub async fn body_room(&self, bytes: usize) -> Result<tokio::sync::SemaphorePermit<'_>, Response> {
        let units = u32::try_from(bytes.div_ceil(BODY_UNIT)).unwrap_or(u32::MAX);
        match timeout(TURN, self.bodies.acquire_many(units)).await {
            Ok(Ok(room)) => Ok(room),
            _ => {
                let message = "the server is busy with other requests";
                Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.busy", message).into_response())
            }
        }
    }

    /// Refuses an address that has tried too many wrong tokens.
    ///
    /// # Errors
    /// 429.
    pub fn check_guesses(&self, from: IpAddr) -> Result<(), Response> {
        self.wrong_tokens.take(from, Instant::now(), false).map_err(too_many)
    }

    /// Notes a wrong token.
    pub fn note_guess(&self, from: IpAddr) {
        // Whether there is one left is asked at the next request.
        let _ = self.wrong_tokens.take(from, Instant::now(), true);
    }
}

fn too_many(secs: u64) -> Response {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "server.too_many", format!("too many requests; wait {secs} s"));
    let mut response = refusal.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    response
}

/// The address of a request; this machine's if it came without a connection.
pub fn from(request: &Request) -> IpAddr {
    request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0)
}

/// A body that comes too slowly ends with an error; `patience` is for one without a byte.
pub fn timed(request: Request, patience: Duration) -> Request {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return request;
    }
    request.map(|body| {
        let coming = (body.into_data_stream(), Instant::now(), 0_u64);
        Body::from_stream(stream::unfold(coming, move |(mut rest, begun, got)| async move {
            let until = begun + patience + Duration::from_secs(got / LEAST_BYTES_PER_SEC);
            match timeout_at(until, rest.next()).await {
                Ok(Some(Ok(bytes))) => {
                    let got = got + bytes.len() as u64;
                    Some((Ok(bytes), (rest, begun, got)))
                }
                Ok(Some(Err(e))) => Some((Err(e), (rest, begun, got))),
                Ok(None) => None,
                Err(_) => Some((Err(axum::Error::new("the body comes too slowly")), (rest, begun, got))),
            }
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_refill_and_are_bounded() {
        let budgets = Budgets::new([Rate { burst: 3.0, per_sec: 2.0 }, Rate { burst: 100.0, per_sec: 100.0 }]);
        let (a, b): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let begun = Instant::now();
        let took = |from, ms| budgets.take(from, begun + Duration::from_millis(ms), true);
        assert_eq!([took(a, 0), took(a, 0), took(a, 0), took(a, 0)], [Ok(()), Ok(()), Ok(()), Err(1)]);
        assert_eq!((took(b, 0), took(a, 400), took(a, 500)), (Ok(()), Err(1), Ok(())));
        assert_eq!(budgets.take(a, begun + Duration::from_millis(500), false), Err(1), "looking spends nothing");
        // This machine has more, whatever the form of its address.
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let own = own.parse().unwrap();
            assert!((0..50).all(|_| took(own, 0).is_ok()), "{own}");
        }
        // Neighbours of version 6 share theirs.
        for n in 0..3 {
            assert_eq!(took(format!("2001:db8::{n}").parse().unwrap(), 0), Ok(()));
        }
        assert_eq!(took("2001:db8::9".parse().unwrap(), 0), Err(1));
        assert_eq!(took("2001:db8:0:1::9".parse().unwrap(), 0), Ok(()));
        for n in 0..5000_u32 {
            let _ = took(IpAddr::V4((0x0B00_0000 + n).into()), 1000 + u64::from(n));
        }
        assert!(budgets.left.lock().unwrap().len() <= MAX_PLACES);
    }
}
