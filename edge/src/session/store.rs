//! Every SQL statement of a session object. It stores and finds; what to store is decided in
//! [`core`](super::core). What was said goes in and out by way of [`Messages`], and the record
//! of consent by way of [`Consents`], which seal it.

mod messages;

pub use messages::Messages;

mod consent;

pub use consent::Consents;
mod ending;
mod reports;
mod rights;
mod standing;

use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::Author;

use crate::auth::network::NetworkTag;
use crate::auth::seal::SealError;
use crate::log::{Loggable, Told};
use crate::session::command::SessionTerms;
use crate::session::record::{
    Cause, Due, DueItem, End, EraseCheck, Family, Restricted, Rotation, Session,
};
use crate::sql::{Row, Sql, SqlError, Value};

/// Why the storage did not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// A stored value cannot be read; the column is named.
    #[error("a stored value cannot be read: {0}")]
    Value(&'static str),
    /// A value could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Loggable for StoreError {
    fn told(&self) -> Told {
        match self {
            Self::Sql(error) => error.told(),
            Self::Value(column) => Told::new("a stored value cannot be read:").name(column),
            Self::Seal(error) => error.told(),
        }
    }
}

/// The statements, over one object's storage. Each fails with [`StoreError`] where the storage does
/// or a stored value cannot be read.
#[derive(Clone, Copy, Debug)]
pub struct Store<'a, S>(pub &'a S);

impl<S: Sql> Store<'_, S> {
    // The session

    /// Stores a new conversation.
    pub fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO session (one, conversation, terms, created_at, last_at, family_key,
                 family_n, erase_salt, erase_hash, network_key, wrapped_key)
             VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                session.conversation.as_bytes().as_slice().into(),
                json("terms", &session.terms)?.into(),
                session.created_at.into(),
                session.last_at.into(),
                session.family.sealed_key.as_slice().into(),
                session.family.n.into(),
                session.erase.salt.as_slice().into(),
                session.erase.hash.as_slice().into(),
                session.sealed_network_key.as_deref().into(),
                session.wrapped_key.as_deref().into(),
            ],
        )
    }

    /// The conversation, if one was minted.
    pub fn session(&self) -> Result<Option<Session>, StoreError> {
        let rows = self.0.recall(
            "SELECT conversation, terms, created_at, last_at, family_key, family_n, rotation_id,
                 rotated_at, revoked, erase_salt, erase_hash, network_key, rotated_from,
                 wrapped_key, ending, restricted_at, restriction_lifted_at, tokens
             FROM session",
            &[],
        )?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok(Session {
                    conversation: ConversationId::from_bytes(column.array(0, "conversation")?),
                    terms: parse("terms", column.text(1, "terms")?)?,
                    created_at: column.unsigned(2, "created_at")?,
                    last_at: column.unsigned(3, "last_at")?,
                    tokens: column.unsigned(17, "tokens")?,
                    family: Family {
                        sealed_key: column.blob(4, "family_key")?.to_vec(),
                        n: column.small(5, "family_n")?,
                        rotation: match (column.opt_text(6), column.opt_unsigned(7)) {
                            (Some(id), Some(at)) => Some(Rotation {
                                id,
                                at,
                                network: column.opt_blob(12).and_then(NetworkTag::from_bytes),
                            }),
                            _ => None,
                        },
                        revoked: column.unsigned(8, "revoked")? != 0,
                    },
                    erase: EraseCheck {
                        salt: column.blob(9, "erase_salt")?.to_vec(),
                        hash: column.blob(10, "erase_hash")?.to_vec(),
                    },
                    sealed_network_key: column.opt_blob(11).map(<[u8]>::to_vec),
                    wrapped_key: column.opt_blob(13).map(<[u8]>::to_vec),
                    ending: column.opt_text(14).and_then(|cause| Cause::parse(&cause)),
                    restricted: Restricted {
                        since: column.opt_unsigned(15),
                        lifted_at: column.opt_unsigned(16),
                    },
                })
            })
            .transpose()
    }

    /// Stores terms that have changed.
    pub fn put_terms(&self, terms: &SessionTerms) -> Result<(), StoreError> {
        self.run("UPDATE session SET terms = ?", &[json("terms", terms)?.into()])
    }

    /// Adds tokens that a paid provider took.
    pub fn add_tokens(&self, tokens: u64) -> Result<(), StoreError> {
        self.run("UPDATE session SET tokens = tokens + ?", &[tokens.into()])
    }

    /// Stores the key of the refresh tokens, sealed anew.
    pub fn put_family_key(&self, sealed: &[u8]) -> Result<(), StoreError> {
        self.run("UPDATE session SET family_key = ?", &[sealed.into()])
    }

    /// Stores the key of the networks' tags, sealed.
    pub fn put_network_key(&self, sealed: &[u8]) -> Result<(), StoreError> {
        self.run("UPDATE session SET network_key = ?", &[sealed.into()])
    }

    /// Records that a refresh token took the place of the one before it, and from which network.
    pub fn rotate(
        &self,
        n: u32,
        rotation: &MessageId,
        at: u64,
        network: &NetworkTag,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE session
             SET family_n = ?, rotation_id = ?, rotated_at = ?, rotated_from = ?",
            &[n.into(), rotation.as_str().into(), at.into(), network.as_bytes().into()],
        )
    }

    /// Revokes the family of refresh tokens for good.
    pub fn revoke(&self) -> Result<(), StoreError> {
        self.run("UPDATE session SET revoked = 1", &[])
    }

    /// Records when the last message was accepted.
    pub fn touch(&self, at: u64) -> Result<(), StoreError> {
        self.run("UPDATE session SET last_at = ?", &[at.into()])
    }

    /// Stores the key of the texts, wrapped by the workspace's.
    pub fn put_wrapped_key(&self, wrapped: &[u8]) -> Result<(), StoreError> {
        self.run("UPDATE session SET wrapped_key = ?", &[wrapped.into()])
    }

    /// Writes zeros over what is stored in some columns, where it stands. Whoever puts something of
    /// another length there, or nothing, calls it before: a row that moves or shrinks leaves behind
    /// in its page what it held, and the key that opens it may live on.
    fn blank(
        &self,
        table: &str,
        columns: &[&str],
        filter: &str,
        values: &[Value],
    ) -> Result<(), StoreError> {
        let zeros = |c: &&str| format!("{c} = iif({c} IS NULL, NULL, zeroblob(length({c})))");
        let zeros = columns.iter().map(zeros).collect::<Vec<_>>().join(", ");
        self.run(&format!("UPDATE {table} SET {zeros} WHERE {filter}"), values)
    }

    /// Writes zeros over what was said in a message.
    fn blank_message(&self, id: &str) -> Result<(), StoreError> {
        let filter = "id = ? AND (sealed_text IS NOT NULL OR sealed_sources IS NOT NULL)";
        self.blank("message", &["sealed_text", "sealed_sources"], filter, &[id.into()])
    }

    /// The same over its text alone.
    fn blank_text(&self, id: &str) -> Result<(), StoreError> {
        let filter = "id = ? AND sealed_text IS NOT NULL";
        self.blank("message", &["sealed_text"], filter, &[id.into()])
    }

    // What of the messages is not sealed

    /// Ends every reply that is stored as running: nothing in memory writes it any more.
    pub fn interrupt_replies(&self, end: End, at: u64) -> Result<(), StoreError> {
        self.run(
            "UPDATE message SET state = ?, finish = ?, problem = ?, ended_at = ? WHERE state = ?",
            &[
                end.state.name().into(),
                json("finish", &end.finish)?.into(),
                end.problem.map(Code::name).into(),
                at.into(),
                MessageState::Running.name().into(),
            ],
        )
    }

    /// Removes a message.
    pub fn delete_message(&self, id: &str) -> Result<(), StoreError> {
        self.blank_message(id)?;
        self.run("DELETE FROM message WHERE id = ?", &[id.into()])
    }

    /// The id of an author's newest message.
    pub fn last_id_of(&self, author: Author) -> Result<Option<String>, StoreError> {
        let rows = self.0.exec(
            "SELECT id FROM message WHERE author = ? ORDER BY position DESC LIMIT 1",
            &[author.name().into()],
        )?;
        rows.first().map(|row| Ok(Columns(row).text(0, "id")?.to_owned())).transpose()
    }

    /// How many messages there are.
    pub fn count(&self) -> Result<u64, StoreError> {
        self.number("SELECT count(*) FROM message").map(Option::unwrap_or_default)
    }

    // What is limited to so many within a time

    /// Counts something.
    pub fn insert_attempt(&self, kind: &str, at: u64) -> Result<(), StoreError> {
        self.run("INSERT INTO attempt (kind, at) VALUES (?, ?)", &[kind.into(), at.into()])
    }

    /// Forgets what was counted of a kind before a time.
    pub fn forget_attempts(&self, kind: &str, before: u64) -> Result<(), StoreError> {
        self.run("DELETE FROM attempt WHERE kind = ? AND at < ?", &[kind.into(), before.into()])
    }

    /// How many of a kind were counted since a time, and when the oldest of them was.
    pub fn attempts(&self, kind: &str, since: u64) -> Result<(u64, Option<u64>), StoreError> {
        let rows = self.0.exec(
            "SELECT count(*), min(at) FROM attempt WHERE kind = ? AND at >= ?",
            &[kind.into(), since.into()],
        )?;
        let column = |place| rows.first().and_then(|row| row.get(place)).and_then(Value::unsigned);
        Ok((column(0).unwrap_or_default(), column(1)))
    }

    // Things due

    /// Sets when something is due.
    pub fn plan(&self, kind: Due, at: u64, attempts: u32) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO due (kind, at, attempts) VALUES (?, ?, ?)
             ON CONFLICT (kind) DO UPDATE SET at = excluded.at, attempts = excluded.attempts",
            &[kind.name().into(), at.into(), attempts.into()],
        )
    }

    /// Takes something off the list.
    pub fn cancel(&self, kind: Due) -> Result<(), StoreError> {
        self.run("DELETE FROM due WHERE kind = ?", &[kind.name().into()])
    }

    /// What is due next. Of what is due at once, reports come first: they are told of a conversation
    /// that is still on the workspace's list.
    pub fn next_due(&self) -> Result<Option<DueItem>, StoreError> {
        self.due_item("ORDER BY at, kind = 'reports' DESC LIMIT 1", &[])
    }

    /// When something of a kind is due.
    pub fn due(&self, kind: Due) -> Result<Option<DueItem>, StoreError> {
        self.due_item("WHERE kind = ?", &[kind.name().into()])
    }

    fn due_item(&self, rest: &str, values: &[Value]) -> Result<Option<DueItem>, StoreError> {
        let rows = self.0.exec(&format!("SELECT kind, at, attempts FROM due {rest}"), values)?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok(DueItem {
                    kind: Due::parse(column.text(0, "kind")?).ok_or(StoreError::Value("kind"))?,
                    at: column.unsigned(1, "at")?,
                    attempts: column.small(2, "attempts")?,
                })
            })
            .transpose()
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<(), StoreError> {
        self.0.exec(statement, values)?;
        Ok(())
    }

    fn number(&self, statement: &str) -> Result<Option<u64>, StoreError> {
        let rows = self.0.exec(statement, &[])?;
        Ok(rows.first().and_then(|row| row.first().and_then(Value::unsigned)))
    }
}

/// A row's values by their place.
#[derive(Clone, Copy)]
struct Columns<'a>(&'a Row);

impl<'a> Columns<'a> {
    fn text(&self, place: usize, name: &'static str) -> Result<&'a str, StoreError> {
        self.0.get(place).and_then(Value::text).ok_or(StoreError::Value(name))
    }

    fn blob(&self, place: usize, name: &'static str) -> Result<&'a [u8], StoreError> {
        self.0.get(place).and_then(Value::blob).ok_or(StoreError::Value(name))
    }

    fn array<const N: usize>(
        &self,
        place: usize,
        name: &'static str,
    ) -> Result<[u8; N], StoreError> {
        self.blob(place, name)?.try_into().map_err(|_| StoreError::Value(name))
    }

    fn unsigned(&self, place: usize, name: &'static str) -> Result<u64, StoreError> {
        self.opt_unsigned(place).ok_or(StoreError::Value(name))
    }

    fn small(&self, place: usize, name: &'static str) -> Result<u32, StoreError> {
        self.unsigned(place, name)?.try_into().map_err(|_| StoreError::Value(name))
    }

    fn opt_text(&self, place: usize) -> Option<String> {
        self.0.get(place).and_then(Value::text).map(str::to_owned)
    }

    fn opt_blob(&self, place: usize) -> Option<&[u8]> {
        self.0.get(place).and_then(Value::blob)
    }

    fn opt_unsigned(&self, place: usize) -> Option<u64> {
        self.0.get(place).and_then(Value::unsigned)
    }
}

fn json<T: serde::Serialize>(name: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Value(name))
}

fn parse<T: serde::de::DeserializeOwned>(name: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Value(name))
}
