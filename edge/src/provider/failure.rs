//! Why a provider gave no whole reply, and what of it decides about another try.
//!
//! What a provider says about its failure is read here and goes nowhere else: it may echo the
//! prompt. Codes are compared with the ones that vendors document, and of the text only the
//! beginning that one vendor gives no code for.

use serde_json::Value;

use crate::clock::{DAY_MS, day_of};
use crate::log::{Loggable, Told};

/// Longest error body that is looked at, in bytes.
pub const BODY_BYTES: usize = 16 * 1024;

/// Why a provider gave no whole reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It could not be reached.
    #[error("the provider could not be reached")]
    Unreachable,
    /// It answered with an error.
    #[error("the provider answered with status {}", .0.status)]
    Failed(Failure),
    /// It did not answer in time.
    #[error("the provider did not answer in time")]
    Timeout,
    /// Its stream ended in the middle.
    #[error("the provider's stream ended in the middle")]
    Cut,
    /// It ended without a word.
    #[error("the provider had nothing to say")]
    Silent,
}

impl Loggable for ProviderError {
    fn told(&self) -> Told {
        match self {
            Self::Unreachable => Told::new("the provider could not be reached"),
            Self::Failed(failure) => {
                Told::new("the provider answered with status").number(failure.status.into())
            }
            Self::Timeout => Told::new("the provider did not answer in time"),
            Self::Cut => Told::new("the provider's stream ended in the middle"),
            Self::Silent => Told::new("the provider had nothing to say"),
        }
    }
}

/// A provider's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status; for an error within the stream the one that it stands for, or 200 where
    /// nobody can tell.
    pub status: u16,
    /// What is wrong.
    pub why: Why,
    /// What the provider asks of a client that wants to try again.
    pub advice: Advice,
}

/// What is wrong, as far as it decides about another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The provider will not answer this prompt, and neither should another one be asked to.
    Blocked,
    /// The operator's money or quota there is used up.
    Spent,
    /// Anything else.
    Other,
}

/// What a provider asks of a client that wants to try again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// `x-should-retry`.
    pub should_retry: Option<bool>,
    /// `retry-after-ms`, `retry-after` or its like in the body, in milliseconds.
    pub wait_ms: Option<u64>,
}

/// Names of errors, and the status that each stands for within a stream.
const STATUSES: &[(&str, u16)] = &[
    ("invalid_request_error", 400),
    ("INVALID_ARGUMENT", 400),
    ("authentication_error", 401),
    ("UNAUTHENTICATED", 401),
    ("billing_error", 402),
    ("permission_error", 403),
    ("PERMISSION_DENIED", 403),
    ("not_found_error", 404),
    ("NOT_FOUND", 404),
    ("conflict_error", 409),
    ("request_too_large", 413),
    ("rate_limit_error", 429),
    ("rate_limit_exceeded", 429),
    ("slow_down", 429),
    ("insufficient_quota", 429),
    ("RESOURCE_EXHAUSTED", 429),
    ("api_error", 500),
    ("server_error", 500),
    ("INTERNAL", 500),
    ("server_is_overloaded", 503),
    ("UNAVAILABLE", 503),
    ("timeout_error", 504),
    ("DEADLINE_EXCEEDED", 504),
    ("overloaded_error", 529),
];

/// Codes of a prompt that is not answered.
const BLOCKED: &[&str] = &[
    "content_filter",
    "content_policy_violation",
    "invalid_prompt",
    "moderation_blocked",
    "ResponsibleAIPolicyViolation",
    "PROHIBITED_CONTENT",
];

/// Codes of money or quota that is used up.
const SPENT: &[&str] = &[
    "insufficient_quota",
    "credit_balance_exhausted",
    "billing_error",
    "billing_hard_limit_reached",
    "enforced_spend_limit_reached",
];

/// How messages begin that say so without a code of their own.
const SPENT_MESSAGES: &[&str] =
    &["Your credit balance is too low", "You have reached your specified API usage limits"];

impl Failure {
    /// A status without a body that says more.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        let why = if status == 402 { Why::Spent } else { Why::Other };
        Self { status, why, advice: Advice { should_retry: None, wait_ms: None } }
    }

    /// An error as its body tells it; of one that is no JSON, only the status is known.
    #[must_use]
    pub fn of_bytes(status: u16, body: &[u8]) -> Self {
        serde_json::from_slice(body)
            .map_or_else(|_| Self::of_status(status), |body| Self::of_body(status, &body))
    }

    /// An error as its body tells it. Within a stream `status` is 200, and the body says which
    /// status it stands for, if it can be told.
    #[must_use]
    pub fn of_body(status: u16, body: &Value) -> Self {
        let error = inner(body);
        let codes = codes(error);
        let has = |names: &[&str]| codes.iter().any(|code| names.contains(&code.as_ref()));
        let status = if status == 200 { status_of(error, &codes) } else { status };
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
        let says_spent = SPENT_MESSAGES.iter().any(|beginning| message.starts_with(beginning));
        let is_flagged = error.pointer("/metadata/reasons").is_some_and(Value::is_array);
        let why = if has(BLOCKED) || is_flagged {
            Why::Blocked
        } else if has(SPENT) || says_spent || status == 402 || codes.iter().any(|c| c == "3036") {
            Why::Spent
        } else {
            Why::Other
        };
        Self { status, why, advice: Advice { should_retry: None, wait_ms: delay(error) } }
    }
}

impl Advice {
    /// Reads it from the headers of a reply.
    #[must_use]
    pub fn read(header: impl Fn(&str) -> Option<String>, now_ms: u64) -> Self {
        let should_retry = match header("x-should-retry").as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let exact = header("retry-after-ms").and_then(|ms| milliseconds(&ms, 1.0));
        let wait_ms = exact.or_else(|| {
            let after = header("retry-after")?;
            milliseconds(&after, 1_000.0).or_else(|| Some(date_ms(&after)?.saturating_sub(now_ms)))
        });
        Self { should_retry, wait_ms }
    }

    /// What is asked here, else what is asked there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            should_retry: self.should_retry.or(other.should_retry),
            wait_ms: self.wait_ms.or(other.wait_ms),
        }
    }
}

/// The object that describes the error: the body's `error`, or that of a failed response, or the
/// body itself.
fn inner(body: &Value) -> &Value {
    // Gemini without server-sent events answers with an array of one.
    let body = body.get(0).unwrap_or(body);
    body.get("error")
        .or_else(|| body.pointer("/response/error"))
        .filter(|error| !error.is_null())
        .unwrap_or(body)
}

/// Every code that an error names.
fn codes(error: &Value) -> Vec<String> {
    let places = ["/code", "/type", "/status", "/details/error_code", "/innererror/code"];
    let places = places.iter().filter_map(|place| error.pointer(place));
    places
        .filter_map(|code| match code {
            Value::String(code) => Some(code.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        })
        .collect()
}

/// The status that an error within a stream stands for; 200 if it cannot be told.
fn status_of(error: &Value, codes: &[String]) -> u16 {
    let named = || {
        let known = |code: &String| STATUSES.iter().find(|(name, _)| name == code);
        codes.iter().find_map(known).map(|(_, status)| *status)
    };
    let number = |member| {
        let number = error.get(member)?;
        let number = number.as_u64().or_else(|| number.as_str()?.parse().ok())?;
        u16::try_from(number).ok().filter(|status| (400..600).contains(status))
    };
    number("code").or_else(|| number("status")).or_else(named).unwrap_or(200)
}

/// Gemini's `RetryInfo`: a span of seconds such as `12s` or `0.5s`.
fn delay(error: &Value) -> Option<u64> {
    let details = error.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    milliseconds(delay.strip_suffix('s')?, 1_000.0)
}

/// A plain number of something as milliseconds; a negative or absurd one is none.
fn milliseconds(text: &str, each: f64) -> Option<u64> {
    /// A year: whoever asks for more does not want to be asked again.
    const LONGEST: f64 = 366.0 * 24.0 * 3_600_000.0;
    let number: f64 = text.trim().parse().ok()?;
    let ms = number * each;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was rounded up and is in range"
    )]
    (0.0..=LONGEST).contains(&ms).then(|| ms.ceil() as u64)
}

/// An HTTP date (RFC 9110, the one form in use: `Wed, 25 Nov 2026 22:17:57 GMT`), as Unix
/// milliseconds.
fn date_ms(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.trim().strip_suffix(" GMT")?.split_once(", ")?;
    let mut parts = date.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let mut time = parts.next()?.split(':').map(|part| part.parse::<u64>().ok());
    let seconds = time.next()?? * 3_600 + time.next()?? * 60 + time.next()??;
    let day = day_of(&format!("{year}-{month:02}-{day}"))?;
    (seconds < 86_400).then(|| day * DAY_MS + seconds * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, body: &Value) -> (u16, Why) {
        let failure = Failure::of_body(status, body);
        (failure.status, failure.why)
    }

    #[test]
    fn a_blocked_prompt_is_told_from_a_bad_request() {
        let azure = json!({"error": {"code": "content_filter", "message": "…", "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}}}});
        assert_eq!(of(400, &azure), (400, Why::Blocked));
        let openai = json!({"error": {"type": "invalid_request_error", "code": "invalid_prompt"}});
        assert_eq!(of(400, &openai), (400, Why::Blocked));
        let router = json!({"error": {"code": 403, "metadata": {"reasons": ["violence"]}}});
        assert_eq!(of(403, &router), (403, Why::Blocked));
        let bad = json!({"error": {"type": "invalid_request_error", "code": null, "message": "x"}});
        assert_eq!(of(400, &bad), (400, Why::Other));
    }

    #[test]
    fn money_that_is_used_up_is_told_from_a_rate_limit() {
        for code in ["insufficient_quota", "credit_balance_exhausted"] {
            assert_eq!(of(429, &json!({"error": {"code": code}})), (429, Why::Spent));
        }
        let limit = json!({"error": {"type": "requests", "code": "rate_limit_exceeded"}});
        assert_eq!(of(429, &limit), (429, Why::Other));
        let anthropic = json!({"type": "error", "error": {"type": "rate_limit_error",
            "message": "x", "details": {"error_code": "enforced_spend_limit_reached"}}});
        assert_eq!(of(429, &anthropic), (429, Why::Spent));
        let own_limit = json!({"type": "error", "error": {"type": "invalid_request_error",
            "message": "You have reached your specified API usage limits. You will regain …"}});
        assert_eq!(of(400, &own_limit), (400, Why::Spent));
        assert_eq!(of(402, &Value::Null), (402, Why::Spent));
        assert_eq!(Failure::of_status(402).why, Why::Spent);
        assert_eq!(of(429, &json!({"error": {"code": 3036}})), (429, Why::Spent));
        assert_eq!(of(429, &json!({"error": {"code": 3040}})), (429, Why::Other));
        // A prompt that is echoed is no verdict.
        let echo = json!({"error": {"message": "bad: Your credit balance is too low"}});
        assert_eq!(of(400, &echo), (400, Why::Other));
    }

    #[test]
    fn an_error_within_a_stream_stands_for_a_status() {
        for (body, status) in [
            (json!({"type": "error", "error": {"type": "overloaded_error"}}), 529),
            (json!({"error": {"code": 503, "status": "UNAVAILABLE"}}), 503),
            (json!({"error": {"code": "502", "message": "x"}}), 502),
            (json!({"type": "error", "code": "rate_limit_exceeded", "message": "x"}), 429),
            (
                json!({"type": "response.failed", "response": {"error": {"code": "server_error"}}}),
                500,
            ),
            (json!([{"error": {"status": "RESOURCE_EXHAUSTED"}}]), 429),
            (json!({"object": "error", "type": "invalid_request_error", "code": null}), 400),
            (json!({"error": "no model"}), 200),
            (json!({"error": {"code": 7}}), 200),
        ] {
            assert_eq!(of(200, &body).0, status, "{body}");
        }
    }

    fn advice(headers: &[(&str, &str)]) -> Advice {
        let found = |name: &str| {
            headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        // Wed, 25 Nov 2026 22:17:57 GMT
        Advice::read(found, 1_795_645_077_000)
    }

    #[test]
    fn advice_is_read_as_the_vendors_clients_read_it() {
        assert_eq!(advice(&[]), Advice::default());
        assert_eq!(advice(&[("x-should-retry", "true")]).should_retry, Some(true));
        assert_eq!(advice(&[("x-should-retry", "false")]).should_retry, Some(false));
        assert_eq!(advice(&[("x-should-retry", "maybe")]).should_retry, None);
        let wait = |headers: &[(&str, &str)]| advice(headers).wait_ms;
        assert_eq!(wait(&[("retry-after", "2")]), Some(2_000));
        assert_eq!(wait(&[("retry-after", "0.25")]), Some(250));
        assert_eq!(wait(&[("retry-after-ms", "40"), ("retry-after", "2")]), Some(40));
        assert_eq!(wait(&[("retry-after", "Wed, 25 Nov 2026 22:18:00 GMT")]), Some(3_000));
        assert_eq!(wait(&[("retry-after", "Wed, 25 Nov 2026 22:17:00 GMT")]), Some(0));
        for nonsense in ["", "soon", "-1", "inf", "NaN", "1e99", "Wed, 99 Foo 2026 1:1:1 GMT"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_are_read() {
        assert_eq!(date_ms("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(date_ms("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000_000));
        assert_eq!(date_ms("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        for no_date in ["Tue, 30 Feb 2027 00:00:00 GMT", "Tue, 02 Feb 2027 24:00:00 GMT"] {
            assert_eq!(date_ms(no_date), None);
        }
    }

    #[test]
    fn gemini_says_in_the_body_how_long_to_wait() {
        let body = json!({"error": {"code": 429, "details": [
            {"@type": "type.googleapis.com/google.rpc.Help"},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12s"}]}});
        assert_eq!(Failure::of_body(429, &body).advice.wait_ms, Some(12_000));
    }
}
