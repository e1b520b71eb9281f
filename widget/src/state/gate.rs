//! The visitor's choice: which switches there are, how they stand, and what may be sent of it. The
//! gate shows it first; while a conversation runs, "Your data" does.

use sotto_shared::consent::{
    Choice, ConsentSource, HostChoice, LegalBasis, NoticeVersion, OptionalPurpose, Purposes,
    SourceKind,
};
use sotto_shared::json::Value;

use super::record::Stand;

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

/// The choice so far. Every optional purpose begins switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    offered: Purposes,
    chosen: Purposes,
    objected: Purposes,
    /// Whether the browser sends Global Privacy Control.
    pub(crate) gpc: bool,
    /// What the host page reported last. Before it reports anything, it has no say.
    host: Option<HostChoice>,
    /// Whether the visitor agreed before, to another version.
    pub(crate) changed: bool,
    /// Whether the visitor's conversation goes on in another tab.
    pub(crate) elsewhere: bool,
}

impl Gate {
    /// The gate of a site that offers these purposes.
    pub(crate) fn new(offered: Purposes, gpc: bool) -> Self {
        Self {
            offered,
            chosen: Purposes::default(),
            objected: Purposes::default(),
            gpc,
            host: None,
            changed: false,
            elsewhere: false,
        }
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

    /// The visitor agreed: what was said about earlier is over.
    pub(crate) fn agreed(&mut self) {
        self.changed = false;
        self.elsewhere = false;
    }

    /// The host page reports its own banner's choice, `{"functional": …, "analytics": …,
    /// "marketing": …}`. What it does not say is denied. It can take away, never give: what it
    /// allows again is off until the visitor switches it on.
    pub(crate) fn report(&mut self, choice: &str) {
        let choice = Value::parse(choice).as_ref().map(HostChoice::read).unwrap_or_default();
        self.host = Some(choice);
        self.chosen = choice.narrow(self.chosen);
    }

    /// How the switch of a purpose stands.
    pub(crate) fn switch(&self, purpose: OptionalPurpose) -> Switch {
        if !self.offered.has(purpose) {
            Switch::Absent
        } else if !self.allowed().has(purpose) {
            Switch::OffByPage
        } else if !self.under_gpc(Purposes::ALL).has(purpose) {
            Switch::OffByBrowser
        } else {
            Switch::Free(self.chosen.has(purpose))
        }
    }

    /// What the host page's banner leaves.
    pub(crate) fn allowed(&self) -> Purposes {
        self.host.map_or(Purposes::ALL, |host| host.narrow(Purposes::ALL))
    }

    /// What the browser's signal leaves of these.
    pub(crate) const fn under_gpc(&self, purposes: Purposes) -> Purposes {
        if self.gpc { purposes.under_gpc() } else { purposes }
    }

    /// The switches stand as the choice of a conversation does.
    pub(crate) fn recall(&mut self, stand: Stand) {
        self.chosen = stand.purposes;
        self.objected = stand.objections;
        self.chosen = self.held();
    }

    /// The visitor moves a switch. Where a purpose rests on an interest of the operator's,
    /// switching it off is an objection.
    pub(crate) fn toggle(&mut self, purpose: OptionalPurpose, basis: LegalBasis) {
        let on = !self.chosen.has(purpose);
        self.chosen = self.chosen.with(purpose, on);
        let objects = !on && basis == LegalBasis::LegitimateInterest;
        self.objected = self.objected.with(purpose, objects);
    }

    /// The purposes that the visitor objected to.
    pub(crate) const fn objected(&self) -> Purposes {
        self.objected
    }

    /// Whether the page lets anything be kept on the device.
    pub(crate) fn may_remember(&self) -> bool {
        self.allowed().remember
    }

    /// The purposes that are switched on.
    pub(crate) fn held(&self) -> Purposes {
        let mut held = Purposes::default();
        for purpose in OptionalPurpose::ALL {
            held = held.with(purpose, self.switch(purpose) == Switch::Free(true));
        }
        held
    }

    /// What the visitor agrees to.
    pub(crate) fn stand(&self) -> Stand {
        Stand { chat: true, purposes: self.held(), objections: self.objected }
    }

    /// A choice, for the record. `by` says who acted.
    pub(crate) fn choice(&self, notice: &NoticeVersion, stand: Stand, by: SourceKind) -> Choice {
        let version = Some(env!("CARGO_PKG_VERSION").into());
        Choice {
            objections: stand.objections,
            source: Some(ConsentSource { kind: by, version, host: self.host }),
            ..Choice::new(notice.clone(), stand.chat, stand.purposes, self.gpc)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [OptionalPurpose; 3] = OptionalPurpose::ALL;

    fn choice(gate: &Gate) -> Choice {
        let notice = NoticeVersion::parse(&"0a".repeat(16)).unwrap();
        gate.choice(&notice, gate.stand(), SourceKind::Widget)
    }

    fn purposes(gate: &Gate) -> [bool; 3] {
        let chosen = choice(gate).purposes;
        PURPOSES.map(|purpose| chosen.has(purpose))
    }

    fn all_on(gpc: bool) -> Gate {
        let mut gate = Gate::new(Purposes::ALL, gpc);
        for purpose in PURPOSES {
            gate.toggle(purpose, LegalBasis::Consent);
        }
        gate
    }

    #[test]
    fn nothing_optional_is_on_unasked() {
        let gate = Gate::new(Purposes::ALL, false);
        assert_eq!(purposes(&gate), [false; 3]);
        assert_eq!(gate.switch(OptionalPurpose::Improve), Switch::Free(false));
        assert_eq!(choice(&gate).source.unwrap().host, None);
    }

    #[test]
    fn a_purpose_that_is_not_offered_cannot_be_chosen() {
        let mut gate = Gate::new(Purposes::default(), false);
        gate.toggle(OptionalPurpose::Remember, LegalBasis::Consent);
        assert_eq!(gate.switch(OptionalPurpose::Remember), Switch::Absent);
        assert_eq!(purposes(&gate), [false; 3]);
    }

    #[test]
    fn global_privacy_control_holds_what_it_names() {
        let gate = all_on(true);
        assert_eq!(purposes(&gate), [true, false, false]);
        assert_eq!(gate.switch(OptionalPurpose::Analytics), Switch::OffByBrowser);
        assert!(choice(&gate).gpc);
    }

    #[test]
    fn the_page_can_narrow_and_never_widen() {
        let mut gate = all_on(false);
        gate.report(r#"{"functional":false,"analytics":false,"marketing":false}"#);
        assert_eq!(purposes(&gate), [false, true, false]);
        assert_eq!(gate.switch(OptionalPurpose::Remember), Switch::OffByPage);
        assert!(!gate.may_remember());
        // What it allows again can be switched on again, and is not on by that.
        gate.report(r#"{"functional":true,"analytics":true}"#);
        assert_eq!(purposes(&gate), [false, true, false]);
        assert_eq!(gate.switch(OptionalPurpose::Remember), Switch::Free(false));
        gate.toggle(OptionalPurpose::Remember, LegalBasis::Consent);
        assert_eq!(purposes(&gate), [true, true, false]);
        let host = choice(&gate).source.unwrap().host;
        assert_eq!(host, Some(HostChoice { functional: true, analytics: true, marketing: false }));
    }

    #[test]
    fn what_a_page_that_reports_does_not_say_is_denied() {
        for report in ["{}", "null", "nonsense", r#"{"functional":"yes","analytics":1}"#] {
            let mut gate = all_on(false);
            gate.report(report);
            assert_eq!(purposes(&gate), [false, true, false], "{report}");
        }
    }

    #[test]
    fn what_is_recalled_is_what_page_and_browser_leave() {
        let stand = all_on(false).stand();
        let mut gate = Gate::new(Purposes::ALL, false);
        gate.recall(stand);
        assert_eq!(purposes(&gate), [true; 3]);
        let mut gate = Gate::new(Purposes::ALL, true);
        gate.report(r#"{"analytics":true}"#);
        gate.recall(stand);
        assert_eq!(purposes(&gate), [false; 3]);
    }

    #[test]
    fn switching_off_an_interest_of_the_operators_is_an_objection() {
        let mut gate = Gate::new(Purposes::ALL, false);
        for basis in [LegalBasis::Consent, LegalBasis::LegitimateInterest] {
            for _ in 0..2 {
                gate.toggle(OptionalPurpose::Improve, basis);
            }
            let objects = basis == LegalBasis::LegitimateInterest;
            assert_eq!(gate.objected().improve, objects);
            assert_eq!(choice(&gate).objections.improve, objects);
        }
        gate.toggle(OptionalPurpose::Improve, LegalBasis::LegitimateInterest);
        assert!(!gate.objected().improve);
    }

    #[test]
    fn a_changed_notice_is_asked_from_the_beginning() {
        let mut gate = all_on(false);
        gate.renew(Purposes::ALL);
        assert_eq!(purposes(&gate), [false; 3]);
        assert!(gate.changed);
    }
}
