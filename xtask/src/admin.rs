//! A client of the edge's admin API, for the demo site.
//!
//! It reads the few members it needs instead of using `sotto-shared`'s types: a crate that does not
//! compile must not take away the tool that says so.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::server;

/// A workspace as it was created.
#[derive(Deserialize)]
pub(crate) struct Workspace {
    /// Its id.
    pub(crate) workspace: String,
    /// Its first API key, shown once. Never printed.
    pub(crate) api_key: String,
}

/// A site as its operator sees it.
#[derive(Deserialize)]
pub(crate) struct Site {
    /// Its number within the workspace.
    pub(crate) number: u16,
    /// Its public key.
    pub(crate) key: String,
}

/// The admin API of one edge, with one key.
pub(crate) struct Admin {
    agent: ureq::Agent,
    edge: String,
    /// An API key, or the platform token. Never printed.
    bearer: String,
}

impl Admin {
    /// `edge` is its origin.
    pub(crate) fn new(edge: String, bearer: String) -> Self {
        Self { agent: server::agent(), edge, bearer }
    }

    /// Creates a workspace; takes the platform token.
    pub(crate) fn create_workspace(&self, name: &str) -> Result<Workspace> {
        let body = json!({ "name": name }).to_string();
        self.send("POST", "/v1/admin/workspaces", JSON, body.as_bytes())
    }

    /// Creates a site.
    pub(crate) fn create_site(&self, settings: &Value) -> Result<Site> {
        self.send("POST", "/v1/admin/sites", JSON, settings.to_string().as_bytes())
    }

    /// Replaces a site's settings.
    pub(crate) fn put_site(&self, number: u16, settings: &Value) -> Result<Site> {
        let path = format!("/v1/admin/sites/{number}");
        self.send("PUT", &path, JSON, settings.to_string().as_bytes())
    }

    /// Puts a Markdown document.
    pub(crate) fn put_document(&self, number: u16, name: &str, text: &str) -> Result<()> {
        let path = format!("/v1/admin/sites/{number}/documents/{name}");
        self.call("PUT", &path, "text/markdown", text.as_bytes()).map(drop)
    }

    /// Puts a Markdown document that is stored sealed.
    pub(crate) fn put_confidential(&self, number: u16, name: &str, text: &str) -> Result<()> {
        let path = format!("/v1/admin/sites/{number}/documents/{name}?confidential=true");
        self.call("PUT", &path, "text/markdown", text.as_bytes()).map(drop)
    }

    /// Deletes a document.
    pub(crate) fn delete_document(&self, number: u16, name: &str) -> Result<()> {
        let path = format!("/v1/admin/sites/{number}/documents/{name}");
        self.call("DELETE", &path, JSON, &[]).map(drop)
    }

    fn send<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        media_type: &str,
        body: &[u8],
    ) -> Result<T> {
        let text = self.call(method, path, media_type, body)?;
        let Ok(reply) = serde_json::from_str(&text) else {
            bail!("{method} {path}: the reply is not what this version expects");
        };
        Ok(reply)
    }

    fn call(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Result<String> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.edge))
            .header("authorization", format!("Bearer {}", self.bearer))
            .header("content-type", media_type)
            .body(body)?;
        let mut reply = self.agent.run(request).with_context(|| format!("{method} {path}"))?;
        let text = reply.body_mut().read_to_string()?;
        if !reply.status().is_success() {
            bail!("{method} {path}: {} {}", reply.status(), problem(&text));
        }
        Ok(text)
    }
}

const JSON: &str = "application/json";

/// The sentence of a problem, which holds nothing of the request.
fn problem(text: &str) -> String {
    let problem: Value = serde_json::from_str(text).unwrap_or_default();
    let member = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{}: {}", member("code"), member("detail"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_in_its_own_words() {
        assert_eq!(
            problem(r#"{"code":"too_large","detail":"Send less."}"#),
            "too_large: Send less."
        );
        assert_eq!(problem("<html>"), ": ");
    }
}
