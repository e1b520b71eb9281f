//! Puts the panel into the loader's shadow root, and everything that ties it to the page: clicks,
//! keys, the size of the window, the keyboard of a phone.

use core::cell::RefCell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{
    CssStyleSheet, Element, Event, EventTarget, HtmlElement, HtmlTextAreaElement, KeyboardEvent,
    MediaQueryList, ShadowRoot, VisualViewport,
};

use crate::action::Action;
use crate::app::{App, tell};
use crate::client::Modules;
use crate::components::{Panel, panel};
use crate::dom::el;
use crate::settings::Settings;
use crate::texts::decimal;

/// The sheet as build.rs left it.
const SHEET: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// Below this width the panel fills the screen; panel.css has the same figure.
const PHONE: &str = "(width < 480px)";

/// Finds the elements that say what a button in them is about.
const SUBJECT: &str = "[data-of]";

/// The chat of one `<sotto-chat>` element.
#[wasm_bindgen]
pub struct Widget {
    chat: Rc<Chat>,
    container: HtmlElement,
    root: ShadowRoot,
    sheet: CssStyleSheet,
}

/// What a listener does.
type Act = fn(&Chat, &Event);

/// What the listeners share.
struct Chat {
    app: App,
    panel: Panel,
    phone: Option<MediaQueryList>,
    viewport: Option<VisualViewport>,
    listeners: RefCell<Vec<EventListener>>,
}

/// Mounts a chat, closed, in a shadow root.
///
/// `edge` is the edge's origin without a slash, `lang` the language tag that the loader resolved,
/// `settings` the JSON text of `GET /v1/sites/{site}`, `locale` that of the locale file (empty for
/// English, which is built in), `modules` what is loaded later.
///
/// # Errors
/// If the settings cannot be read, are another site's, or the browser refuses a style sheet.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "what wasm-bindgen hands over")]
#[expect(clippy::too_many_arguments, reason = "an object would be read member by member")]
pub fn mount(
    host: HtmlElement,
    root: ShadowRoot,
    edge: String,
    site: String,
    lang: String,
    settings: String,
    locale: String,
    modules: Modules,
) -> Result<Widget, JsValue> {
    let settings = Settings::read(&settings, &lang, &locale)
        .filter(|settings| settings.site.site.as_str() == site)
        .ok_or_else(|| JsValue::from(js_sys::Error::new("sotto: settings not understood")))?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;

    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(SHEET)?;
    root.adopted_style_sheets().push(&sheet);

    let container: HtmlElement = el("div").unchecked_into();
    // First, since the elements of the root stack upwards from the launcher, which stands last.
    root.insert_before(&container, root.first_child().as_ref())?;
    let app = App::new(host, edge, settings, modules);
    app.load();
    let panel = panel(&app);
    container.append_child(&panel.dialog)?;
    let chat = Rc::new(Chat {
        app,
        panel,
        phone: window.match_media(PHONE).ok().flatten(),
        viewport: window.visual_viewport(),
        listeners: RefCell::new(Vec::new()),
    });
    chat.listen();
    Ok(Widget { chat, container, root, sheet })
}

#[wasm_bindgen]
impl Widget {
    /// Opens the panel. Does nothing if it is open.
    pub fn open(&self) {
        self.chat.open();
    }

    /// Closes the panel. Does nothing if it is closed.
    pub fn close(&self) {
        self.chat.close();
    }

    /// Takes what the host page reports of its own consent banner, as JSON:
    /// `{"functional": bool, "analytics": bool, "marketing": bool}`; what it does not name is
    /// denied. It can only narrow.
    #[expect(clippy::needless_pass_by_value, reason = "what wasm-bindgen hands over")]
    pub fn consent(&self, choice: String) {
        self.chat.app.report(&choice);
    }

    /// Takes the chat out of the page. What is under way ends; what `remember` keeps stays.
    pub fn destroy(&self) {
        self.chat.close();
        self.chat.app.end();
        self.chat.listeners.borrow_mut().clear();
        self.container.remove();
        let sheets = self.root.adopted_style_sheets();
        let ours: &JsValue = &self.sheet;
        self.root.set_adopted_style_sheets(
            &sheets.iter().filter(|sheet| sheet != ours).collect::<Array>(),
        );
    }
}

impl core::fmt::Debug for Widget {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Widget")
    }
}

impl Chat {
    fn is_open(&self) -> bool {
        self.panel.dialog.open()
    }

    fn is_phone(&self) -> bool {
        self.phone.as_ref().is_some_and(MediaQueryList::matches)
    }

    fn open(&self) {
        if self.is_open() {
            return;
        }
        self.app.restore();
        let _ = self.app.host.set_attribute("open", "");
        self.show();
        tell(&self.app.host, "open", "null");
    }

    /// Modal on a phone, where nothing of the page is left to be used beside it.
    fn show(&self) {
        let phone = self.is_phone();
        if phone {
            let _ = self.panel.dialog.show_modal();
        } else {
            self.panel.dialog.show();
        }
        self.fit();
        self.panel.focus(&self.app, phone);
    }

    fn close(&self) {
        if !self.is_open() {
            return;
        }
        self.panel.dialog.close();
        let _ = self.app.host.remove_attribute("open");
        tell(&self.app.host, "close", "null");
    }

    /// Keeps the full-screen panel within what the keyboard of a phone leaves.
    fn fit(&self) {
        let Some(viewport) = &self.viewport else { return };
        let style = self.panel.dialog.style();
        for (name, pixels) in [("--height", viewport.height()), ("--top", viewport.offset_top())] {
            let mut value = decimal(pixels.max(0.0) as u64);
            value.push_str("px");
            let _ = style.set_property(name, &value);
        }
    }

    /// The narrow and the wide form are two kinds of dialog: on a change it is shown anew.
    fn change_form(&self) {
        if self.is_open() {
            self.panel.dialog.close();
            self.show();
        }
    }

    fn listen(self: &Rc<Self>) {
        let dialog: &EventTarget = &self.panel.dialog;
        self.on(dialog, "click", Self::click);
        self.on(dialog, "input", |chat, event| {
            let field = event.target().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(field) = field {
                chat.app.draft.set(field.value());
            }
        });
        self.on(dialog, "keydown", Self::key);
        // The browser's own way to cancel a modal dialog; it would close it behind our back.
        self.on(dialog, "cancel", |chat, event| {
            event.prevent_default();
            chat.escape();
        });
        if let Some(phone) = &self.phone {
            self.on(phone, "change", |chat, _| chat.change_form());
        }
        if let Some(viewport) = &self.viewport {
            self.on(viewport, "resize", |chat, _| chat.fit());
            self.on(viewport, "scroll", |chat, _| chat.fit());
        }
        if let Some(window) = web_sys::window() {
            self.on(&window, "online", |chat, _| chat.app.record());
        }
        let chat = Rc::downgrade(self);
        let mut last = self.app.view.peek();
        self.app.follow(move |_| {
            if let Some(chat) = chat.upgrade() {
                let view = chat.app.view.get();
                if core::mem::replace(&mut last, view) != view && chat.is_open() {
                    chat.panel.focus(&chat.app, chat.is_phone());
                }
            }
        });
    }

    #[inline(never)]
    fn on(self: &Rc<Self>, target: &EventTarget, name: &'static str, act: Act) {
        let chat = Rc::downgrade(self);
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(target, name, options, move |event| {
            if let Some(chat) = chat.upgrade() {
                act(&chat, event);
            }
        });
        self.listeners.borrow_mut().push(listener);
    }

    fn click(&self, event: &Event) {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let closest = |selector| target.as_ref().and_then(|it| it.closest(selector).ok()).flatten();
        let Some(button) = closest(Action::SELECTOR) else {
            return self.app.menu.set(false);
        };
        let code = button.get_attribute(Action::ATTRIBUTE).unwrap_or_default();
        let Some(action) = Action::parse(&code) else { return };
        if action.needs_a_person() && !event.is_trusted() {
            return;
        }
        let words = button.text_content().unwrap_or_default();
        let of = closest(SUBJECT).and_then(|it| it.get_attribute(Action::SUBJECT));
        self.app.act(action, &words, &of.unwrap_or_default());
        if matches!(action, Action::Close | Action::Decline) {
            self.close();
        } else if matches!(
            action,
            Action::Send
                | Action::Starter
                | Action::Stop
                | Action::Edit
                | Action::Remove
                | Action::Review
                | Action::Cancel
                | Action::Dismiss
                | Action::Again
                | Action::Erase
                | Action::StartNew
                | Action::Record
                | Action::Data
        ) && self.app.ask.peek().is_none()
        {
            // The button is gone or about to go.
            let types = matches!(action, Action::Send | Action::Edit);
            self.panel.focus(&self.app, self.is_phone() && !types);
        }
    }

    fn key(&self, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        match key.key().as_str() {
            "Escape" if !key.is_composing() => {
                event.prevent_default();
                event.stop_propagation();
                self.escape();
            }
            // Enter that ends the composition of a character is not ours; some browsers tell it
            // by the code 229 alone.
            "Enter"
                if !key.shift_key()
                    && !key.is_composing()
                    && key.key_code() != 229
                    && event.target().is_some_and(|it| it.has_type::<HtmlTextAreaElement>()) =>
            {
                event.prevent_default();
                if self.app.has_draft() {
                    self.app.act(Action::Send, "", "");
                }
            }
            _ => {}
        }
    }

    /// Esc puts away what is uppermost: a question, the menu, the panel.
    fn escape(&self) {
        if self.app.ask.peek().is_some() || self.app.editing.peek().is_some() {
            self.app.cancel();
            self.panel.focus(&self.app, self.is_phone());
        } else if self.app.menu.peek() {
            self.app.menu.set(false);
        } else {
            self.close();
        }
    }
}
