//! Time. Native clocks do not work in Wasm, so this file alone reads the platform's; everything
//! that decides takes a [`Clock`], and tests set it.

/// A day, in milliseconds. Days are counted in UTC from the beginning of 1970.
pub const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// Tells the time.
pub trait Clock {
    /// Unix milliseconds.
    fn now_ms(&self) -> u64;
}

/// The Worker's clock. It stands still between two awaits, by the platform's design.
#[derive(Clone, Copy, Debug)]
pub struct PlatformClock;

impl Clock for PlatformClock {
    fn now_ms(&self) -> u64 {
        worker::Date::now().as_millis()
    }
}

/// The date of a day since 1970-01-01, as `YYYY-MM-DD`: whole 400-year cycles of 146,097 days,
/// with years that begin in March so that the leap day is the last.
#[must_use]
pub fn date(days: u64) -> String {
    let days = days + 719_468;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = 400 * cycle + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day since 1970-01-01 of a date as [`date`] writes it; `None` for any other text.
#[must_use]
pub fn day_of(text: &str) -> Option<u64> {
    let mut parts = text.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    day.checked_sub(719_468).filter(|days| date(*days) == text)
}

/// A clock that a test sets.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(crate) struct ManualClock(std::rc::Rc<std::cell::Cell<u64>>);

#[cfg(test)]
impl ManualClock {
    pub(crate) fn at(ms: u64) -> Self {
        Self(std::rc::Rc::new(std::cell::Cell::new(ms)))
    }

    pub(crate) fn advance(&self, ms: u64) {
        self.0.set(self.0.get() + ms);
    }
}

#[cfg(test)]
impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        for (day, text) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_776, "2026-11-19"),
            (20_777, "2026-11-20"),
            (20_819, "2027-01-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!((date(day).as_str(), day_of(text)), (text, Some(day)));
        }
        assert!((0..60_000).all(|day| day_of(&date(day)) == Some(day)));
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "2026",
            "2026-11",
            "2026-1-2",
            "2026-02-30",
            "2100-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-11-20-1",
            "1969-12-31",
            "99999-01-01",
            "+026-01-01",
            "2026-11-20 ",
        ] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
