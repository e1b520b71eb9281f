//! The messages' statements. Texts and sources are sealed on their way in and opened on their way
//! out, so that no statement ever holds one in the clear.

use sotto_shared::consent::NoticeVersion;
use sotto_shared::id::MessageId;
use sotto_shared::pii::Scrubbed;
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::{Author, Source};

use super::{Columns, Store, StoreError, json, parse};
use crate::random::Random;
use crate::session::record::{End, Grounds, Said, StoredMessage, Writer};
use crate::session::vault::{Place, Vault};
use crate::sql::{Sql, Value};

/// The messages of one conversation, behind its opened vault.
#[derive(Debug)]
pub struct Messages<'a, S, R> {
    sql: &'a S,
    vault: Vault<'a, R>,
}

impl<'a, S: Sql, R: Random> Messages<'a, S, R> {
    /// The messages in this storage.
    #[must_use]
    pub fn new(sql: &'a S, vault: Vault<'a, R>) -> Self {
        Self { sql, vault }
    }

    /// Stores a visitor's message.
    pub fn insert(&self, id: &MessageId, text: &Scrubbed, at: u64) -> Result<(), StoreError> {
        let sealed = self.sealed_text(id.as_str(), text.as_str())?;
        self.run(
            "INSERT INTO message (id, author, text, sealed_text, at, state)
             VALUES (?, ?, '', ?, ?, ?)",
            &[
                id.as_str().into(),
                Author::Visitor.name().into(),
                sealed.as_slice().into(),
                at.into(),
                MessageState::Complete.name().into(),
            ],
        )
    }

    /// Stores that a reply has begun, and who writes it.
    pub fn insert_reply(
        &self,
        id: &str,
        reply_to: &MessageId,
        writer: &Writer,
        notice: &NoticeVersion,
        at: u64,
    ) -> Result<(), StoreError> {
        let sealed_grounds = self.sealed_grounds(id, &writer.grounds)?;
        self.run(
            "INSERT INTO message
                 (id, author, text, at, state, reply_to, provider, model, sealed_sources, notice)
             VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, ?)",
            &[
                id.into(),
                Author::Ai.name().into(),
                at.into(),
                MessageState::Running.name().into(),
                reply_to.as_str().into(),
                writer.provider.into(),
                writer.model.as_deref().into(),
                sealed_grounds.as_slice().into(),
                notice.as_str().into(),
            ],
        )
    }

    /// Stores who writes a reply in the place of who was to.
    pub fn put_writer(&self, id: &str, writer: &Writer) -> Result<(), StoreError> {
        let sealed_grounds = self.sealed_grounds(id, &writer.grounds)?;
        self.run(
            "UPDATE message SET provider = ?, model = ?, sealed_sources = ? WHERE id = ?",
            &[
                writer.provider.into(),
                writer.model.as_deref().into(),
                sealed_grounds.as_slice().into(),
                id.into(),
            ],
        )
    }

    /// Stores another text of a message, over the one before.
    pub fn put_text(&self, id: &str, text: &str) -> Result<(), StoreError> {
        let sealed = self.sealed_text(id, text)?;
        Store(self.sql).blank_text(id)?;
        self.run(
            "UPDATE message SET sealed_text = ? WHERE id = ?",
            &[sealed.as_slice().into(), id.into()],
        )
    }

    /// Stores that a reply has ended, and how; what it rests on stays, unless there is something
    /// else.
    pub fn end_reply(
        &self,
        id: &str,
        text: &str,
        grounds: Option<&Grounds>,
        end: End,
        at: u64,
    ) -> Result<(), StoreError> {
        let sealed_text = self.sealed_text(id, text)?;
        let sealed_grounds = grounds.map(|grounds| self.sealed_grounds(id, grounds)).transpose()?;
        if sealed_grounds.is_some() {
            Store(self.sql).blank_message(id)?;
        } else {
            Store(self.sql).blank_text(id)?;
        }
        self.run(
            "UPDATE message
             SET sealed_text = ?, sealed_sources = coalesce(?, sealed_sources), state = ?, finish = ?, problem = ?,
                 ended_at = ?
             WHERE id = ?",
            &[
                sealed_text.as_slice().into(),
                sealed_grounds.as_deref().into(),
                end.state.name().into(),
                json("finish", &end.finish)?.into(),
                end.problem.map(Code::name).into(),
                at.into(),
                id.into(),
            ],
        )
    }

    /// The message of this id.
    pub fn get(&self, id: &str) -> Result<Option<StoredMessage>, StoreError> {
        self.select_one("WHERE id = ?", &[id.into()])
    }

    /// The reply to a message.
    pub fn reply_to(&self, id: &str) -> Result<Option<StoredMessage>, StoreError> {
        self.select_one("WHERE reply_to = ? ORDER BY position DESC LIMIT 1", &[id.into()])
    }

    /// The newest message of an author.
    pub fn last_of(&self, author: Author) -> Result<Option<StoredMessage>, StoreError> {
        self.select_one("WHERE author = ? ORDER BY position DESC LIMIT 1", &[author.name().into()])
    }

    /// All messages, oldest first.
    pub fn all(&self) -> Result<Vec<StoredMessage>, StoreError> {
        self.select("ORDER BY position", &[])
    }

    /// At most `count` messages that stand before this one, oldest first, without those that were
    /// removed and the replies to them.
    pub fn before(&self, id: &str, count: u32) -> Result<Vec<Said>, StoreError> {
        let removed = MessageState::Removed.name();
        let rows = self.sql.exec(
            "SELECT id, author, sealed_text, provider FROM message
             WHERE position < (SELECT position FROM message WHERE id = ?) AND state <> ?
                 AND (reply_to IS NULL
                     OR reply_to NOT IN (SELECT id FROM message WHERE state = ?))
             ORDER BY position DESC LIMIT ?",
            &[id.into(), removed.into(), removed.into(), count.into()],
        )?;
        rows.iter()
            .rev()
            .map(|row| {
                let column = Columns(row);
                Ok(Said {
                    author: Author::parse(column.text(1, "author")?)
                        .ok_or(StoreError::Value("author"))?,
                    text: self.opened_text(column.text(0, "id")?, column.opt_blob(2))?,
                    provider: column.opt_text(3),
                })
            })
            .collect()
    }

    /// Seals what an earlier version stored in the clear.
    pub fn seal_earlier(&self) -> Result<(), StoreError> {
        let rows = self.sql.exec(
            "SELECT id, text, sources FROM message WHERE text <> '' OR sources <> '[]'",
            &[],
        )?;
        for row in &rows {
            let column = Columns(row);
            let id = column.text(0, "id")?;
            let sealed_text = self.sealed_text(id, column.text(1, "text")?)?;
            let sources: Vec<Source> = parse("sources", column.text(2, "sources")?)?;
            let sealed_grounds = match &*sources {
                [] => None,
                _ => Some(self.sealed_grounds(id, &Grounds::of(sources))?),
            };
            // Written over where it stands, as long as it is.
            self.run(
                "UPDATE message SET
                     text = replace(hex(zeroblob(length(CAST(text AS BLOB)))), '00', ' '),
                     sources = replace(hex(zeroblob(length(CAST(sources AS BLOB)))), '00', ' ')
                 WHERE id = ?",
                &[id.into()],
            )?;
            self.run(
                "UPDATE message
                 SET sealed_text = ?, sealed_sources = ?, text = '', sources = '[]'
                 WHERE id = ?",
                &[sealed_text.as_slice().into(), sealed_grounds.as_deref().into(), id.into()],
            )?;
        }
        Ok(())
    }

    fn select_one(
        &self,
        rest: &str,
        values: &[Value],
    ) -> Result<Option<StoredMessage>, StoreError> {
        self.select(rest, values).map(|messages| messages.into_iter().next())
    }

    fn select(&self, rest: &str, values: &[Value]) -> Result<Vec<StoredMessage>, StoreError> {
        let statement = format!(
            "SELECT id, author, sealed_text, at, state, reply_to, provider, model,
                 sealed_sources, finish, problem, ended_at, changed_at, removed_at,
                 answers_earlier, notice
             FROM message {rest}"
        );
        self.sql.exec(&statement, values)?.iter().map(|row| self.opened(Columns(row))).collect()
    }

    fn opened(&self, column: Columns<'_>) -> Result<StoredMessage, StoreError> {
        let id = column.text(0, "id")?.to_owned();
        let state =
            MessageState::parse(column.text(4, "state")?).ok_or(StoreError::Value("state"))?;
        Ok(StoredMessage {
            author: Author::parse(column.text(1, "author")?).ok_or(StoreError::Value("author"))?,
            text: self.opened_text(&id, column.opt_blob(2))?,
            at: column.unsigned(3, "at")?,
            state,
            reply_to: column.opt_text(5),
            provider: column.opt_text(6),
            model: column.opt_text(7),
            grounds: column
                .opt_blob(8)
                .map(|sealed| self.opened_grounds(&id, sealed))
                .transpose()?,
            end: column
                .opt_text(9)
                .map(|finish| {
                    Ok::<_, StoreError>(End {
                        state,
                        finish: parse("finish", &finish)?,
                        problem: column.opt_text(10).and_then(|code| Code::parse(&code)),
                    })
                })
                .transpose()?,
            ended_at: column.opt_unsigned(11),
            changed_at: column.opt_unsigned(12),
            removed_at: column.opt_unsigned(13),
            answers_earlier_text: column.unsigned(14, "answers_earlier")? != 0,
            notice: column.opt_text(15).and_then(|text| NoticeVersion::parse(&text).ok()),
            id,
        })
    }

    fn opened_text(&self, id: &str, sealed: Option<&[u8]>) -> Result<Scrubbed, StoreError> {
        Ok(Scrubbed::from_storage(match sealed {
            Some(sealed) => self.vault.open_text(text_place(id), sealed)?,
            // A reply that has no words yet, or a message that was removed.
            None => String::new(),
        }))
    }

    fn sealed_text(&self, id: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        Ok(self.vault.seal(text_place(id), text.as_bytes())?)
    }

    fn sealed_grounds(&self, id: &str, grounds: &Grounds) -> Result<Vec<u8>, StoreError> {
        let json = json("sources", grounds)?;
        Ok(self.vault.seal(sources_place(id), json.as_bytes())?)
    }

    fn opened_grounds(&self, id: &str, sealed: &[u8]) -> Result<Grounds, StoreError> {
        let json = self.vault.open_text(sources_place(id), sealed)?;
        if json.starts_with('[') {
            return parse("sources", &json).map(Grounds::of);
        }
        parse("sources", &json)
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<(), StoreError> {
        Store(self.sql).run(statement, values)
    }
}

const fn text_place(id: &str) -> Place<'_> {
    Place { table: "message", column: "text", row: id }
}

const fn sources_place(id: &str) -> Place<'_> {
    Place { table: "message", column: "sources", row: id }
}
