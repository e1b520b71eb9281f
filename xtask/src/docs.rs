//! The documents that are written by hand, held to what the code says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use sotto_shared::consent::{Party, Purposes, Recipient};
use sotto_shared::wire::admin::{Budget, LegalBases, SiteSettings, SiteTexts};
use sotto_shared::wire::site::{Contact, ScrubSettings};

use crate::sh;

fn text(path: &str) -> String {
    fs::read_to_string(sh::at(path)).unwrap()
}

/// The rows of every table in a page, as cells.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect())
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What the document says opens a route, for each that it has.
fn documented(page: &str) -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for row in rows(page) {
        let [call, opened_by, _] = row.as_slice() else { continue };
        for route in quoted(call) {
            let twice = routes.insert(route.to_owned(), opened_by.trim_matches('`').to_owned());
            assert_eq!(twice, None, "{route} has two rows");
        }
    }
    routes
}

/// The same by the table of the end-to-end tests, which holds itself to the routes of the edge.
fn tested(script: &str) -> BTreeMap<String, String> {
    let (_, table) = script.split_once("export const ROUTES = {\n").unwrap();
    let (table, _) = table.split_once("\n};").unwrap();
    let member = |row: &str, name: &str| {
        let (_, rest) = row.split_once(&format!("{name}: \""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let rows = table.split("\n  \"").map(|row| row.trim_start().trim_start_matches('"'));
    rows.map(|row| {
        let (route, row) = row.split_once("\": {").unwrap();
        let opened_by = match member(row, "by").unwrap().as_str() {
            "key" => member(row, "scope").unwrap(),
            "site" => "embed key".to_owned(),
            "nothing" => "nothing".to_owned(),
            token => format!("{token} token"),
        };
        (route.to_owned(), opened_by)
    })
    .collect()
}

#[test]
fn the_api_is_documented_route_by_route() {
    let tested = tested(&text("tests/support/routes.js"));
    assert!(tested.len() > 40, "the table of routes can no longer be read: {tested:?}");
    assert_eq!(documented(&text("docs/api.md")), tested);
}

/// The members that an object of the wire can have, by the sentence with which it refuses others.
fn members<T: DeserializeOwned>() -> BTreeSet<String> {
    let refused = serde_json::from_str::<T>("{\"?\":0}").err().unwrap().to_string();
    let (_, expected) = refused.split_once("expected").unwrap_or_else(|| panic!("{refused}"));
    quoted(expected).map(str::to_owned).collect()
}

/// What the document says of a setting, its name aside.
fn of(page: &str, setting: &str) -> String {
    let row = rows(page).find(|row| quoted(row[0]).any(|name| name == setting));
    row.unwrap_or_else(|| panic!("docs/settings.md says nothing of {setting}"))[1..].join(" | ")
}

/// Every document, from the repository's root.
fn documents() -> Vec<PathBuf> {
    let in_folder = |folder: &str| fs::read_dir(sh::at(folder)).unwrap();
    let files = in_folder(".").chain(in_folder("docs")).map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn what_a_document_names_is_there() {
    let documents = documents();
    assert!(documents.len() > 15, "{documents:?}");
    for file in documents {
        let page = fs::read_to_string(&file).unwrap();
        // What stands between backquotes shows a form, and is no link.
        let prose: String = page.split('`').step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let is_elsewhere = link.is_empty() || link.contains(':');
            assert!(is_elsewhere || file.with_file_name(link).exists(), "{file:?}: {link}");
        }
        for test in quoted(&page).filter(|name| name.starts_with("tests/e2e/")) {
            assert!(sh::at(test).exists(), "{file:?}: {test}");
        }
    }
}

#[test]
fn every_setting_of_a_site_is_documented() {
    let page = text("docs/settings.md");
    let all = members::<SiteSettings>();
    assert!(all.contains("link_hosts") && all.len() > 20, "{all:?}");
    for setting in &all {
        of(&page, setting);
    }
    for (setting, members) in [
        ("controller", members::<Party>()),
        ("texts", members::<SiteTexts>()),
        ("contact", members::<Contact>()),
        ("recipients", members::<Recipient>()),
        ("purposes", members::<Purposes>()),
        ("legal_bases", members::<LegalBases>()),
        ("scrub", members::<ScrubSettings>()),
    ] {
        let said = of(&page, setting);
        for member in members {
            assert!(quoted(&said).any(|name| name == member), "{setting}.{member}: {said}");
        }
    }
}

#[test]
fn a_sites_budget_is_documented_with_its_defaults() {
    let page = text("docs/settings.md");
    let (_, page) = page.split_once("| member of `budget` |").unwrap();
    let (page, _) = page.split_once("\n\n").unwrap();
    let defaults = serde_json::to_value(Budget::default()).unwrap();
    let names: BTreeSet<_> = defaults.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, members::<Budget>());
    for name in names {
        let said = of(page, &name);
        let default = said.rsplit(" | ").next().unwrap().replace(' ', "");
        assert_eq!(default, defaults[&name].to_string(), "{name}: {said}");
    }
}
