//! The two that are asked, as a client sees them: each call over a connection that is kept, timed
//! from before it is sent to its first token and to its end.

use std::io::Read;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

use super::server::Script;

/// Longest wait for anything: far longer than any call takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The page that asks.
pub(super) const ORIGIN: &str = "https://shop.example";

/// What visitors ask.
const QUESTION: &str = "How long does a parcel to the islands take, and what does delivery cost?";

/// What stands in the first piece of a reply that has a word in it.
const FIRST_OF_OURS: &[u8] = b"\"text-delta\"";
const FIRST_OF_PROVIDERS: &[u8] = b"\"content\":\"Parc";

/// How long a call took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Took {
    /// To the first token.
    pub(super) first: Duration,
    /// To its end.
    pub(super) whole: Duration,
}

/// The edge.
#[derive(Debug)]
pub(super) struct Sotto {
    pub(super) server: Script,
    /// The site's public key.
    pub(super) site: String,
    /// The version of its notice, which a visitor agrees to.
    pub(super) notice: String,
}

/// The Worker that passes bytes on.
#[derive(Debug)]
pub(super) struct Through(pub(super) Script);

/// One conversation, as its visitor holds it.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    conversation: String,
    access_token: String,
    erase_token: String,
    /// Where its visitor is; the edge believes it in development.
    #[serde(skip)]
    address: String,
    /// Messages so far.
    #[serde(skip)]
    pub(super) messages: usize,
}

/// A client with a connection of its own to each server.
#[derive(Debug)]
pub(super) struct Client(Agent);

impl Client {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        Self(config.into())
    }

    /// Begins a conversation from the `number`th network of this run.
    pub(super) fn mint(&self, sotto: &Sotto, number: usize) -> Result<(Conversation, Duration)> {
        let address = format!("10.{}.{}.7", number / 256 % 256, number % 256);
        let body = json!({
            "site": sotto.site, "lang": "en", "client": "sdk",
            "consent": { "notice": sotto.notice, "chat": true, "purposes": {}, "gpc": false },
        });
        let begun = Instant::now();
        let mut reply = self.post(&sotto.url("/v1/sessions"), &address, None, &body.to_string())?;
        let text = reply.body_mut().read_to_string()?;
        let took = begun.elapsed();
        let mut conversation: Conversation = serde_json::from_str(&text).context("a mint")?;
        conversation.address = address;
        Ok((conversation, took))
    }

    /// Sends the next message and reads its reply.
    pub(super) fn chat(&self, sotto: &Sotto, conversation: &mut Conversation) -> Result<Took> {
        conversation.messages += 1;
        let id = format!("m-{}", conversation.messages);
        let body = json!({
            "id": conversation.conversation, "trigger": "submit-message",
            "messages": [{ "id": id, "role": "user", "parts": [{ "type": "text", "text": QUESTION }] }],
        });
        let Conversation { address, access_token, .. } = conversation;
        let begun = Instant::now();
        let url = sotto.url("/v1/chat");
        let reply = self.post(&url, address, Some(access_token), &body.to_string())?;
        read(reply, begun, FIRST_OF_OURS)
    }

    /// Asks for the reply that has just ended.
    pub(super) fn resume(&self, sotto: &Sotto, of: &Conversation) -> Result<Duration> {
        let url = sotto.url(&format!("/v1/chat/{}/stream", of.conversation));
        let request = Request::get(url)
            .header("origin", ORIGIN)
            .header("cf-connecting-ip", &of.address)
            .header("authorization", format!("Bearer {}", of.access_token))
            .body(())?;
        let begun = Instant::now();
        Ok(read(checked(self.0.run(request)?)?, begun, FIRST_OF_OURS)?.whole)
    }

    /// Erases a conversation.
    pub(super) fn erase(&self, sotto: &Sotto, of: &Conversation) -> Result<Duration> {
        let body = json!({ "erase_token": of.erase_token }).to_string();
        let begun = Instant::now();
        let mut reply = self.post(&sotto.url("/v1/erase"), &of.address, None, &body)?;
        reply.body_mut().read_to_vec()?;
        Ok(begun.elapsed())
    }

    /// Asks the provider the same through the Worker that passes bytes on.
    pub(super) fn pass_through(&self, through: &Through) -> Result<Took> {
        let body = json!({
            "model": "m", "stream": true, "stream_options": { "include_usage": true },
            "messages": [{ "role": "user", "content": QUESTION }],
        });
        let begun = Instant::now();
        let reply = self.post(&through.0.origin(), "10.0.0.7", None, &body.to_string())?;
        read(reply, begun, FIRST_OF_PROVIDERS)
    }

    fn post(
        &self,
        url: &str,
        address: &str,
        bearer: Option<&str>,
        body: &str,
    ) -> Result<Response<Body>> {
        let mut request = Request::post(url)
            .header("origin", ORIGIN)
            .header("cf-connecting-ip", address)
            .header("content-type", "application/json");
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        checked(self.0.run(request.body(body)?)?)
    }
}

impl Sotto {
    fn url(&self, path: &str) -> String {
        self.server.origin() + path
    }
}

/// The version of the notice that a site's visitors agree to.
///
/// # Errors
/// If the settings cannot be had.
pub(super) fn notice(edge: &Script, site: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Site {
        notice: Notice,
    }
    #[derive(Deserialize)]
    struct Notice {
        version: String,
    }
    let url = format!("{}/v1/sites/{site}?lang=en", edge.origin());
    let request = Request::get(url)
        .header("origin", ORIGIN)
        .header("cf-connecting-ip", "10.0.0.7")
        .body(())?;
    let mut reply = checked(Client::new().0.run(request)?)?;
    let site: Site = serde_json::from_str(&reply.body_mut().read_to_string()?)?;
    Ok(site.notice.version)
}

/// A reply that is a success.
fn checked(mut reply: Response<Body>) -> Result<Response<Body>> {
    if reply.status().is_success() {
        return Ok(reply);
    }
    // A problem names its code and holds nothing of the request.
    let text = reply.body_mut().read_to_string()?;
    bail!("{}: {text}", reply.status())
}

/// Reads a stream to its end as it comes, and notes when `first` had come.
fn read(reply: Response<Body>, begun: Instant, first: &[u8]) -> Result<Took> {
    let mut stream = reply.into_body().into_reader();
    let mut piece = [0; 8192];
    let mut seen = Vec::new();
    let mut first_at = None;
    loop {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            break;
        }
        if first_at.is_none() {
            seen.extend_from_slice(&piece[..length]);
            if seen.windows(first.len()).any(|window| window == first) {
                first_at = Some(begun.elapsed());
            }
        }
    }
    let whole = begun.elapsed();
    Ok(Took { first: first_at.context("a reply without a word")?, whole })
}
