//! What the edge has on record of a conversation's choice, what holds here, and what has to be
//! said for the one to become the other.
//!
//! There is no list of changes that could get lost: what is to be said next follows from the
//! difference. So nothing that was taken back is forgotten, whatever happens in between, and each
//! step is said to be whose it was.

use sotto_shared::consent::{Choice, NoticeVersion, Purposes, SourceKind};

use super::gate::Gate;

/// A choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    /// Whether the chat is agreed to.
    pub(crate) chat: bool,
    /// The optional purposes that are.
    pub(crate) purposes: Purposes,
    /// The optional purposes that are objected to.
    pub(crate) objections: Purposes,
}

/// The choice of one conversation, there and here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// What the edge has on record.
    pub(crate) told: Stand,
    /// What holds here.
    pub(crate) holds: Stand,
    /// What the host page's banner took away, until that is on record.
    by_page: Purposes,
    /// What may be on record besides, since the answer to its being given was lost.
    perhaps: Purposes,
}

impl Record {
    /// The record of a choice that holds as the edge has it.
    pub(crate) const fn new(told: Stand) -> Self {
        Self { told, holds: told, by_page: NONE, perhaps: NONE }
    }

    /// From here on these hold.
    pub(crate) const fn hold(&mut self, purposes: Purposes, objections: Purposes) {
        self.holds.purposes = purposes;
        self.holds.objections = objections;
    }

    /// What browser and host page do not leave does not hold.
    pub(crate) fn narrow(&mut self, gate: &Gate) {
        let held = gate.under_gpc(self.holds.purposes);
        self.holds.purposes = held.common(gate.allowed());
        self.by_page = self.by_page.or(held.without(self.holds.purposes));
    }

    /// Whether something is not on record as it holds.
    pub(crate) fn is_pending(&self) -> bool {
        self.holds != self.told || !self.perhaps.is_empty()
    }

    /// Whether something holds that is not on record.
    pub(crate) fn gives(&self) -> bool {
        !self.told.purposes.contains_all(self.holds.purposes)
    }

    /// What is to be said next; `None` if all is on record. What the browser's signal takes away is
    /// said first, then what the host page's banner took away, then what the visitor changed.
    pub(crate) fn next(&self, gate: &Gate, notice: &NoticeVersion) -> Option<Choice> {
        if !self.is_pending() {
            return None;
        }
        let told = self.told.purposes;
        for (left, by) in [
            (gate.under_gpc(told), SourceKind::Widget),
            (told.without(self.by_page), SourceKind::Host),
        ] {
            if left != told {
                let mut choice = gate.choice(notice, Stand { purposes: left, ..self.told }, by);
                if by == SourceKind::Widget
                    && let Some(source) = &mut choice.source
                {
                    // Named beside this, what the banner reported would take away with it.
                    source.host = None;
                }
                return Some(choice);
            }
        }
        Some(gate.choice(notice, self.holds, SourceKind::Widget))
    }

    /// The edge answered a choice.
    pub(crate) fn answered(&mut self, choice: &Choice, told: Stand) {
        // What has changed since goes after it.
        if Stand::of(choice) == self.holds {
            self.holds = told;
        }
        self.told = told;
        self.by_page = self.by_page.common(told.purposes);
        self.perhaps = NONE;
    }

    /// The answer to a choice was lost: what it gives may be on record.
    pub(crate) fn lost(&mut self, choice: &Choice) {
        self.perhaps = self.perhaps.or(choice.purposes.without(self.told.purposes));
    }

    /// What was to be given and could not be recorded is not given; what was taken back stays so.
    pub(crate) fn fall_back(&mut self) {
        self.holds.purposes = self.holds.purposes.common(self.told.purposes);
        self.holds.objections = self.holds.objections.or(self.told.objections);
    }

    /// Nothing is left to be said: the edge has taken back what it was told to, or there is no
    /// conversation any more.
    pub(crate) const fn settle(&mut self) {
        *self = Self::new(self.holds);
    }

    /// What the tab keeps of it beside what the edge wrote: a digit for each set. The chat is not
    /// among them: who takes it back takes back `remember` as well.
    pub(crate) fn digits(&mut self) -> String {
        self.sets().into_iter().map(|set| char::from(b'0' + bits(*set))).collect()
    }

    /// Takes over what was kept. What an earlier version kept has no digits and holds as recorded.
    pub(crate) fn take_digits(&mut self, digits: &str) {
        for (set, digit) in self.sets().into_iter().zip(digits.bytes()) {
            set.remember = digit & 1 > 0;
            set.improve = digit & 2 > 0;
            set.analytics = digit & 4 > 0;
        }
    }

    const fn sets(&mut self) -> [&mut Purposes; 4] {
        let Stand { purposes, objections, .. } = &mut self.holds;
        [purposes, objections, &mut self.by_page, &mut self.perhaps]
    }
}

fn bits(set: Purposes) -> u8 {
    u8::from(set.remember) | u8::from(set.improve) << 1 | u8::from(set.analytics) << 2
}

impl Stand {
    fn of(choice: &Choice) -> Self {
        Self { chat: choice.chat, purposes: choice.purposes, objections: choice.objections }
    }
}

const NONE: Purposes = Purposes { remember: false, improve: false, analytics: false };

#[cfg(test)]
mod tests {
    use sotto_shared::consent::HostChoice;

    use super::*;

    const ALL: Stand = Stand { chat: true, purposes: Purposes::ALL, objections: NONE };
    const REMEMBER: Purposes = Purposes { remember: true, ..NONE };
    const IMPROVE: Purposes = Purposes { improve: true, ..NONE };
    const ANALYTICS: Purposes = Purposes { analytics: true, ..NONE };

    fn next(record: &Record, gate: &Gate) -> Option<Choice> {
        record.next(gate, &NoticeVersion::parse(&"0a".repeat(16)).unwrap())
    }

    /// Says what is to be said to an edge that takes everything; what was said and by whom.
    fn said(record: &mut Record, gate: &Gate) -> Vec<(SourceKind, bool, Purposes)> {
        let mut said = Vec::new();
        while let Some(choice) = next(record, gate) {
            assert!(said.len() < 5);
            let by = choice.source.as_ref().unwrap().kind;
            said.push((by, choice.chat, choice.wanted()));
            let told = Stand { purposes: choice.wanted(), ..Stand::of(&choice) };
            record.answered(&choice, told);
        }
        said
    }

    #[test]
    fn what_holds_as_recorded_is_not_said_again() {
        let record = Record::new(ALL);
        assert!(!record.is_pending());
        assert_eq!(next(&record, &Gate::new(Purposes::ALL, false)), None);
    }

    #[test]
    fn each_change_is_said_to_be_whose_it_was() {
        let mut gate = Gate::new(Purposes::ALL, true);
        gate.report(r#"{"functional":false,"analytics":true}"#);
        let mut record = Record::new(ALL);
        record.narrow(&gate);
        record.holds.chat = false;
        assert_eq!(
            said(&mut record, &gate),
            [
                (SourceKind::Widget, true, REMEMBER),
                (SourceKind::Host, true, NONE),
                (SourceKind::Widget, false, NONE)
            ]
        );
        assert!(!record.is_pending());
    }

    #[test]
    fn what_the_visitor_took_back_before_the_page_did_stays_the_visitors() {
        let mut gate = Gate::new(Purposes::ALL, false);
        let mut record = Record::new(ALL);
        record.hold(IMPROVE.or(REMEMBER), NONE);
        gate.report(r#"{"functional":false,"analytics":false}"#);
        record.narrow(&gate);
        let host = Some(HostChoice { functional: false, analytics: false, marketing: false });
        let first = next(&record, &gate).unwrap();
        assert_eq!(first.purposes, IMPROVE.or(ANALYTICS));
        let source = first.source.as_ref().unwrap();
        assert_eq!((source.kind, source.host), (SourceKind::Host, host));
        record.answered(&first, Stand { purposes: first.purposes, ..ALL });
        let second = next(&record, &gate).unwrap();
        assert_eq!(second.purposes, IMPROVE);
        assert_eq!(second.source.unwrap().kind, SourceKind::Widget);
    }

    #[test]
    fn what_changes_on_the_way_goes_after_it() {
        let gate = Gate::new(Purposes::ALL, false);
        let mut record = Record::new(Stand { purposes: NONE, ..ALL });
        record.hold(IMPROVE, NONE);
        let given = next(&record, &gate).unwrap();
        record.hold(NONE, NONE);
        // It is off as before; but by now it is on record.
        record.answered(&given, Stand { purposes: IMPROVE, ..ALL });
        assert!(record.is_pending() && !record.gives());
        assert_eq!(said(&mut record, &gate), [(SourceKind::Widget, true, NONE)]);
    }

    #[test]
    fn what_is_not_recorded_is_not_given_and_a_withdrawal_stays() {
        let gate = Gate::new(Purposes::ALL, false);
        let mut record = Record::new(Stand { purposes: IMPROVE, objections: ANALYTICS, ..ALL });
        record.hold(ANALYTICS, NONE);
        assert!(record.gives());
        record.fall_back();
        assert_eq!((record.holds.purposes, record.holds.objections), (NONE, ANALYTICS));
        assert_eq!(said(&mut record, &gate), [(SourceKind::Widget, true, NONE)]);
    }

    #[test]
    fn what_may_be_on_record_is_taken_back_for_certain() {
        let gate = Gate::new(Purposes::ALL, false);
        let mut record = Record::new(Stand { purposes: NONE, ..ALL });
        record.hold(IMPROVE, NONE);
        record.lost(&next(&record, &gate).unwrap());
        record.fall_back();
        assert!(record.is_pending());
        assert_eq!(said(&mut record, &gate), [(SourceKind::Widget, true, NONE)]);
        assert!(!record.is_pending());
    }

    #[test]
    fn what_is_settled_is_said_no_more() {
        let mut record = Record::new(ALL);
        record.hold(REMEMBER, IMPROVE);
        record.settle();
        assert!(!record.is_pending() && record.holds.purposes == REMEMBER);
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut gate = Gate::new(Purposes::ALL, false);
        gate.report(r#"{"functional":true}"#);
        let mut record = Record::new(ALL);
        record.narrow(&gate);
        record.hold(REMEMBER, IMPROVE);
        record.perhaps = IMPROVE;
        let mut again = Record::new(ALL);
        again.take_digits(&record.digits());
        assert_eq!(again, record);
        assert_eq!(again.by_page, ANALYTICS);
    }
}
