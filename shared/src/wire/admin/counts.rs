//! The daily figures of a site, of conversations that visitors gave to `analytics`.

/// Reply to `GET /v1/admin/sites/{number}/counts`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// The site's number.
    pub site: u16,
    /// The days asked for that are over, oldest first.
    pub days: Vec<DayCounts>,
}

/// What a day (UTC) came to. A figure is `null` where it stands for fewer than five conversations,
/// or is itself below five.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DayCounts {
    /// The date, `YYYY-MM-DD`.
    pub day: String,
    /// Conversations that began.
    pub conversations: Option<u64>,
    /// Messages of visitors.
    pub messages: Option<u64>,
}
