//! The purposes: answering, and the optional ones, each separate, off by default, as easy to
//! withdraw as to give.

/// What a visitor's data is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Purpose {
    /// Answering. Without it there is no conversation.
    Chat,
    /// [`OptionalPurpose::Remember`]
    Remember,
    /// [`OptionalPurpose::Improve`]
    Improve,
    /// [`OptionalPurpose::Analytics`]
    Analytics,
}

/// A kind of data that a purpose needs: a code, for which the widget has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum DataKind {
    /// What the visitor writes, with placeholders for what was recognised.
    Messages,
    /// What is answered.
    Replies,
    /// The page's origin, the language, and when something was said.
    Session,
    /// The network that the visitor calls from, as a hash under a key of the conversation.
    Network,
    /// The conversation's tokens, on the visitor's device.
    Tokens,
    /// The values behind the placeholders, on the visitor's device.
    Placeholders,
    /// Counts by day and site that lead to nobody.
    Counts,
}

impl Purpose {
    /// All of them, in the order in which a notice names them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Remember, Self::Improve, Self::Analytics];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Remember => OptionalPurpose::Remember.name(),
            Self::Improve => OptionalPurpose::Improve.name(),
            Self::Analytics => OptionalPurpose::Analytics.name(),
        }
    }

    /// The purpose of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// The data that it needs.
    #[must_use]
    pub const fn data(self) -> &'static [DataKind] {
        match self {
            Self::Chat => {
                &[DataKind::Messages, DataKind::Replies, DataKind::Session, DataKind::Network]
            }
            Self::Remember => &[DataKind::Tokens, DataKind::Placeholders],
            Self::Improve => &[DataKind::Messages, DataKind::Replies],
            Self::Analytics => &[DataKind::Counts],
        }
    }
}

impl From<OptionalPurpose> for Purpose {
    fn from(purpose: OptionalPurpose) -> Self {
        match purpose {
            OptionalPurpose::Remember => Self::Remember,
            OptionalPurpose::Improve => Self::Improve,
            OptionalPurpose::Analytics => Self::Analytics,
        }
    }
}

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

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self {
            remember: self.remember && !others.remember,
            improve: self.improve && !others.improve,
            analytics: self.analytics && !others.analytics,
        }
    }

    /// What is in both sets.
    #[must_use]
    pub const fn common(self, others: Self) -> Self {
        self.without(self.without(others))
    }

    /// What is in either set.
    #[must_use]
    pub const fn or(self, others: Self) -> Self {
        Self::ALL.without(Self::ALL.without(self).without(others))
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !(self.remember || self.improve || self.analytics)
    }

    /// What Global Privacy Control leaves: a copy on the visitor's own device is no sale or
    /// sharing, the rest is switched off.
    #[must_use]
    pub const fn under_gpc(self) -> Self {
        Self { remember: self.remember, improve: false, analytics: false }
    }
}
