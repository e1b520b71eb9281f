//! `/v1/admin/…`: what an operator sets and sees.
//!
//! Only the edge and the command line use these types, so they have no reader for the widget.
//!
//! | call | body | reply |
//! |---|---|---|
//! | `POST /v1/admin/workspaces` (platform token) | [`NewWorkspace`] | 201 [`WorkspaceCreated`] |
//! | `POST /v1/admin/workspaces/{id}/keys` (platform token) | – | 201 [`KeyCreated`] |
//! | `GET /v1/admin/workspaces/{id}/root` (platform token) | – | [`RootState`] |
//! | `POST /v1/admin/keys` | [`NewKey`] | 201 [`KeyCreated`] |
//! | `GET /v1/admin/keys` | – | [`KeyList`] |
//! | `DELETE /v1/admin/keys/{id}` | – | 204 |
//! | `POST /v1/admin/sites` | [`SiteSettings`] | 201 [`SiteEntry`] |
//! | `GET /v1/admin/sites` | – | [`SiteList`] |
//! | `PUT /v1/admin/sites/{number}` | [`SiteSettings`] | [`SiteEntry`] |
//! | `DELETE /v1/admin/sites/{number}` | – | 204 |
//! | `POST /v1/admin/sites/{number}/key` | – | [`SiteEntry`] with a new key; the old one is revoked |
//! | `PUT /v1/admin/sites/{number}/documents/{name}?confidential={bool}` | `text/markdown` or `text/plain` | [`DocumentEntry`] |
//! | `GET /v1/admin/sites/{number}/documents` | – | [`DocumentList`] |
//! | `DELETE /v1/admin/sites/{number}/documents/{name}` | – | 204 |
//! | `GET /v1/admin/sites/{number}/counts?from={date}&to={date}` | – | [`Counts`] |
//! | `GET /v1/admin/conversations?after={cursor}&site={number}&flag={flag}` | – | [`ConversationList`] |
//! | `GET /v1/admin/conversations/{id}?reason={reason}` | – | [`Conversation`](super::conversation::Conversation) |
//! | `GET /v1/admin/conversations/{id}/export?reason={reason}` | – | the same, signed |
//! | `DELETE /v1/admin/conversations/{id}` | – | [`ErasureReceipt`](super::session::ErasureReceipt) |
//! | `PUT /v1/admin/conversations/{id}/hold` | [`Hold`] | [`ConversationEntry`] |
//! | `DELETE /v1/admin/conversations/{id}/hold` | – | [`ConversationEntry`] |
//! | `POST /v1/admin/conversations/{id}/review` | [`ReviewAnswer`] | [`ConversationEntry`] |
//! | `GET /v1/admin/audit?from={number}` | – | JSON lines, as `audit::Line` |
//! | `GET /v1/admin/audit/checkpoint` | – | a signed note |

mod conversations;
mod counts;
mod documents;
mod keys;
mod sites;
mod workspaces;

pub use conversations::{
    AccessReason, ConversationEntry, ConversationFlag, ConversationList, Hold, HoldReason,
    ReviewAnswer,
};
pub use counts::{Counts, DayCounts};
pub use documents::{DocumentEntry, DocumentList, Flagged};
pub use keys::{KeyCreated, KeyEntry, KeyList, NewKey, Scope};
pub use sites::{
    Audience, Budget, ChallengeMode, LegalBases, SiteEntry, SiteList, SiteSettings, SiteTexts,
};
pub use workspaces::{NewWorkspace, RootState, WorkspaceCreated};

pub use crate::wire::provider::{Auth, Hundredths, Provider, Remote, TextMarking, TimeOuts};
