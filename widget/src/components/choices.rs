//! The switches of the optional purposes: the same at the gate and in "Your data", since taking
//! back has to be as easy as giving.

use sotto_shared::consent::{LegalBasis, OptionalPurpose};

use crate::action::Action;
use crate::app::App;
use crate::dom::{El, el, said, switch, text};
use crate::state::gate::{Gate, Switch};
use crate::texts::Text;

const SWITCHES: [(OptionalPurpose, Text, Text, Action); 3] = [
    (OptionalPurpose::Remember, Text::PurposeRemember, Text::DetailRemember, Action::Remember),
    (OptionalPurpose::Improve, Text::PurposeImprove, Text::DetailImprove, Action::Improve),
    (OptionalPurpose::Analytics, Text::PurposeAnalytics, Text::DetailAnalytics, Action::Analytics),
];

/// Puts the purposes that the site offers into a group, each a switch of its own with what it
/// needs, for how long, and what it rests on.
pub(super) fn choices(app: &App, group: &El) {
    let settings = app.settings();
    let texts = &settings.texts;
    let notice = &settings.site.notice;
    let controller = [("controller", notice.controller.name.as_str())];
    let span = texts.span(notice.retention_seconds);
    let mut rows = Vec::new();
    for (purpose, label, detail, action) in SWITCHES {
        let (row, button) = switch(texts, label, action);
        let detail = text("p.soft", &texts.fill(detail, &[("span", &span)]));
        if notice.basis(purpose) == LegalBasis::LegitimateInterest {
            detail.put_text(" ");
            detail.put_text(&texts.fill(Text::DetailInterest, &controller));
        }
        let objected = said("p.mark", texts, Text::DetailObjected);
        let id = purpose.name();
        let described = el("div").with("id", id).add(&detail).add(&objected);
        let button = button.with("aria-describedby", id);
        let place = el("div").add(&row).add(&described);
        group.put(&place);
        rows.push((purpose, place, button, objected));
    }
    let by_browser = said("p.mark", texts, Text::GateGpc);
    let by_page = said("p.mark", texts, Text::GateByPage);
    group.put(&by_browser);
    group.put(&by_page);

    let group = group.clone();
    app.follow(move |app| {
        let gate: Gate = app.gate.get();
        let (mut any, mut page) = (false, false);
        for (purpose, place, button, objected) in &rows {
            let state = gate.switch(*purpose);
            any |= state != Switch::Absent;
            page |= state == Switch::OffByPage;
            place.show(state != Switch::Absent);
            button.state("aria-checked", state == Switch::Free(true));
            button.flag("disabled", !matches!(state, Switch::Free(_)));
            objected.show(gate.objected().has(*purpose));
        }
        group.show(any);
        by_browser.show(gate.gpc);
        by_page.show(page);
    });
}
