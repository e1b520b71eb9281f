//! The consent gate: which switches there are, how they stand, and what may be sent.

use sotto_shared::consent::{Choice, NoticeVersion, OptionalPurpose, Purposes};
use sotto_shared::json::Value;

/// How a switch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// The site does not offer this purpose.
    Absent,
    /// The visitor may switch it.
    Free(bool),
    /// Off, since the browser sends Global Privacy Control.
    OffByBrowser,
    /// Off, since the host page passed on a choice that the visitor made there.
    OffByPage,
}

/// The gate's state. Every optional purpose begins switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    offered: Purposes,
    chosen: Purposes,
    /// Whether the browser sends Global Privacy Control.
    pub(crate) gpc: bool,
    /// What the host page leaves.
    allowed: Purposes,
    /// Whether the visitor agreed before, to another version.
    pub(crate) changed: bool,
}

impl Gate {
    /// The gate of a site that offers these purposes.
    pub(crate) fn new(offered: Purposes, gpc: bool) -> Self {
        Self { offered, chosen: Purposes::default(), gpc, allowed: Purposes::ALL, changed: false }
    }

    /// The site's settings were read again: every switch is off once more.
    pub(crate) fn renew(&mut self, offered: Purposes) {
        self.offered = offered;
        self.changed = true;
        self.reset();
    }

    /// Every switch goes back to off: what was not agreed to is not remembered.
    pub(crate) fn reset(&mut self) {
        self.chosen = Purposes::default();
    }

    /// The host page passes on a choice, `{"functional": …, "analytics": …, "marketing": …}`. It
    /// can take away, never give: `functional` stands for what is kept on the device, `analytics`
    /// for the statistics; nothing here is marketing.
    pub(crate) fn narrow(&mut self, choice: &str) {
        let Some(choice) = Value::parse(choice) else { return };
        let refused = |name| *choice.get(name) == Value::Bool(false);
        if refused("functional") {
            self.allowed.remember = false;
        }
        if refused("analytics") {
            self.allowed.analytics = false;
        }
    }

    /// How the switch of a purpose stands.
    pub(crate) fn switch(&self, purpose: OptionalPurpose) -> Switch {
        if !self.offered.has(purpose) {
            Switch::Absent
        } else if !self.allowed.has(purpose) {
            Switch::OffByPage
        } else if self.gpc && !Purposes::ALL.under_gpc().has(purpose) {
            Switch::OffByBrowser
        } else {
            Switch::Free(self.chosen.has(purpose))
        }
    }

    /// The visitor chose these in this tab before.
    pub(crate) fn recall(&mut self, chosen: Purposes) {
        self.chosen = chosen;
    }

    /// The visitor moves a switch.
    pub(crate) fn toggle(&mut self, purpose: OptionalPurpose) {
        self.chosen = self.chosen.with(purpose, !self.chosen.has(purpose));
    }

    /// Whether anything may be kept on the device.
    pub(crate) fn may_remember(&self) -> bool {
        self.allowed.remember
    }

    /// What the visitor agrees to by a click on the button that says so.
    pub(crate) fn choice(&self, notice: &NoticeVersion) -> Choice {
        let mut purposes = Purposes::default();
        for purpose in OptionalPurpose::ALL {
            purposes = purposes.with(purpose, self.switch(purpose) == Switch::Free(true));
        }
        Choice::new(notice.clone(), true, purposes, self.gpc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [OptionalPurpose; 3] = OptionalPurpose::ALL;

    fn notice() -> NoticeVersion {
        NoticeVersion::parse(&"0a".repeat(16)).unwrap()
    }

    fn purposes(gate: &Gate) -> [bool; 3] {
        let chosen = gate.choice(&notice()).purposes;
        PURPOSES.map(|purpose| chosen.has(purpose))
    }

    fn all_on(gpc: bool) -> Gate {
        let mut gate = Gate::new(Purposes::ALL, gpc);
        for purpose in PURPOSES {
            gate.toggle(purpose);
        }
        gate
    }

    #[test]
    fn nothing_optional_is_on_unasked() {
        let gate = Gate::new(Purposes::ALL, false);
        assert_eq!(purposes(&gate), [false; 3]);
        assert_eq!(gate.switch(OptionalPurpose::Improve), Switch::Free(false));
    }

    #[test]
    fn a_purpose_that_is_not_offered_cannot_be_chosen() {
        let mut gate = Gate::new(Purposes::default(), false);
        gate.toggle(OptionalPurpose::Remember);
        assert_eq!(gate.switch(OptionalPurpose::Remember), Switch::Absent);
        assert_eq!(purposes(&gate), [false; 3]);
    }

    #[test]
    fn global_privacy_control_holds_what_it_names() {
        let gate = all_on(true);
        assert_eq!(purposes(&gate), [true, false, false]);
        assert_eq!(gate.switch(OptionalPurpose::Analytics), Switch::OffByBrowser);
        assert!(gate.choice(&notice()).gpc);
    }

    #[test]
    fn the_page_can_narrow_and_never_widen() {
        let mut gate = all_on(false);
        gate.narrow(r#"{"functional":false,"analytics":false,"marketing":false}"#);
        assert_eq!(purposes(&gate), [false, true, false]);
        assert_eq!(gate.switch(OptionalPurpose::Remember), Switch::OffByPage);
        gate.narrow(r#"{"functional":true,"analytics":true}"#);
        assert_eq!(purposes(&gate), [false, true, false]);
        gate.narrow("nonsense");
        let mut untouched = Gate::new(Purposes::ALL, false);
        untouched.narrow(r#"{"functional":true,"analytics":true}"#);
        assert_eq!(purposes(&untouched), [false; 3]);
    }

    #[test]
    fn a_changed_notice_is_asked_from_the_beginning() {
        let mut gate = all_on(false);
        gate.renew(Purposes::ALL);
        assert_eq!(purposes(&gate), [false; 3]);
        assert!(gate.changed);
    }
}
