//! `pii table`: the table of categories in `docs/pii.md`, made from the code's own.

use std::fmt::Write as _;

use anyhow::Result;
use sotto_shared::pii::{CATEGORIES, Policy, Tier};

use crate::page::Slot;

const SLOT: Slot = Slot {
    page: "docs/pii.md",
    begin: "<!-- categories: made by `cargo xtask pii table --write` -->",
    end: "<!-- end of categories -->",
};

pub(super) fn run(is_written: bool) -> Result<()> {
    if is_written {
        return SLOT.write(&table());
    }
    print!("{}", table());
    Ok(())
}

fn table() -> String {
    let mut table = String::from(
        "| entity | placeholder | tier | in chat | what is recognised | source |\n|---|---|---|---|---|---|\n",
    );
    let chat = Policy::chat();
    for row in &CATEGORIES {
        let tier = match row.tier {
            Tier::A => "A",
            Tier::B => "B",
            Tier::C => "C",
        };
        let switch = match (chat.is_on(row.category), row.switchable) {
            (true, false) => "always",
            (true, true) => "on",
            (false, _) => "off",
        };
        let _ = writeln!(
            table,
            "| {} | `[{}_1]` | {tier} | {switch} | {} | {} |",
            row.entity, row.label, row.rule, row.source
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sotto_shared::pii::{Category, detect};

    use super::*;
    use crate::sh;

    fn page() -> String {
        fs::read_to_string(sh::at(SLOT.page)).unwrap()
    }

    /// If this fails: `cargo xtask pii table --write`.
    #[test]
    fn the_documentation_has_the_table_of_the_code() {
        assert_eq!(SLOT.filled(&page(), &table()).unwrap(), page());
    }

    /// What stands between backquotes in a cell.
    fn quoted(cell: &str) -> Vec<&str> {
        cell.split('`').skip(1).step_by(2).collect()
    }

    /// Every row of the documentation's patterns with what they find and leave.
    #[test]
    fn the_documentations_patterns_do_what_it_says() {
        let page = page();
        let rows = page.split_once("| pattern | finds | leaves |").unwrap().1;
        let rows: Vec<_> = rows.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
        assert!(rows.len() >= 4);
        for row in rows {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(quoted).collect();
            let [pattern, finds, leaves] = cells.as_slice() else { panic!("{row}") };
            let mut policy = Policy::chat();
            policy.add_pattern(pattern[0]).unwrap();
            let found = |value: &str| {
                let text = format!("it says {value}, I think");
                detect(&text, &policy).iter().any(|finding| {
                    finding.category == Category::Custom
                        && &text[finding.start..finding.end] == value
                })
            };
            assert!(!finds.is_empty() && finds.iter().all(|value| found(value)), "{row}");
            assert!(!leaves.is_empty() && !leaves.iter().any(|value| found(value)), "{row}");
        }
    }
}
