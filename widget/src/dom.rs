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

    /// Removes everything inside.
    #[wasm_bindgen(method, js_name = replaceChildren)]
    pub(crate) fn clear(this: &El);
}

/// An element with a class; the class may be empty.
pub(crate) fn el(tag: &str, class: &str) -> El {
    let element = create(tag);
    if !class.is_empty() {
        element.set("class", class);
    }
    element
}

/// An element that holds one text.
pub(crate) fn text(tag: &str, class: &str, text: &str) -> El {
    el(tag, class).say(text)
}

/// A button that does something.
pub(crate) fn button(class: &str, label: &str, action: Action) -> El {
    text("button", class, label).with("type", "button").does(action)
}

/// A button that shows an icon and is named by a text.
pub(crate) fn icon_button(icon: &str, label: &str, action: Action) -> El {
    el("button", "icon")
        .with("type", "button")
        .with("aria-label", label)
        .with("title", label)
        .add(svg(icon))
        .does(action)
}

/// A text for screen readers alone.
pub(crate) fn unseen(tag: &str, words: &str) -> El {
    text(tag, "unseen", words)
}

/// A line drawing on a grid of 24, in the colour of the text around it.
pub(crate) fn svg(path: &str) -> El {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let drawing = create_in(SVG, "svg").with("viewBox", "0 0 24 24").with("aria-hidden", "true");
    drawing.add(create_in(SVG, "path").with("d", path))
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
    #[expect(clippy::needless_pass_by_value, reason = "the caller is done with it")]
    pub(crate) fn add(self, node: Self) -> Self {
        self.append_node(&node);
        self
    }

    /// Does something when clicked; see [`Action`].
    pub(crate) fn does(self, action: Action) -> Self {
        self.with(Action::ATTRIBUTE, action.code())
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
