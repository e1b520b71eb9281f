//! What is on the screen: one component to a file, each a function that builds its elements once
//! and effects that keep them current. None of them decides anything.

mod panel;

mod choices;
mod closed;
mod composer;
mod data;
mod gate;
mod notice;
mod receipt;
mod talk;

pub(crate) use panel::{Panel, panel};

/// The drawings, on a grid of 24.
mod icon {
    pub(super) const CLOSE: &str = "M6 6l12 12M18 6L6 18";
    pub(super) const MENU: &str = "M5 7h14M5 12h14M5 17h14";
    pub(super) const SEND: &str = "M12 19V5M6 11l6-6 6 6";
    pub(super) const STOP: &str = "M7 7h10v10H7z";
    pub(super) const COPY: &str = "M9 9h10v11H9zM5 15V4h10";
    pub(super) const AGAIN: &str = "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5";
    pub(super) const EDIT: &str = "M5 19h4L19 9l-4-4L5 15z";
    pub(super) const REMOVE: &str = "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13";
    pub(super) const PERSON: &str = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c1-7 13-7 14 0";
    pub(super) const BACK: &str = "M15 6l-6 6 6 6";
}
