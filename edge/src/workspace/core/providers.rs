//! Who writes a site's replies: the keys that are kept for them, who is asked for a turn, and how
//! they did.

use sotto_shared::wire::admin::SiteSettings;
use sotto_shared::wire::provider::{Provider, ProviderHealth};

use super::{Fault, Workspace, invalid};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::breaker::{Breaker, BreakerState};
use crate::workspace::command::{Outcome, ReportProviders, TurnProvider};
use crate::workspace::settings::providers;
use crate::workspace::store::StoredKey;

/// Characters of a key that are shown, so that its owner knows it again.
const SHOWN: usize = 4;

/// Breakers that are kept. More providers than this are not in use at once.
const BREAKERS: usize = 200;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// The keys to store for a list of providers, and the list without them: each key that was
    /// sent, sealed for its host, or the stored one, which holds only as long as the host stays
    /// the same. A provider that changes its place keeps its key.
    pub(super) fn seal_provider_keys(
        &self,
        site: u16,
        settings: &mut SiteSettings,
    ) -> Result<Vec<StoredKey>, Fault> {
        let stored = self.store().provider_keys(site)?;
        let mut keys = Vec::new();
        for (place, provider) in providers::list_mut(settings).enumerate() {
            let host = providers::host(provider);
            let may_lack = matches!(provider, Provider::OpenAiCompatible(_));
            let Some(remote) = provider.remote_mut() else { continue };
            // What is stored with the settings never holds the key itself.
            let (sent, ends) = (remote.key.take(), remote.key_ends.take());
            // Workers AI has neither.
            let Some(host) = host else { continue };
            match sent {
                Some(key) => {
                    let place_bytes = self.provider_place(site, &host);
                    let sealed = self.key()?.seal(self.random, &place_bytes, key.as_bytes())?;
                    let shown = key.len().saturating_sub(SHOWN).max(key.len().div_ceil(2));
                    let ends = key.get(shown..).unwrap_or_default().to_owned();
                    keys.push(StoredKey { place, sealed, host, ends });
                }
                None => match kept(&stored, place, &host, ends.as_deref()) {
                    Some(key) => keys.push(StoredKey { place, ..key.clone() }),
                    None if may_lack || self.platform.key(&host).is_some() => {}
                    None => {
                        let field = format!("{}.key", providers::field(place));
                        let rule = "must be sent with a new provider or another host";
                        return Err(invalid(&field, rule).into());
                    }
                },
            }
        }
        Ok(keys)
    }

    /// Which of a site's providers are asked for a turn, in this order: those whose breaker is not
    /// open, and all of them if every one is. One whose host the platform allows no more is not.
    pub(super) fn turn_providers(
        &self,
        site: u16,
        settings: &SiteSettings,
    ) -> Result<Vec<TurnProvider>, Fault> {
        let keys = self.store().provider_keys(site)?;
        let breakers = self.store().breakers()?;
        let now = self.clock.now_ms();
        let mut asked = Vec::new();
        let mut passed_over = Vec::new();
        let reachable = providers::list(settings).enumerate().filter(|(_, provider)| {
            providers::is_reachable(provider, self.platform, self.development)
        });
        for (place, provider) in reachable {
            let key = keys.iter().find(|key| key.place == place);
            let mut turn = TurnProvider::of(provider.clone(), key.map(|key| key.ends.as_str()));
            let breaker = breakers.iter().find(|(name, _)| *name == turn.name).map(|(_, b)| *b);
            let state = breaker.map_or(BreakerState::Closed, |breaker| breaker.state(now));
            turn.is_watched = breaker.is_some();
            let host = providers::host(provider);
            if let (Some(remote), Some(host)) = (turn.settings.remote_mut(), host) {
                remote.key = self.provider_key(site, &keys, place, &host)?;
            }
            match state {
                BreakerState::Closed => asked.push(turn),
                // Behind others it is only asked if they fail, so it may not be a probe.
                BreakerState::HalfOpen => {
                    if let Some(mut breaker) = breaker.filter(|_| asked.is_empty()) {
                        breaker.probe(now);
                        self.store().put_breaker(&turn.name, &breaker)?;
                        turn.is_probe = true;
                    }
                    asked.push(turn);
                }
                BreakerState::Open => passed_over.push(turn),
            }
        }
        let asked = if asked.is_empty() { passed_over } else { asked };
        // An answer from documents beats none.
        Ok(if asked.is_empty() { vec![TurnProvider::of(Provider::Local {}, None)] } else { asked })
    }

    /// Takes over how providers did.
    pub fn report_providers(&self, command: &ReportProviders) -> Result<(), Fault> {
        self.wake()?;
        let now = self.clock.now_ms();
        let breakers = self.store().breakers()?;
        for result in &command.results {
            let known = breakers.iter().find(|(name, _)| *name == result.name);
            let mut breaker = known.map(|(_, breaker)| *breaker).unwrap_or_default();
            match result.outcome {
                Outcome::Works => breaker.works(),
                Outcome::Fails if known.is_some() || breakers.len() < BREAKERS => {
                    breaker.fails(now)
                }
                Outcome::Fails => {}
                Outcome::Unknown => breaker.release(),
            }
            self.store().put_breaker(&result.name, &breaker)?;
        }
        for (name, _) in breakers.iter().filter(|(_, breaker)| breaker.is_settled(now)) {
            if command.results.iter().all(|result| result.name != *name) {
                self.store().put_breaker(name, &Breaker::default())?;
            }
        }
        Ok(())
    }

    /// How the providers do that failed lately.
    pub(super) fn provider_health(&self) -> Result<Vec<ProviderHealth>, Fault> {
        let now = self.clock.now_ms();
        let health = |(provider, breaker): (String, Breaker)| ProviderHealth {
            provider,
            state: breaker.state(now),
            failures: breaker.failures,
            failed_at: breaker.failed_at,
            open_until: (breaker.trips > 0).then_some(breaker.open_until),
        };
        Ok(self.store().breakers()?.into_iter().map(health).collect())
    }

    /// The key of a provider: the site's own, else the platform's.
    fn provider_key(
        &self,
        site: u16,
        keys: &[StoredKey],
        place: usize,
        host: &str,
    ) -> Result<Option<String>, Fault> {
        // A key for another host opens nothing here.
        let stored = keys.iter().find(|key| key.place == place && key.host == host);
        let Some(stored) = stored else {
            return Ok(self.platform.key(host).map(str::to_owned));
        };
        let opened = self.key()?.open(&self.provider_place(site, host), &stored.sealed)?;
        let text = String::from_utf8(opened.to_vec());
        text.map(Some).map_err(|_| Fault::Broken("the provider's key is no text"))
    }
}

/// The stored key that a provider means which sends none: the one whose last characters it names,
/// else that of its place, else the only one of its host.
fn kept<'a>(
    stored: &'a [StoredKey],
    place: usize,
    host: &str,
    ends: Option<&str>,
) -> Option<&'a StoredKey> {
    let of_host = || stored.iter().filter(|key| key.host == host);
    if let Some(ends) = ends {
        let mut named: Vec<_> = of_host().filter(|key| key.ends == ends).collect();
        named.sort_by_key(|key| key.place != place);
        if let Some(key) = named.first() {
            return Some(key);
        }
    }
    let mut others = of_host();
    let first = others.next();
    let only = if others.next().is_none() { first } else { None };
    of_host().find(|key| key.place == place).or(only)
}
