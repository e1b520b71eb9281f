use sotto_shared::wire::provider::{Hundredths, TextMarking};

use super::*;
use crate::workspace::settings::tests::{openai, settings};

fn remote() -> Remote {
    openai().remote().unwrap().clone()
}

/// The first fault of a list, without the place of the list that it has.
fn fault_of(
    list: Vec<Provider>,
    platform: &PlatformProviders,
    development: bool,
) -> Option<String> {
    let mut list = list.into_iter();
    let settings =
        SiteSettings { provider: list.next().unwrap(), fallbacks: list.collect(), ..settings() };
    match check(&settings, platform, development) {
        Ok(()) => None,
        Err(WorkspaceError::InvalidValue { field, rule }) => {
            assert!(rule.starts_with("must "), "{rule}");
            Some(field)
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn fault(kind: fn(Remote) -> Provider, change: impl Fn(&mut Remote)) -> Option<String> {
    let mut remote = remote();
    change(&mut remote);
    fault_of(vec![kind(remote)], &PlatformProviders::default(), false)
}

fn some(field: &str) -> Option<String> {
    Some(format!("provider.{field}"))
}

#[test]
fn every_kind_has_settings_that_pass() {
    let vendor = |remote: &mut Remote| remote.base_url = None;
    for kind in [Provider::OpenAi, Provider::OpenAiResponses, Provider::Anthropic, Provider::Gemini]
    {
        assert_eq!(fault(kind, |_| {}), None);
        assert_eq!(fault(kind, vendor), None);
    }
    for kind in [Provider::OpenAiCompatible, Provider::Azure] {
        assert_eq!(fault(kind, |_| {}), None);
        assert_eq!(fault(kind, vendor), some("base_url"));
    }
    let bound = |remote: &mut Remote| (remote.base_url, remote.key) = (None, None);
    assert_eq!(fault(Provider::WorkersAi, bound), None);
    assert_eq!(fault(Provider::WorkersAi, |remote| remote.key = None), some("base_url"));
    assert_eq!(fault(Provider::WorkersAi, vendor), some("key"));
}

#[test]
fn a_provider_is_reached_safely() {
    for url in [
        "http://model.example/v1",
        "http://127.0.0.1:9000/v1",
        "https://user:pass@model.example/v1",
        "https://model.example/v1?key=1",
        "https://model.example/v1#x",
        "https://model.example/ v1",
        "ftp://model.example",
        "model.example",
        "https://localhost/v1",
        "https://ollama/v1",
        "https://printer.local/v1",
        "https://metadata.google.internal/v1",
        "https://10.0.0.5/v1",
        "https://127.1.2.3/v1",
        "https://169.254.169.254/latest",
        "https://192.168.1.1/v1",
        "https://100.64.0.1/v1",
        "https://0.0.0.0/v1",
        "https://2130706433/v1",
        "https://[::1]/v1",
        "https://[fd00::1]/v1",
        "https://[fe80::1]/v1",
        "https://[::ffff:10.0.0.5]/v1",
        "https://[::10.0.0.5]/v1",
        "https://[64:ff9b::10.0.0.5]/v1",
        "https://[2002:a00:5::1]/v1",
    ] {
        let broken = fault(Provider::OpenAi, |remote| remote.base_url = Some(url.into()));
        assert_eq!(broken, some("base_url"), "{url}");
    }
    for url in ["https://model.example:8443/v1", "https://203.0.114.7/v1", "https://[2001:db9::1]/"]
    {
        assert_eq!(fault(Provider::OpenAi, |remote| remote.base_url = Some(url.into())), None);
    }
}

#[test]
fn private_hosts_are_named_by_the_platform_one_by_one() {
    let hosts = "ollama:11434,10.0.0.5,10.0.0.7:80";
    let platform = PlatformProviders::read(Some(hosts), None).unwrap();
    let at = |url: &str, development: bool| {
        let remote = Remote { base_url: Some(url.into()), ..remote() };
        fault_of(vec![Provider::OpenAiCompatible(remote)], &platform, development)
    };
    assert_eq!(at("http://ollama:11434/v1", false), None);
    assert_eq!(at("https://10.0.0.5/v1", false), None);
    assert_eq!(at("http://10.0.0.5/v1", false), None);
    assert_eq!(at("http://10.0.0.7/v1", false), None);
    for url in [
        "http://ollama/v1",
        "http://ollama:11435/v1",
        "http://10.0.0.6/v1",
        "https://10.0.0.7/v1",
        "ftp://10.0.0.5",
    ] {
        assert_eq!(at(url, false), some("base_url"), "{url}");
    }
    assert_eq!(at("http://127.0.0.1:9000/v1", false), some("base_url"));
    assert_eq!(at("http://127.0.0.1:9000/v1", true), None);
    assert_eq!(at("http://10.0.0.6/v1", true), some("base_url"));
}

#[test]
fn members_belong_to_kinds() {
    let region = |remote: &mut Remote| {
        (remote.base_url, remote.region) = (None, Some("eu".into()));
    };
    assert_eq!(fault(Provider::OpenAi, region), None);
    assert_eq!(fault(Provider::Anthropic, region), None);
    assert_eq!(fault(Provider::Gemini, region), some("region"));
    assert_eq!(fault(Provider::OpenAi, |remote| remote.region = Some("eu".into())), some("region"));
    let mars = |remote: &mut Remote| (remote.base_url, remote.region) = (None, Some("mars".into()));
    assert_eq!(fault(Provider::OpenAi, mars), some("region"));
    let injected = |remote: &mut Remote| remote.region = Some("e\"u".into());
    assert_eq!(fault(Provider::Anthropic, injected), some("region"));

    let version =
        |text: &'static str| move |remote: &mut Remote| remote.api_version = Some(text.into());
    assert_eq!(fault(Provider::Anthropic, version("2023-06-01")), None);
    assert_eq!(fault(Provider::Anthropic, version("2023-06-01-preview")), some("api_version"));
    assert_eq!(fault(Provider::Azure, version("2025-04-01-preview")), None);
    assert_eq!(fault(Provider::Azure, version("2024-10-21&x=1")), some("api_version"));
    assert_eq!(fault(Provider::OpenAi, version("2024-10-21")), some("api_version"));

    let bearer = |remote: &mut Remote| remote.auth = Auth::Bearer;
    assert_eq!(fault(Provider::Azure, bearer), None);
    assert_eq!(fault(Provider::Gemini, bearer), some("auth"));

    let model = |text: &'static str| move |remote: &mut Remote| remote.model = text.into();
    assert_eq!(fault(Provider::OpenAi, model("")), some("model"));
    assert_eq!(fault(Provider::OpenAiCompatible, model("meta/llama 4:free")), None);
    for bad in ["a/b", "a?b", "a b", "../x", "a%2f"] {
        assert_eq!(fault(Provider::Azure, model(bad)), some("model"), "{bad}");
    }
    assert_eq!(fault(Provider::Gemini, model("tunedModels/shop-1")), None);
    assert_eq!(fault(Provider::Gemini, model("a/b/c")), some("model"));
}

#[test]
fn numbers_have_ranges() {
    for (tokens, broken) in
        [(0, some("max_output_tokens")), (1, None), (32_769, some("max_output_tokens"))]
    {
        assert_eq!(fault(Provider::OpenAi, |r| r.max_output_tokens = Some(tokens)), broken);
    }
    assert_eq!(
        fault(Provider::OpenAi, |r| r.temperature = Some(Hundredths(201))),
        some("temperature")
    );
    assert_eq!(fault(Provider::OpenAi, |r| r.top_p = Some(Hundredths(101))), some("top_p"));
    let warm = |remote: &mut Remote| remote.temperature = Some(Hundredths(70));
    assert_eq!(fault(Provider::OpenAi, warm), None);
    assert_eq!(fault(Provider::Anthropic, warm), some("temperature"));
    let older = |remote: &mut Remote| {
        warm(remote);
        remote.api_version = Some("2023-06-01".into());
    };
    assert_eq!(fault(Provider::Anthropic, older), None);
    for change in [
        |t: &mut TimeOuts| t.connect_seconds = 0,
        |t: &mut TimeOuts| t.first_token_seconds = 121,
        |t: &mut TimeOuts| t.between_seconds = 0,
        |t: &mut TimeOuts| t.total_seconds = 301,
        |t: &mut TimeOuts| t.total_seconds = 44,
    ] {
        assert_eq!(fault(Provider::OpenAi, |r| change(&mut r.time_outs)), some("time_outs"));
    }
    for key in ["", "a b", "ä"] {
        assert_eq!(fault(Provider::OpenAi, |r| r.key = Some(key.into())), some("key"));
    }
    assert_eq!(fault(Provider::Azure, |r| r.key = Some("x".repeat(4_096))), None);
}

#[test]
fn what_is_declared_has_a_form() {
    let marked = |scheme: &str, url: Option<&str>, date: Option<&str>| {
        let marking = TextMarking {
            scheme: scheme.into(),
            evidence_url: url.map(Into::into),
            checked_on: date.map(Into::into),
        };
        fault(Provider::OpenAi, move |remote| remote.text_marking = Some(marking.clone()))
    };
    assert_eq!(marked("none", None, None), None);
    assert_eq!(marked("synthid", Some("https://v.example/s"), Some("2026-11-25")), None);
    assert_eq!(marked("", None, None), some("text_marking.scheme"));
    assert_eq!(marked("x", Some("http://v.example"), None), some("text_marking.evidence_url"));
    for no_date in ["yesterday", "2026-99-99", "2026-02-30"] {
        assert_eq!(marked("x", None, Some(no_date)), some("text_marking.checked_on"));
    }
    assert_eq!(fault(Provider::OpenAi, |r| r.data_zone = Some("a\nb".into())), some("data_zone"));
    let nowhere = |remote: &mut Remote| remote.recipient.place.clear();
    assert_eq!(fault(Provider::OpenAi, nowhere), Some("recipients.place".into()));
}

#[test]
fn a_list_has_an_order() {
    let of = |list: Vec<Provider>| fault_of(list, &PlatformProviders::default(), false);
    let local = || Provider::Local {};
    assert_eq!(of(vec![local()]), None);
    assert_eq!(of(vec![openai(), openai(), local()]), None);
    assert_eq!(of(vec![local(), openai()]), Some("provider".into()));
    assert_eq!(of(vec![openai(), local(), openai()]), Some("fallbacks[0]".into()));
    assert_eq!(of(vec![openai(); 6]), Some("fallbacks".into()));
    let plain = Remote { base_url: Some("http://b.example".into()), ..remote() };
    assert_eq!(
        of(vec![openai(), openai(), Provider::OpenAi(plain)]),
        Some("fallbacks[1].base_url".into())
    );
}

#[test]
fn a_key_is_bound_to_host_and_port() {
    let of = |url: Option<&str>| {
        host(&Provider::OpenAi(Remote { base_url: url.map(Into::into), ..remote() }))
    };
    assert_eq!(of(Some("https://model.example/v1")).as_deref(), Some("model.example"));
    assert_eq!(of(Some("http://127.0.0.1:9000")).as_deref(), Some("127.0.0.1:9000"));
    assert_eq!(of(None).as_deref(), Some("api.openai.com"));
    // What was sent encrypted is not sent in the clear.
    assert_eq!(of(Some("https://10.0.0.5:443/v1")).as_deref(), Some("10.0.0.5"));
    assert_eq!(of(Some("http://10.0.0.5/v1")).as_deref(), Some("10.0.0.5:80"));
    assert_eq!(of(Some("http://10.0.0.5:443/v1")).as_deref(), Some("10.0.0.5:443"));
    assert_eq!(of(Some("nonsense")), None);
}
