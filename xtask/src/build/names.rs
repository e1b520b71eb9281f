//! Short names between the widget's Wasm and its JavaScript.
//!
//! wasm-bindgen names every import after what it does and a hash, such as
//! `__wbg_appendChild_fb8c52e7dd8484ea`. Nobody reads them in a browser, and hashes do not
//! compress: in both files together they cost a visitor 4 KB. They are renamed here in the Wasm,
//! and by esbuild, from the same table, in the JavaScript.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{Export, ImportSectionReader, Parser};

/// Matches, for esbuild, the property names that the table may hold and no other of the bundle's.
pub(crate) const PATTERN: &str = r"^(__wb|__extern|wasm_bindgen__|\./)";

/// Old names and the short ones in their place.
pub(crate) type Table = BTreeMap<String, String>;

/// The module with short names, and the table.
pub(crate) fn shorten(wasm: &[u8]) -> Result<(Vec<u8>, Table)> {
    let mut shortener = Shortener::default();
    let mut module = Module::new();
    shortener
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| anyhow!("the widget's Wasm cannot be read: {error}"))?;
    Ok((module.finish(), shortener.table))
}

#[derive(Default)]
struct Shortener {
    table: Table,
}

impl Shortener {
    /// The short name, if the name is one of wasm-bindgen's own; what the widget exports keeps the
    /// name by which it is called.
    fn name(&mut self, name: &str) -> String {
        let ours = ["__wb", "__extern", "wasm_bindgen__", "./"];
        if !ours.iter().any(|prefix| name.starts_with(prefix)) {
            return name.to_owned();
        }
        let next = self.table.len();
        self.table.entry(name.to_owned()).or_insert_with(|| short(next)).clone()
    }
}

impl Reencode for Shortener {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for import in section.into_imports() {
            let import = import?;
            let module = self.name(import.module);
            let name = self.name(import.name);
            imports.import(&module, &name, self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_export(
        &mut self,
        exports: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let name = self.name(export.name);
        let index = self.external_index(export.kind, export.index)?;
        exports.export(&name, self.export_kind(export.kind)?, index);
        Ok(())
    }
}

/// `a`, `b`, … `Z`, `aa`, … : the shortest names that JavaScript takes.
fn short(mut number: usize) -> String {
    const LETTERS: [u8; 52] = *b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        let letter = LETTERS.get(number % LETTERS.len()).copied().unwrap_or(b'_');
        name.insert(0, char::from(letter));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, MemoryType};
    use wasmparser::{Parser, Payload};

    use super::*;

    fn names(wasm: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.unwrap();
                        names.push(format!("{}.{}", import.module, import.name));
                    }
                }
                Payload::ExportSection(section) => {
                    names.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()));
                }
                _ => {}
            }
        }
        names
    }

    #[test]
    fn what_wasm_bindgen_named_is_short_and_what_the_widget_named_is_not() {
        let memory = MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        let mut module = Module::new();
        let mut imports = ImportSection::new();
        for name in ["__wbg_then_00112233", "__wbindgen_throw"] {
            imports.import("./sotto_widget_bg.js", name, EntityType::Memory(memory));
        }
        module.section(&imports);
        let mut exports = ExportSection::new();
        for name in ["memory", "mount", "__wbindgen_malloc"] {
            exports.export(name, ExportKind::Memory, 0);
        }
        module.section(&exports);

        let (wasm, table) = shorten(&module.finish()).unwrap();
        assert_eq!(names(&wasm), ["a.b", "a.c", "memory", "mount", "d"]);
        assert_eq!(table["__wbg_then_00112233"], "b");
        assert_eq!(table.len(), 4);
    }

    #[test]
    fn short_names_are_all_different() {
        assert_eq!([0, 51, 52, 103, 104].map(short), ["a", "Z", "aa", "aZ", "ba"]);
        let all: std::collections::BTreeSet<_> = (0..3_000).map(short).collect();
        assert_eq!(all.len(), 3_000);
    }
}
