//! The statements of the record of consent. What a visitor was told and did is sealed on its way in
//! and opened on its way out; rows are added and never changed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_shared::consent::ConsentEvent;
use sotto_shared::consent::record::Told;

use super::{Columns, Store, StoreError, json, parse};
use crate::random::Random;
use crate::session::record::ConsentStored;
use crate::session::vault::{Place, Vault};
use crate::sql::Sql;

/// The record of one conversation's consent, behind its opened vault.
#[derive(Debug)]
pub struct Consents<'a, S, R> {
    sql: &'a S,
    vault: Vault<'a, R>,
}

impl<'a, S: Sql, R: Random> Consents<'a, S, R> {
    /// The record in this storage.
    #[must_use]
    pub fn new(sql: &'a S, vault: Vault<'a, R>) -> Self {
        Self { sql, vault }
    }

    /// Begins a record: what the visitor was told.
    pub fn insert_record(&self, id: &str, told: &Told) -> Result<(), StoreError> {
        let sealed = self.sealed(told_place(id), "told", told)?;
        Store(self.sql).run(
            "INSERT INTO consent_record (id, sealed_told) VALUES (?, ?)",
            &[id.into(), sealed.as_slice().into()],
        )
    }

    /// Adds an act to a record; `None` for a conversation that has none.
    pub fn insert_act(&self, record: Option<&str>, event: &ConsentEvent) -> Result<(), StoreError> {
        let sealed = self.sealed(event_place(&event.id), "event", event)?;
        Store(self.sql).run(
            "INSERT INTO consent_act (id, record, sealed_event) VALUES (?, ?, ?)",
            &[event.id.as_str().into(), record.into(), sealed.as_slice().into()],
        )
    }

    /// Everything there is.
    pub fn all(&self) -> Result<ConsentStored, StoreError> {
        let rows = self.sql.recall(
            "SELECT id, sealed_told FROM consent_record ORDER BY position DESC LIMIT 1",
            &[],
        )?;
        let mut stored = ConsentStored::default();
        if let Some(row) = rows.first() {
            let column = Columns(row);
            let id = column.text(0, "id")?.to_owned();
            let told = self.opened(told_place(&id), "told", column.blob(1, "sealed_told")?)?;
            stored.newest = Some((id, told));
        }
        let newest = stored.newest.as_ref().map(|(id, _)| id.as_str());
        let rows = self
            .sql
            .recall("SELECT id, record, sealed_event FROM consent_act ORDER BY position", &[])?;
        for row in &rows {
            let column = Columns(row);
            let id = column.text(0, "id")?;
            let sealed = column.blob(2, "sealed_event")?;
            let event: ConsentEvent = self.opened(event_place(id), "event", sealed)?;
            if column.opt_text(1).as_deref() != newest {
                stored.earlier += 1;
            }
            stored.events.push(event);
        }
        Ok(stored)
    }

    /// Seals what an earlier version stored in the clear. It is the one change that the table takes.
    pub fn seal_earlier(&self) -> Result<(), StoreError> {
        let rows =
            self.sql.exec("SELECT id, event FROM consent_act WHERE event IS NOT NULL", &[])?;
        for row in &rows {
            let column = Columns(row);
            let id = column.text(0, "id")?;
            let event: ConsentEvent = parse("event", column.text(1, "event")?)?;
            let sealed = self.sealed(event_place(id), "event", &event)?;
            Store(self.sql).run(
                "UPDATE consent_act SET sealed_event = ?, event = NULL WHERE id = ?",
                &[sealed.as_slice().into(), id.into()],
            )?;
        }
        Ok(())
    }

    fn sealed(
        &self,
        place: Place<'_>,
        name: &'static str,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        Ok(self.vault.seal(place, json(name, value)?.as_bytes())?)
    }

    fn opened<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        name: &'static str,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        parse(name, &self.vault.open_text(place, sealed)?)
    }
}

impl<S: Sql> Store<'_, S> {
    /// Keeps what may be left of the record after an erasure: codes and times, signed. It replaces
    /// what was kept before.
    pub fn put_consent_proof(&self, proof: &str) -> Result<(), StoreError> {
        self.run("INSERT OR REPLACE INTO consent_proof (one, proof) VALUES (1, ?)", &[proof.into()])
    }

    /// Removes it.
    pub fn delete_consent_proof(&self) -> Result<(), StoreError> {
        self.run("DELETE FROM consent_proof", &[])
    }

    /// What is kept. Objects that were buried by an earlier version have no such table.
    pub fn consent_proof(&self) -> Result<Option<String>, StoreError> {
        let tables = self.0.exec(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'consent_proof'",
            &[],
        )?;
        if tables.is_empty() {
            return Ok(None);
        }
        let rows = self.0.exec("SELECT proof FROM consent_proof", &[])?;
        Ok(rows.first().and_then(|row| Columns(row).opt_text(0)))
    }
}

const fn told_place(id: &str) -> Place<'_> {
    Place { table: "consent_record", column: "told", row: id }
}

const fn event_place(id: &str) -> Place<'_> {
    Place { table: "consent_act", column: "event", row: id }
}
