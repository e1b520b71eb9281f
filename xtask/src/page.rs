//! Tables in Markdown pages that are made here: each stands between two marks.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::sh;

/// A place in a page.
pub(crate) struct Slot {
    /// The page, from the repository's root.
    pub(crate) page: &'static str,
    /// The line before the table.
    pub(crate) begin: &'static str,
    /// The line after it.
    pub(crate) end: &'static str,
}

impl Slot {
    /// Puts `table` into the page.
    ///
    /// # Errors
    /// If the page cannot be read or written, or has no such marks.
    pub(crate) fn write(&self, table: &str) -> Result<()> {
        let path = sh::at(self.page);
        let page = fs::read_to_string(&path).context(self.page)?;
        fs::write(path, self.filled(&page, table)?).context(self.page)
    }

    /// Looks whether the page has the marks.
    ///
    /// # Errors
    /// If it has not.
    #[cfg(test)]
    pub(crate) fn find(&self) -> Result<()> {
        self.filled(&fs::read_to_string(sh::at(self.page))?, "").map(drop)
    }

    /// `page` with `table` between the marks.
    pub(crate) fn filled(&self, page: &str, table: &str) -> Result<String> {
        let Self { begin, end, page: name } = self;
        let parts = page.split_once(begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(end)?;
            Some((before, after))
        });
        let Some((before, after)) = parts else { bail!("{name} has no marks for the table") };
        Ok(format!("{before}{begin}\n{}\n{end}{after}", table.trim_end()))
    }
}

/// A number as documents write it: 1,234,567.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let written = [0, 999, 1_000, 65_536, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "65,536", "1,234,567"]);
    }

    #[test]
    fn what_stands_between_the_marks_is_replaced() {
        let slot = Slot { page: "a.md", begin: "<!-- b -->", end: "<!-- e -->" };
        let page = "x\n<!-- b -->\nold\n<!-- e -->\ny\n";
        assert_eq!(slot.filled(page, "new\n").unwrap(), "x\n<!-- b -->\nnew\n<!-- e -->\ny\n");
        for page in ["", "<!-- b -->", "<!-- e --> <!-- b -->"] {
            assert!(slot.filled(page, "new").unwrap_err().to_string().contains("a.md"), "{page}");
        }
    }
}
