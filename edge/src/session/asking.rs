//! The shell's side of who is asked for a reply: what the screen says of the message, the site's
//! providers as one, and telling the workspace how they did.

use std::rc::Rc;

use sotto_shared::pii::Policy;

use crate::guard::input::Asking;
use crate::guard::screen::{self, Screened, Verdict};
use crate::log;
use crate::object::call;
use crate::provider::chain::{Chain, Tried};
use crate::provider::http::PlatformHttp;
use crate::random::{PlatformRandom, Random};
use crate::session::core::{Begun, CoreError};
use crate::session::object::{SessionCore, Shell, ShellError};
use crate::session::plan::{self, Ask};
use crate::workspace::command::{
    Outcome, ProviderResult, ReportProviders, TurnContext, TurnProvider,
};

/// A model that has failed and is asked in trial: nobody else asks it until it is told how it did.
pub(super) struct Probe {
    workspace: String,
    name: String,
}

impl Probe {
    pub(super) fn of(workspace: &str, providers: &[TurnProvider]) -> Option<Self> {
        let probe = providers.iter().find(|provider| provider.is_probe)?;
        Some(Self { workspace: workspace.to_owned(), name: probe.name.clone() })
    }
}

impl Shell {
    /// The site's providers as one, and how many bytes the reply may have.
    pub(super) fn chain(
        &self,
        core: &SessionCore<'_>,
        begun: &Begun,
        context: &mut TurnContext,
        policy: &Policy,
        canary: &str,
        is_odd: bool,
    ) -> Result<(Chain<PlatformHttp>, usize), ShellError> {
        let history = if plan::has_model(context) { core.history(begun)? } else { Vec::new() };
        let boundary = PlatformRandom.bytes::<12>().map_err(CoreError::from)?;
        let boundary = data_encoding::HEXLOWER.encode(&boundary);
        let (question, lang) = (&begun.question, &begun.lang);
        let asking = Asking { question, lang, boundary: &boundary, canary, is_odd };
        let Ask { prompt, candidates, reply_bytes } = plan::ask(context, &history, &asking, policy);
        self.weigh(&prompt);
        if !plan::has_model(context) {
            self.end_probe(Outcome::Unknown);
        }
        let [jitter] = PlatformRandom.bytes::<1>().map_err(CoreError::from)?;
        let http = Rc::new(PlatformHttp(self.env.clone()));
        Ok((Chain::new(http, prompt, candidates, u64::from(jitter)), reply_bytes))
    }

    /// Tells the workspace how providers did, if it does not know that they work.
    pub(super) fn tell_of_providers(
        &self,
        workspace: &str,
        providers: &[TurnProvider],
        tried: &[Tried],
    ) {
        let result = |tried: &Tried| {
            let provider = providers.get(tried.place)?;
            let outcome = if tried.works { Outcome::Works } else { Outcome::Fails };
            let is_news = !tried.works || provider.is_watched;
            let name = provider.name.clone();
            is_news.then_some(ProviderResult { name, outcome })
        };
        let results: Vec<ProviderResult> = tried.iter().filter_map(result).collect();
        if let Some(probe) = self.probe.take()
            && results.iter().all(|result| result.name != probe.name)
        {
            self.probe.set(Some(probe));
        }
        self.report_providers(workspace.to_owned(), results);
    }

    /// Tells the workspace what is known of the model that was to be tried out, unless it was told.
    pub(super) fn end_probe(&self, outcome: Outcome) {
        if let Some(Probe { workspace, name }) = self.probe.take() {
            self.report_providers(workspace, vec![ProviderResult { name, outcome }]);
        }
    }

    /// Nobody waits for it: a report that is lost leaves a breaker as it was.
    fn report_providers(&self, workspace: String, results: Vec<ProviderResult>) {
        if results.is_empty() {
            return;
        }
        let env = self.env.clone();
        self.state.wait_until(async move {
            if let Err(error) = call(&env, &workspace, &ReportProviders { results }).await {
                log::error("report_not_heard").fault(&error).write();
            }
        });
    }
}

/// What the screen says of a message that a model would get; the log is told of what it finds, in
/// words of this program. Documents that are quoted cannot be talked into anything.
pub(super) fn screened(context: &TurnContext, message: &str) -> Screened {
    if !plan::has_model(context) {
        return Screened { verdict: Verdict::Pass, families: Vec::new() };
    }
    let screened = screen::screen(message);
    if screened.verdict != Verdict::Pass {
        for family in &screened.families {
            let line = log::info("screened").word("verdict", screened.verdict.name());
            line.word("family", family.name()).write();
        }
    }
    screened
}
