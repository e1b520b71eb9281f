//! The optional purposes: each separate, off by default, as easy to withdraw as to give.

/// A purpose beyond answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum OptionalPurpose {
    /// Bring the conversation back on this device after a reload of the tab.
    Remember,
    /// Keep the conversation for the operator's review beyond the reply.
    Improve,
    /// Count the conversation in the day's figures.
    Analytics,
}

impl OptionalPurpose {
    /// All of them, in the order in which the gate shows them.
    pub const ALL: [Self; 3] = [Self::Remember, Self::Improve, Self::Analytics];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Remember => "remember",
            Self::Improve => "improve",
            Self::Analytics => "analytics",
        }
    }
}

/// A set of optional purposes. The empty set is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct Purposes {
    /// [`OptionalPurpose::Remember`]
    pub remember: bool,
    /// [`OptionalPurpose::Improve`]
    pub improve: bool,
    /// [`OptionalPurpose::Analytics`]
    pub analytics: bool,
}

impl Purposes {
    /// Every purpose.
    pub const ALL: Self = Self { remember: true, improve: true, analytics: true };

    /// Whether the purpose is in the set.
    #[must_use]
    pub const fn has(self, purpose: OptionalPurpose) -> bool {
        match purpose {
            OptionalPurpose::Remember => self.remember,
            OptionalPurpose::Improve => self.improve,
            OptionalPurpose::Analytics => self.analytics,
        }
    }

    /// The set with one purpose switched.
    #[must_use]
    pub const fn with(mut self, purpose: OptionalPurpose, on: bool) -> Self {
        match purpose {
            OptionalPurpose::Remember => self.remember = on,
            OptionalPurpose::Improve => self.improve = on,
            OptionalPurpose::Analytics => self.analytics = on,
        }
        self
    }

    /// Whether every purpose of `others` is in this set.
    #[must_use]
    pub fn contains_all(self, others: Self) -> bool {
        OptionalPurpose::ALL.into_iter().all(|purpose| self.has(purpose) || !others.has(purpose))
    }

    /// What Global Privacy Control leaves: a copy on the visitor's own device is no sale or
    /// sharing, the rest is switched off.
    #[must_use]
    pub const fn under_gpc(self) -> Self {
        Self { remember: self.remember, improve: false, analytics: false }
    }
}
