//! `pii table`: the table of `docs/pii.md`, made from the code's own.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use sotto_shared::pii::{CATEGORIES, Policy, Tier};

use crate::sh;

const PAGE: &str = "docs/pii.md";
const BEGIN: &str = "<!-- categories: made by `cargo xtask pii table --write` -->\n";
const END: &str = "<!-- end of categories -->\n";

pub(super) fn run(is_written: bool) -> Result<()> {
    if !is_written {
        print!("{}", table());
        return Ok(());
    }
    let page = fs::read_to_string(sh::at(PAGE)).context(PAGE)?;
    fs::write(sh::at(PAGE), with_table(&page)?).context(PAGE)
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

/// The page with the table between its marks made anew.
fn with_table(page: &str) -> Result<String> {
    let (Some((before, rest)), true) = (page.split_once(BEGIN), page.contains(END)) else {
        bail!("{PAGE} has no marks for the table");
    };
    let after = rest.split_once(END).map_or("", |(_, after)| after);
    Ok(format!("{before}{BEGIN}{}{END}{after}", table()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails: `cargo xtask pii table --write`.
    #[test]
    fn the_documentation_has_the_table_of_the_code() {
        let page = fs::read_to_string(sh::at(PAGE)).unwrap();
        assert_eq!(with_table(&page).unwrap(), page);
    }
}
