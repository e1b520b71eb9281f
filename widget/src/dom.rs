//! Elements, made one call at a time.
//!
//! Views are built here and kept current by effects of Leptos' reactive graph, instead of by its
//! `view!`: a chat skeleton weighed 25.0 KB (brotli) this way and 36.3 KB with Leptos' own
//! builders, which compile each nesting of views anew, and `view!` writes `innerHTML`, which a
//! host with Trusted Types refuses.
//!
//! The calls are typed externs of ours: none of them can fail with the fixed names they are given,
//! so none carries the price of a caught exception.

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, HtmlElement, Node};

use crate::action::Action;
use crate::texts::{Text, Texts};

#[wasm_bindgen]
extern "C" {
    /// An HTML or SVG element.
    #[wasm_bindgen(extends = HtmlElement, extends = Element, extends = Node, extends = EventTarget, js_name = HTMLElement)]
    #[derive(Clone, Debug)]
    pub(crate) type El;

    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create(tag: &str) -> El;

    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    fn create_in(namespace: &str, tag: &str) -> El;

    /// Sets an attribute.
    #[wasm_bindgen(method, js_name = setAttribute)]
    pub(crate) fn set(this: &El, name: &str, value: &str);

    /// Sets or removes an attribute without a value.
    #[wasm_bindgen(method, js_name = toggleAttribute)]
    pub(crate) fn flag(this: &El, name: &str, on: bool);

    #[wasm_bindgen(method, js_name = append)]
    fn append_node(this: &El, node: &Node);

    #[wasm_bindgen(method, js_name = append)]
    fn append_text(this: &El, text: &str);

    /// Whether a selector fits it.
    #[wasm_bindgen(method, js_name = matches)]
    pub(crate) fn fits(this: &El, selector: &str) -> bool;

    /// Removes everything inside.
    #[wasm_bindgen(method, js_name = replaceChildren)]
    pub(crate) fn clear(this: &El);
}

/// An element, described as `tag.class|attribute=value|…`; the class and what follows may be left
/// out. One call instead of one for each attribute.
#[inline(never)]
pub(crate) fn el(description: &str) -> El {
    let mut parts = description.split('|');
    let head = parts.next().unwrap_or_default();
    let (tag, class) = head.split_once('.').unwrap_or((head, ""));
    let element = create(tag);
    if !class.is_empty() {
        element.set("class", class);
    }
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        element.set(name, value);
    }
    element
}

/// An element that holds one text.
#[inline(never)]
pub(crate) fn text(description: &str, words: &str) -> El {
    el(description).say(words)
}

/// An element that holds one of the widget's own texts.
#[inline(never)]
pub(crate) fn said(description: &str, texts: &Texts, words: Text) -> El {
    text(description, texts.get(words))
}

/// A button that does something.
#[inline(never)]
pub(crate) fn button(description: &str, texts: &Texts, label: Text, action: Action) -> El {
    said(description, texts, label).with("type", "button").does(action)
}

/// A button that shows an icon and is named by a text.
#[inline(never)]
pub(crate) fn icon_button(icon: &str, texts: &Texts, label: Text, action: Action) -> El {
    el("button.icon|type=button")
        .name(texts, label)
        .with("title", texts.get(label))
        .add(&svg(icon))
        .does(action)
}

/// A row with a switch at its end; the second element is the switch.
#[inline(never)]
pub(crate) fn switch(texts: &Texts, label: Text, action: Action) -> (El, El) {
    let button = el("button.switch|type=button|role=switch").name(texts, label).does(action);
    (el("div.row").add(&said("span", texts, label)).add(&button), button)
}

/// A line drawing on a grid of 24, in the colour of the text around it.
pub(crate) fn svg(path: &str) -> El {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let drawing = create_in(SVG, "svg").with("viewBox", "0 0 24 24").with("aria-hidden", "true");
    drawing.add(&create_in(SVG, "path").with("d", path))
}

impl El {
    /// With an attribute.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// With a text at its end.
    pub(crate) fn say(self, text: &str) -> Self {
        self.append_text(text);
        self
    }

    /// With a node at its end.
    pub(crate) fn add(self, node: &Self) -> Self {
        self.append_node(node);
        self
    }

    /// With a name for screen readers.
    #[inline(never)]
    pub(crate) fn name(self, texts: &Texts, name: Text) -> Self {
        self.with("aria-label", texts.get(name))
    }

    /// Sets a state of WAI-ARIA.
    #[inline(never)]
    pub(crate) fn state(&self, name: &str, on: bool) {
        self.set(name, if on { "true" } else { "false" });
    }

    /// Does something when clicked; see [`Action`].
    pub(crate) fn does(self, action: Action) -> Self {
        self.with(Action::ATTRIBUTE, &action.code())
    }

    /// Appends an element that holds one of the widget's own texts.
    #[inline(never)]
    pub(crate) fn put_said(&self, description: &str, texts: &Texts, words: Text) {
        self.append_node(&said(description, texts, words));
    }

    /// Appends a node.
    pub(crate) fn put(&self, node: &Node) {
        self.append_node(node);
    }

    /// Appends a text.
    pub(crate) fn put_text(&self, text: &str) {
        self.append_text(text);
    }

    /// Shows or hides it, for everybody.
    pub(crate) fn show(&self, shown: bool) {
        self.flag("hidden", !shown);
    }
}
