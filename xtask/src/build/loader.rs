//! The loader, the widget's module and the locales: what `www/embed` and `widget/locales` become.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use anyhow::{Context, Result};
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::{Value, json};

use super::assets::Asset;
use super::names;
use super::widget::Widget;
use super::{Mode, WORK};
use crate::sh::{self, Run};

/// The language built into the widget; it needs no file.
const BUILT_IN: &str = "en";

/// Browsers of the last years, all of which have what the widget needs anyway: shadow roots,
/// adopted style sheets, `<dialog>`.
const TARGET: &str = "--target=es2022";

/// What the host page's one script leads to.
pub(crate) struct Bundle {
    pub(crate) loader: Vec<u8>,
    pub(crate) widget_js: Asset,
    pub(crate) widget_wasm: Asset,
    /// Finds personal data; it is loaded while the visitor reads and types.
    pub(crate) scrubber: Asset,
    /// Solves challenges; only those load it who are asked for an answer.
    pub(crate) solver: Asset,
    /// By language tag.
    pub(crate) locales: BTreeMap<String, Asset>,
}

/// Locales, scrubber and solver come first, since the module names them; then the module, since the
/// loader names it.
pub(crate) fn bundle(
    widget: &Widget,
    scrubber: Vec<u8>,
    solver: Vec<u8>,
    mode: Mode,
) -> Result<Bundle> {
    let locales = locales(&sh::at("widget/locales"))?;
    let scrubber = Asset::new("scrubber", "wasm", scrubber);
    let solver = Asset::new("challenge", "wasm", solver);
    let widget_wasm = Asset::new("widget", "wasm", widget.wasm.clone());
    let module = bundle_module(widget, &module_defines(&locales, &scrubber, &solver), mode)?;
    let widget_js = Asset::new("widget", "js", module);
    let style = String::from_utf8(esbuild("style.css", Vec::new(), mode)?)?;
    let loader = bundle_loader(&loader_defines(&widget_js, &widget_wasm, style.trim()), mode)?;
    Ok(Bundle { loader, widget_js, widget_wasm, scrubber, solver, locales })
}

/// Constants of a script, as esbuild takes them: JSON by name.
type Defines = Vec<(&'static str, Value)>;

fn loader_defines(widget_js: &Asset, widget_wasm: &Asset, style: &str) -> Defines {
    vec![
        ("__WIDGET_JS__", json!(widget_js.path)),
        ("__WIDGET_JS_INTEGRITY__", json!(widget_js.integrity)),
        ("__WIDGET_WASM__", json!(widget_wasm.path)),
        ("__WIDGET_WASM_INTEGRITY__", json!(widget_wasm.integrity)),
        ("__STYLE__", json!(style)),
    ]
}

fn module_defines(locales: &BTreeMap<String, Asset>, scrubber: &Asset, solver: &Asset) -> Defines {
    let file = |asset: &Asset| json!([asset.path, asset.integrity]);
    let locales: BTreeMap<_, _> = locales.iter().map(|(tag, asset)| (tag, file(asset))).collect();
    vec![
        ("__LOCALES__", json!(locales)),
        ("__SCRUBBER__", file(scrubber)),
        ("__SOLVER__", file(solver)),
    ]
}

/// An IIFE, so that the same file runs as a classic script and as a module and leaves no names.
fn bundle_loader(defines: &Defines, mode: Mode) -> Result<Vec<u8>> {
    let mut options = vec![OsString::from("--format=iife")];
    options.extend(defines.iter().map(define));
    esbuild("embed.js", options, mode)
}

fn bundle_module(widget: &Widget, defines: &Defines, mode: Mode) -> Result<Vec<u8>> {
    let mut alias = OsString::from("--alias:sotto-widget-glue=");
    alias.push(&widget.glue);
    let mut options = vec![OsString::from("--format=esm"), alias];
    // For the sake of these, classes of a crate that nothing uses would stay.
    let removable = ["--define:Symbol.dispose=undefined", "--pure:FinalizationRegistry"];
    options.extend(removable.map(OsString::from));
    if !widget.names.is_empty() {
        let table = sh::at(WORK).join("short-names.json");
        fs::write(&table, serde_json::to_vec(&widget.names)?)?;
        let mut cache = OsString::from("--mangle-cache=");
        cache.push(table);
        options.push(cache);
        options.push(format!("--mangle-props={}", names::PATTERN).into());
        options.push("--mangle-quoted".into());
    }
    options.extend(defines.iter().map(define));
    esbuild("widget.js", options, mode)
}

fn define((name, value): &(&str, Value)) -> OsString {
    format!("--define:{name}={value}").into()
}

/// Bundles an entry of `www/embed`. The output is ASCII: a host page need not be UTF-8.
fn esbuild(entry: &str, options: Vec<OsString>, mode: Mode) -> Result<Vec<u8>> {
    let out = sh::at(WORK).join(entry);
    let mut run = Run::npm_bin("esbuild")
        .arg(sh::at("www/embed").join(entry))
        .args(["--bundle", TARGET, "--legal-comments=none", "--log-level=warning"])
        .args(options);
    if mode != Mode::Quick {
        run = run.arg("--minify");
    }
    let mut outfile = OsString::from("--outfile=");
    outfile.push(&out);
    run.arg(outfile).run()?;
    fs::read(&out).with_context(|| out.display().to_string())
}

/// Every locale but the one built in, as compact JSON.
fn locales(directory: &Path) -> Result<BTreeMap<String, Asset>> {
    let mut locales = BTreeMap::new();
    for file in json_files(directory)? {
        let tag = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if tag == BUILT_IN {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let compact = compact(&text).with_context(|| file.display().to_string())?;
        let asset = Asset::new(&format!("locale-{tag}"), "json", compact.into_bytes());
        locales.insert(tag, asset);
    }
    Ok(locales)
}

/// A flat object of strings without white space. Its members keep their order, by which the widget
/// finds a text.
fn compact(json: &str) -> Result<String> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object of strings")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let mut members = Vec::new();
            while let Some((key, text)) = map.next_entry::<String, String>()? {
                members.push(format!("{}:{}", json!(key), json!(text)));
            }
            Ok(format!("{{{}}}", members.join(",")))
        }
    }

    let mut reader = serde_json::Deserializer::from_str(json);
    let compact = reader.deserialize_map(Members)?;
    reader.end()?;
    Ok(compact)
}

fn json_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_get_names_and_hashes_as_json() {
        let js = Asset::new("widget", "js", b"js".to_vec());
        let wasm = Asset::new("widget", "wasm", b"wasm".to_vec());
        let lines: Vec<_> = loader_defines(&js, &wasm, "a{b:\"c\"}").iter().map(define).collect();
        assert_eq!(lines[0], *format!("--define:__WIDGET_JS__=\"{}\"", js.path));
        assert_eq!(lines[3], *format!("--define:__WIDGET_WASM_INTEGRITY__=\"{}\"", wasm.integrity));
        assert_eq!(lines[4], *r#"--define:__STYLE__="a{b:\"c\"}""#);
    }

    #[test]
    fn a_locale_keeps_the_order_of_its_texts() {
        let json = "{\n  \"z\": \"Z\u{fc}ge \\\"\",\n  \"a\": \"\"\n}\n";
        assert_eq!(compact(json).unwrap(), r#"{"z":"Züge \"","a":""}"#);
        assert!(compact(r#"{"a":{"b":"c"}}"#).is_err());
        assert!(compact(r#"{"a":"b"} x"#).is_err());
    }

    #[test]
    fn the_module_gets_its_files_with_their_hashes() {
        let de = Asset::new("locale-de", "json", b"{}".to_vec());
        let scrubber = Asset::new("scrubber", "wasm", b"wasm".to_vec());
        let solver = Asset::new("challenge", "wasm", b"more".to_vec());
        let file = |asset: &Asset| format!(r#"["{}","{}"]"#, asset.path, asset.integrity);
        let expected = [
            format!(r#"--define:__LOCALES__={{"de":{}}}"#, file(&de)),
            format!("--define:__SCRUBBER__={}", file(&scrubber)),
            format!("--define:__SOLVER__={}", file(&solver)),
        ];
        let locales = BTreeMap::from([("de".to_owned(), de)]);
        let defines = module_defines(&locales, &scrubber, &solver);
        assert!(defines.iter().map(define).eq(expected.map(OsString::from)));
    }
}
