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
