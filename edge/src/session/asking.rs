//! The shell's side of who is asked for a reply: what the screen says of the message, the site's
//! providers as one, and telling the workspace how they did.

use std::rc::Rc;

use sotto_shared::pii::Policy;
use sotto_shared::wire::provider::Provider as Settings;

use crate::guard::input::{self, Asking};
use crate::guard::screen::{self, Screened, Verdict};
use crate::language::Language;
use crate::log;
use crate::object::call;
use crate::provider::Prompt;
use crate::provider::chain::{Candidate, Chain, Tried};
use crate::provider::http::PlatformHttp;
use crate::provider::local::Local;
use crate::random::{PlatformRandom, Random};
use crate::session::core::{Begun, CoreError};
use crate::session::object::{SessionCore, Shell, ShellError};
use crate::workspace::command::{ProviderResult, ReportProviders, TurnContext, TurnProvider};

impl Shell {
    /// The site's providers as one.
    pub(super) fn chain(
        &self,
        core: &SessionCore<'_>,
        begun: &Begun,
        context: &TurnContext,
        policy: &Policy,
        canary: &str,
        is_odd: bool,
    ) -> Result<Chain<PlatformHttp>, ShellError> {
        let lang = Language::of(&begun.lang);
        let candidate = |provider: &TurnProvider| match &provider.settings {
            Settings::Local {} => Candidate::Local(Local::new(context, lang)),
            remote => Candidate::Remote(Box::new(remote.clone())),
        };
        let candidates: Vec<Candidate> = context.providers.iter().map(candidate).collect();
        let is_asked = candidates.iter().any(|one| matches!(one, Candidate::Remote(_)));
        let prompt = if is_asked {
            let history = core.history(begun)?;
            let boundary = PlatformRandom.bytes::<12>().map_err(CoreError::from)?;
            let boundary = data_encoding::HEXLOWER.encode(&boundary);
            let asking = Asking {
                question: &begun.question,
                lang: &begun.lang,
                boundary: &boundary,
                canary,
                is_odd,
            };
            input::prompt(context, &history, &asking, policy)
        } else {
            Prompt { messages: Vec::new() }
        };
        let [jitter] = PlatformRandom.bytes::<1>().map_err(CoreError::from)?;
        let http = Rc::new(PlatformHttp(self.env.clone()));
        Ok(Chain::new(http, prompt, candidates, u64::from(jitter)))
    }

    /// Tells the workspace how providers did, if it does not know that they work.
    pub(super) async fn tell_of_providers(
        &self,
        workspace: &str,
        providers: &[TurnProvider],
        tried: &[Tried],
    ) {
        let result = |tried: &Tried| {
            let provider = providers.get(tried.place)?;
            let is_news = !tried.works || provider.is_watched;
            let name = provider.name.clone();
            is_news.then_some(ProviderResult { name, works: tried.works })
        };
        let results: Vec<ProviderResult> = tried.iter().filter_map(result).collect();
        if results.is_empty() {
            return;
        }
        if let Err(error) = call(&self.env, workspace, &ReportProviders { results }).await {
            log::error("report_not_heard").fault(&error).write();
        }
    }
}

/// What the screen says of a message that a model would get; the log is told of what it finds, in
/// words of this program. Documents that are quoted cannot be talked into anything.
pub(super) fn screened(context: &TurnContext, message: &str) -> Screened {
    let is_for_model = context.providers.iter().any(|one| one.settings.remote().is_some());
    if !is_for_model {
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
