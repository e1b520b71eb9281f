//! What an answer of the visitor amounts to, purpose by purpose.

use sotto_shared::consent::record::Held;
use sotto_shared::consent::{ConsentState, LegalBasis, Notice, OptionalPurpose, Purpose, Purposes};

/// Purposes of which the same became, on the same basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) state: ConsentState,
    pub(super) purposes: Vec<Purpose>,
    /// Absent where they were only shown, and where the basis was never recorded.
    pub(super) basis: Option<LegalBasis>,
}

/// What was answered, and to what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered<'a> {
    /// What held before.
    pub(super) before: &'a Held,
    /// Whether the chat holds from now on.
    pub(super) chat: bool,
    /// The optional purposes that do.
    pub(super) purposes: Purposes,
    /// What the visitor objects to.
    pub(super) objections: Purposes,
    /// The notice that it is about; `None` where it was not recorded.
    pub(super) notice: Option<&'a Notice>,
    /// Whether it is the first answer to that notice.
    pub(super) is_first: bool,
}

/// The acts that an answer is, in the order in which they are recorded; none if it changes nothing.
///
/// The first answer to a notice says of each purpose that it names what became of it; a later one
/// says what changes. Taking back a purpose that rests on a legitimate interest is an objection,
/// whether or not the visitor calls it that.
pub(super) fn acts(answered: Answered<'_>) -> Vec<Act> {
    let told: Vec<Purpose> = match answered.notice {
        Some(notice) => notice.purposes.iter().map(|one| one.purpose).collect(),
        None => Purpose::ALL.to_vec(),
    };
    let mut acts = Vec::new();
    if answered.is_first {
        let purposes = told.clone();
        acts.push(Act { state: ConsentState::Noticed, purposes, basis: None });
    }
    for purpose in Purpose::ALL {
        let basis = basis(answered.notice, purpose);
        let Some(state) = became(&answered, purpose, basis, told.contains(&purpose)) else {
            continue;
        };
        match acts.iter_mut().find(|act| act.state == state && act.basis == basis) {
            Some(act) => act.purposes.push(purpose),
            None => acts.push(Act { state, purposes: vec![purpose], basis }),
        }
    }
    acts
}

/// What becomes of a purpose; `None` if nothing does.
fn became(
    answered: &Answered<'_>,
    purpose: Purpose,
    basis: Option<LegalBasis>,
    is_told: bool,
) -> Option<ConsentState> {
    let (had, has, objects, objected) = match optional(purpose) {
        None => (answered.before.has_chat(), answered.chat, false, false),
        Some(one) => (
            answered.before.purposes.has(one),
            answered.purposes.has(one),
            answered.objections.has(one),
            answered.before.objections.has(one),
        ),
    };
    let is_asked = answered.is_first && is_told;
    if has {
        return (!had || answered.is_first).then_some(ConsentState::Given);
    }
    if had {
        let is_objection = objects || basis == Some(LegalBasis::LegitimateInterest);
        let state = if is_objection { ConsentState::Objected } else { ConsentState::Withdrawn };
        return Some(state);
    }
    if objects && is_told {
        return (!objected || is_asked).then_some(ConsentState::Objected);
    }
    is_asked.then_some(ConsentState::Refused)
}

fn basis(notice: Option<&Notice>, purpose: Purpose) -> Option<LegalBasis> {
    let notice = notice?;
    Some(match optional(purpose) {
        None => notice.legal_basis,
        Some(one) => notice.basis(one),
    })
}

const fn optional(purpose: Purpose) -> Option<OptionalPurpose> {
    match purpose {
        Purpose::Chat => None,
        Purpose::Remember => Some(OptionalPurpose::Remember),
        Purpose::Improve => Some(OptionalPurpose::Improve),
        Purpose::Analytics => Some(OptionalPurpose::Analytics),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Jurisdiction;
    use crate::language::Language;
    use crate::workspace::notice::notice;
    use crate::workspace::settings::tests::settings;
    use ConsentState::{Given, Noticed, Objected, Refused, Withdrawn};
    use LegalBasis::{Consent, Contract, LegitimateInterest};
    use Purpose::{Analytics, Chat, Improve, Remember};

    /// A site that offers `remember` and `improve`; the latter rests on an interest.
    fn told() -> Notice {
        let mut site = settings();
        site.legal_basis = Contract;
        site.purposes = Purposes { remember: true, improve: true, analytics: false };
        site.legal_bases.improve = LegitimateInterest;
        notice(&site, Jurisdiction::Eu, Language::English).unwrap()
    }

    fn of(remember: bool, improve: bool) -> Purposes {
        Purposes { remember, improve, analytics: false }
    }

    fn holding(purposes: Purposes) -> Held {
        Held { chat: Some(Given), purposes, objections: Purposes::default() }
    }

    fn told_acts(answered: Answered<'_>) -> Vec<(ConsentState, Vec<Purpose>, Option<LegalBasis>)> {
        acts(answered).into_iter().map(|act| (act.state, act.purposes, act.basis)).collect()
    }

    #[test]
    fn the_first_answer_says_of_each_purpose_what_became_of_it() {
        let (notice, nothing) = (told(), Held::default());
        let answered = Answered {
            before: &nothing,
            chat: true,
            purposes: of(true, false),
            objections: Purposes::default(),
            notice: Some(&notice),
            is_first: true,
        };
        assert_eq!(
            told_acts(answered),
            [
                (Noticed, vec![Chat, Remember, Improve], None),
                (Given, vec![Chat], Some(Contract)),
                (Given, vec![Remember], Some(Consent)),
                (Refused, vec![Improve], Some(LegitimateInterest)),
            ]
        );
        let objecting = Answered { objections: of(false, true), ..answered };
        assert_eq!(
            told_acts(objecting).last(),
            Some(&(Objected, vec![Improve], Some(LegitimateInterest)))
        );
        let not_offered = Purposes { analytics: true, ..Purposes::default() };
        let objecting = Answered { objections: not_offered, ..answered };
        assert!(told_acts(objecting).iter().all(|(_, purposes, _)| !purposes.contains(&Analytics)));
    }

    #[test]
    fn a_later_answer_says_what_changes() {
        let notice = told();
        let both = holding(of(true, true));
        let answered = Answered {
            before: &both,
            chat: true,
            purposes: of(true, true),
            objections: Purposes::default(),
            notice: Some(&notice),
            is_first: false,
        };
        assert_eq!(told_acts(answered), []);
        let neither = Answered { purposes: of(false, false), ..answered };
        assert_eq!(
            told_acts(neither),
            [
                (Withdrawn, vec![Remember], Some(Consent)),
                (Objected, vec![Improve], Some(LegitimateInterest)),
            ],
            "taking back what rests on an interest is an objection"
        );
        let over = Answered { chat: false, purposes: of(false, false), ..answered };
        assert_eq!(told_acts(over)[0], (Withdrawn, vec![Chat], Some(Contract)));
        let none = holding(of(false, false));
        let given = Answered { before: &none, purposes: of(true, false), ..answered };
        assert_eq!(told_acts(given), [(Given, vec![Remember], Some(Consent))]);
    }

    #[test]
    fn an_objection_is_recorded_once() {
        let notice = told();
        let none = holding(of(false, false));
        let answered = Answered {
            before: &none,
            chat: true,
            purposes: of(false, false),
            objections: of(false, true),
            notice: Some(&notice),
            is_first: false,
        };
        let objected = [(Objected, vec![Improve], Some(LegitimateInterest))];
        assert_eq!(told_acts(answered), objected);
        let before = Held { objections: of(false, true), ..none };
        assert_eq!(told_acts(Answered { before: &before, ..answered }), []);
    }

    #[test]
    fn an_answer_to_another_notice_is_a_first_one_again() {
        let notice = told();
        let before = holding(of(true, true));
        let answered = Answered {
            before: &before,
            chat: true,
            purposes: of(true, false),
            objections: Purposes::default(),
            notice: Some(&notice),
            is_first: true,
        };
        assert_eq!(
            told_acts(answered)[1..],
            [
                (Given, vec![Chat], Some(Contract)),
                (Given, vec![Remember], Some(Consent)),
                (Objected, vec![Improve], Some(LegitimateInterest)),
            ]
        );
    }

    /// A conversation of an earlier version, whose notice is not recorded.
    #[test]
    fn without_the_notice_no_basis_is_claimed() {
        let before = holding(Purposes { analytics: true, ..of(false, false) });
        let answered = Answered {
            before: &before,
            chat: true,
            purposes: of(false, false),
            objections: Purposes::default(),
            notice: None,
            is_first: false,
        };
        assert_eq!(told_acts(answered), [(Withdrawn, vec![Analytics], None)]);
    }
}
