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
    /// Passages that read as if they were meant to take a model over, the first ones.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub flagged: Vec<Flagged>,
}

/// A passage that the screen finds odd. It is used like any other, in a marked section; whoever put
/// the document decides whether it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Flagged {
    /// The passage's name, as sources have it.
    pub passage: String,
    /// What it looks like: names of the screen's families.
    pub families: Vec<String>,
}

/// Reply to `GET /v1/admin/sites/{number}/documents`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DocumentList {
    /// The documents by name.
    pub documents: Vec<DocumentEntry>,
}
