//! Documents.

/// A document as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DocumentEntry {
    /// Its name in the URL.
    pub name: String,
    /// Its first heading, else its name.
    pub title: String,
    /// `text/markdown` or `text/plain`.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Into how many passages it was split.
    pub passages: u64,
    /// When it was put.
    pub updated_at: u64,
    /// Whether it is stored sealed. It is quoted like any other.
    pub confidential: bool,
}

/// Reply to `GET /v1/admin/sites/{number}/documents`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DocumentList {
    /// The documents by name.
    pub documents: Vec<DocumentEntry>,
}
