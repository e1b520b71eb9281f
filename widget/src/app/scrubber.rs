//! What finds personal data: a Wasm module of its own, which is fetched while the visitor reads and
//! types. Until it is there, nothing is sent; what was to be sent waits for it.

use std::rc::Rc;

use sotto_shared::pii::PlaceholderMap;
use wasm_bindgen_futures::JsFuture;

use super::{App, View};
use crate::client::Finder;
use crate::state::draft::Draft;
use crate::state::trouble::Failure;
use crate::watched::spawn;

/// A message that was to be sent before it could be read.
pub(super) struct Waiting {
    /// Its words; `None` for the draft as it is by then.
    words: Option<String>,
    /// The message that it corrects.
    editing: Option<String>,
}

impl App {
    /// Begins to load it, for the rules of the settings in force.
    pub(crate) fn load(&self) {
        self.finder.set(None);
        let app = self.clone();
        spawn(async move {
            // Where that fails, it is tried again when it is needed.
            let _ = app.loaded().await;
        });
    }

    /// Reads what was typed as it would be sent; what is hidden is added to `map`.
    pub(crate) fn read(&self, typed: &str, map: &mut PlaceholderMap) -> Draft {
        let most = self.settings().site.message_chars as usize;
        let finder = self.finder.get();
        Draft::read(typed, most, |text| finder.as_ref()?.find(text), map)
    }

    /// Loads it, and sends then what was last to be sent, if the visitor is still where that was.
    pub(super) fn send_when_loaded(&self, typed: &str) {
        let words = (typed != self.draft.peek()).then(|| typed.to_owned());
        let waiting = Waiting { words, editing: self.editing.peek() };
        if self.waiting.replace(Some(waiting)).is_some() {
            return;
        }
        let app = self.clone();
        spawn(async move {
            let loaded = app.loaded().await;
            let Some(Waiting { words, editing }) = app.waiting.take() else { return };
            let is_there = app.view.peek() == View::Talk && app.editing.peek() == editing;
            let standing = app.standing.peek();
            match loaded {
                // What stands in the composer stays there.
                _ if !is_there || standing.restricted || standing.withdrawn => {}
                Ok(()) => app.send(&words.unwrap_or_else(|| app.draft.peek())),
                Err(failure) => app.fail(failure),
            }
        });
    }

    async fn loaded(&self) -> Result<(), Failure> {
        while self.finder.peek().is_none() {
            let settings = self.settings();
            let finder = self.modules.finder(&settings.site.rules());
            let finder = JsFuture::from(finder).await.ok().and_then(Finder::of);
            let finder = finder.ok_or(Failure::Network)?;
            // Another version of the settings has come meanwhile: it has rules of its own.
            if Rc::ptr_eq(&settings, &self.settings()) && self.finder.peek().is_none() {
                self.finder.set(Some(finder));
            }
        }
        Ok(())
    }
}
