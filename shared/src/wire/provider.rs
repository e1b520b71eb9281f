//! Who writes a site's replies: part of its settings in the admin API.
//!
//! Every kind but `local` speaks a wire format of its own and takes the same members; which of
//! them a kind needs, and which it refuses, the edge says when the settings are sent.

use crate::consent::Recipient;
use crate::redacted_debug;

/// Who writes a site's replies.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", deny_unknown_fields))]
pub enum Provider {
    /// The site's own documents, quoted. No key, no network, no third party. It has braces since
    /// serde passes over unknown members of a bare variant, whatever it was told to deny.
    #[cfg_attr(feature = "serde", serde(rename = "local"))]
    Local {},
    /// `OpenAI`'s chat completions.
    #[cfg_attr(feature = "serde", serde(rename = "openai"))]
    OpenAi(Remote),
    /// `OpenAI`'s responses, which are not stored there.
    #[cfg_attr(feature = "serde", serde(rename = "openai-responses"))]
    OpenAiResponses(Remote),
    /// Any server that speaks chat completions: Ollama, llama.cpp, vLLM, OpenRouter, Mistral.
    #[cfg_attr(feature = "serde", serde(rename = "openai-compatible"))]
    OpenAiCompatible(Remote),
    /// Azure's chat completions; the model is the deployment's name.
    #[cfg_attr(feature = "serde", serde(rename = "azure"))]
    Azure(Remote),
    /// Anthropic's messages.
    #[cfg_attr(feature = "serde", serde(rename = "anthropic"))]
    Anthropic(Remote),
    /// Gemini's streamed content.
    #[cfg_attr(feature = "serde", serde(rename = "gemini"))]
    Gemini(Remote),
    /// Workers AI, by the edge's binding `AI`.
    #[cfg_attr(feature = "serde", serde(rename = "workers-ai"))]
    WorkersAi(Remote),
}

/// A model that is somebody else's. Members that are left out are the vendor's defaults, or ours.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Remote {
    /// What stands before the path that the wire format names; https, or http on a host that the
    /// platform allows. Left out, it is the vendor's own address.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub base_url: Option<String>,
    /// The vendor's region, where it has one: `openai` then has another host, `anthropic` is told
    /// where to process.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub region: Option<String>,
    /// The version of the API: `anthropic`'s, or the one of `azure`'s classic form.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub api_version: Option<String>,
    /// The model's name.
    pub model: String,
    /// How the key is sent.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Auth::is_default"))]
    pub auth: Auth,
    /// The API key. It is stored sealed and never read back; leaving it out keeps the one that
    /// is stored, which holds only as long as the host stays the same.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub key: Option<String>,
    /// Last four characters of the stored key. Only in replies.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub key_ends: Option<String>,
    /// The longest reply in the vendor's tokens, thoughts included.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub max_output_tokens: Option<u32>,
    /// A sampling parameter; newer models refuse it, so it is sent only if it stands here.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub temperature: Option<Hundredths>,
    /// Likewise.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub top_p: Option<Hundredths>,
    /// How long to wait for what.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "TimeOuts::is_default"))]
    pub time_outs: TimeOuts,
    /// In which zone the vendor processes by the operator's contract, for the records; nobody can
    /// read it from a URL.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub data_zone: Option<String>,
    /// Whether the model marks its text, as the operator knows it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub text_marking: Option<TextMarking>,
    /// What the notice tells visitors about this recipient.
    pub recipient: Recipient,
}

/// How a key is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Auth {
    /// As the vendor's own clients send a key.
    #[default]
    Key,
    /// As a bearer token: Microsoft Entra for `azure`.
    Bearer,
}

/// How long to wait for a provider, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct TimeOuts {
    /// For a connection and the head of the reply, which cannot be told apart on Workers.
    pub connect_seconds: u16,
    /// For the first word of the reply, from the beginning on: reasoning models think before they
    /// speak.
    pub first_token_seconds: u16,
    /// For each further word.
    pub between_seconds: u16,
    /// For the whole reply.
    pub total_seconds: u16,
}

/// Whether and how a model marks its text as generated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TextMarking {
    /// The scheme's name, or `none`.
    pub scheme: String,
    /// Where the vendor says so.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub evidence_url: Option<String>,
    /// The day on which that was read, `YYYY-MM-DD`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub checked_on: Option<String>,
}

/// How a provider does that has failed lately, as `/healthz` tells an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProviderHealth {
    /// Kind, host and model.
    pub provider: String,
    /// Whether it is asked.
    pub state: BreakerState,
    /// Failures in a row.
    pub failures: u32,
    /// When the last of them was.
    pub failed_at: u64,
    /// Until when it is not asked; absent where it is.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub open_until: Option<u64>,
}

/// Whether a provider is asked: a circuit breaker's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum BreakerState {
    /// It is.
    Closed,
    /// The next one to ask is the probe.
    HalfOpen,
    /// It is not, for now.
    Open,
}

/// A number of at most two decimals, kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Hundredths(pub u16);

impl TryFrom<f64> for Hundredths {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        let hundredths = (number * 100.0).round();
        let is_near = (number * 100.0 - hundredths).abs() < 1e-6;
        if !is_near || !(0.0..=f64::from(u16::MAX)).contains(&hundredths) {
            return Err("must be a number of at most two decimals, 0 or more");
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was rounded and is in range"
        )]
        Ok(Self(hundredths as u16))
    }
}

impl From<Hundredths> for f64 {
    fn from(number: Hundredths) -> Self {
        Self::from(number.0) / 100.0
    }
}

impl Auth {
    /// Whether it is the default, which settings leave out.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl TimeOuts {
    /// Whether they are the defaults, which settings leave out.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self {
            connect_seconds: 30,
            first_token_seconds: 45,
            between_seconds: 30,
            total_seconds: 120,
        }
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self::Local {}
    }
}

impl Provider {
    /// The name on the wire and in a reply's facts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Local {} => "local",
            Self::OpenAi(_) => "openai",
            Self::OpenAiResponses(_) => "openai-responses",
            Self::OpenAiCompatible(_) => "openai-compatible",
            Self::Azure(_) => "azure",
            Self::Anthropic(_) => "anthropic",
            Self::Gemini(_) => "gemini",
            Self::WorkersAi(_) => "workers-ai",
        }
    }

    /// The model behind it, if it is somebody else's.
    #[must_use]
    pub const fn remote(&self) -> Option<&Remote> {
        match self {
            Self::Local {} => None,
            Self::OpenAi(remote)
            | Self::OpenAiResponses(remote)
            | Self::OpenAiCompatible(remote)
            | Self::Azure(remote)
            | Self::Anthropic(remote)
            | Self::Gemini(remote)
            | Self::WorkersAi(remote) => Some(remote),
        }
    }

    /// The same, to be changed.
    #[must_use]
    pub const fn remote_mut(&mut self) -> Option<&mut Remote> {
        match self {
            Self::Local {} => None,
            Self::OpenAi(remote)
            | Self::OpenAiResponses(remote)
            | Self::OpenAiCompatible(remote)
            | Self::Azure(remote)
            | Self::Anthropic(remote)
            | Self::Gemini(remote)
            | Self::WorkersAi(remote) => Some(remote),
        }
    }

    /// What stands before the path that the wire format names; `None` where nothing is called by
    /// URL, or where the settings name no address and the vendor has none.
    #[must_use]
    pub fn base_url(&self) -> Option<String> {
        let remote = self.remote()?;
        if let Some(url) = &remote.base_url {
            return Some(url.trim_end_matches('/').to_owned());
        }
        match (self, &remote.region) {
            (Self::OpenAi(_) | Self::OpenAiResponses(_), Some(region)) => {
                let mut url = String::from("https://");
                url.push_str(region);
                url.push_str(".api.openai.com/v1");
                Some(url)
            }
            (Self::OpenAi(_) | Self::OpenAiResponses(_), None) => {
                Some("https://api.openai.com/v1".into())
            }
            (Self::Anthropic(_), _) => Some("https://api.anthropic.com/v1".into()),
            (Self::Gemini(_), _) => Some("https://generativelanguage.googleapis.com/v1beta".into()),
            (
                Self::Local {} | Self::OpenAiCompatible(_) | Self::Azure(_) | Self::WorkersAi(_),
                _,
            ) => None,
        }
    }
}

impl core::fmt::Debug for Provider {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

redacted_debug!(Remote);

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Provider, serde_json::Error> {
        serde_json::from_str(json)
    }

    const RECIPIENT: &str = r#""recipient":{"name":"M","role":"writes","place":"EU"}"#;

    /// Stored settings outlive a deployment.
    #[test]
    fn settings_of_the_first_version_read_and_write_as_they_did() {
        let json = format!(
            r#"{{"kind":"openai","base_url":"https://model.example/v1","model":"small",{RECIPIENT}}}"#
        );
        let provider = read(&json).unwrap();
        assert_eq!(provider.base_url().as_deref(), Some("https://model.example/v1"));
        assert_eq!(serde_json::to_string(&provider).unwrap(), json);
        assert_eq!(read(r#"{"kind":"local"}"#).unwrap(), Provider::Local {});
    }

    #[test]
    fn every_kind_has_its_name_and_denies_what_it_does_not_know() {
        for kind in [
            "openai",
            "openai-responses",
            "openai-compatible",
            "azure",
            "anthropic",
            "gemini",
            "workers-ai",
        ] {
            let json = format!(r#"{{"kind":"{kind}","model":"m",{RECIPIENT}}}"#);
            let mut provider = read(&json).unwrap();
            assert_eq!(provider.name(), kind);
            assert!(provider.remote().is_some() && provider.remote_mut().is_some());
            assert_eq!(serde_json::to_string(&provider).unwrap(), json);
            assert!(read(&json.replace("\"model\"", "\"seed\":1,\"model\"")).is_err());
        }
        assert!(read(r#"{"kind":"local","key":"x"}"#).is_err());
        assert!(read(r#"{"kind":"other","model":"m"}"#).is_err());
    }

    #[test]
    fn vendors_have_addresses_of_their_own() {
        let url = |kind: &str, more: &str| {
            read(&format!(r#"{{"kind":"{kind}",{more}"model":"m",{RECIPIENT}}}"#))
                .unwrap()
                .base_url()
                .unwrap_or_default()
        };
        assert_eq!(url("openai", ""), "https://api.openai.com/v1");
        assert_eq!(url("openai-responses", r#""region":"eu","#), "https://eu.api.openai.com/v1");
        assert_eq!(url("anthropic", r#""region":"eu","#), "https://api.anthropic.com/v1");
        assert_eq!(url("gemini", ""), "https://generativelanguage.googleapis.com/v1beta");
        assert_eq!(url("gemini", r#""base_url":"https://g.example/v1/","#), "https://g.example/v1");
        assert_eq!(url("azure", "") + &url("workers-ai", "") + &url("openai-compatible", ""), "");
    }

    #[test]
    fn numbers_are_kept_as_they_were_written() {
        for (json, hundredths) in [("0", 0), ("0.7", 70), ("0.07", 7), ("1.99", 199), ("2.0", 200)]
        {
            let number: Hundredths = serde_json::from_str(json).unwrap();
            assert_eq!(number, Hundredths(hundredths));
            let again: f64 =
                serde_json::from_str(&serde_json::to_string(&number).unwrap()).unwrap();
            assert_eq!(Hundredths::try_from(again), Ok(number));
        }
        for json in ["-1", "0.705", "1e9", "\"0.7\""] {
            assert!(serde_json::from_str::<Hundredths>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn time_outs_are_set_one_by_one() {
        let json = format!(
            r#"{{"kind":"openai","model":"m","time_outs":{{"total_seconds":90}},{RECIPIENT}}}"#
        );
        let provider = read(&json).unwrap();
        let time_outs = provider.remote().unwrap().time_outs;
        assert_eq!((time_outs.total_seconds, time_outs.connect_seconds), (90, 30));
        assert!(read(&json.replace("total", "tea")).is_err());
    }

    #[test]
    fn keys_are_not_printed() {
        let json = format!(r#"{{"kind":"openai","model":"m","key":"k-secret",{RECIPIENT}}}"#);
        assert_eq!(format!("{:?}", read(&json).unwrap()), "openai");
        assert_eq!(format!("{:?}", read(&json).unwrap().remote().unwrap()), "Remote { redacted }");
    }
}
