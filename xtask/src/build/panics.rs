//! Takes the words of panics out of the widget's Wasm.
//!
//! The widget is built to abort: a panic ends in a trap, and nobody would see its message. Yet the
//! compiler keeps every message, the path of every source and all that formats them, which costs a
//! visitor 4 KB; and a message that is never made can never hold what a visitor typed. So what
//! only panics, and what only formats, becomes a trap at once, and wasm-opt then drops what nobody
//! needs any more.
//!
//! The widget itself does not format: where its own code would, the build fails.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, Module};
use wasmparser::{FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

/// Parts of the names of functions that only panic.
const PANICS: [&str; 16] = [
    "::panicking::",
    "::panic_",
    "::slice_error_fail",
    "::slice_index_fail",
    "::len_mismatch_fail",
    "::unwrap_failed",
    "::expect_failed",
    "::rust_panic",
    "::rust_begin_unwind",
    "::begin_panic",
    "::handle_alloc_error",
    "raw_vec::handle_error",
    "::capacity_overflow",
    "::assert_failed",
    "PanicPayload",
    "panic_handler",
];

/// Parts of the names of functions that only format.
const FORMATS: [&str; 3] = ["::fmt::", "Debug>::fmt", "Display>::fmt"];

/// The module with traps in place of panics and formatting. It needs its name section.
pub(crate) fn silence(wasm: &[u8]) -> Result<Vec<u8>> {
    let names = Names::read(wasm)?;
    let mut silencer = Silencer { names, next: 0, offenders: BTreeSet::new() };
    silencer.next = silencer.names.imports;
    let mut module = Module::new();
    silencer
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| anyhow!("the widget's Wasm cannot be read: {error}"))?;
    if !silencer.offenders.is_empty() {
        let list = silencer.offenders.into_iter().collect::<Vec<_>>().join("\n  ");
        bail!("the widget must not format, since formatting is taken out of it:\n  {list}");
    }
    Ok(module.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Works,
    Panics,
    Formats,
}

/// What each function is, by its index.
struct Names {
    imports: u32,
    functions: Vec<String>,
}

impl Names {
    fn read(wasm: &[u8]) -> Result<Self> {
        let mut names = Self { imports: 0, functions: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        names.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CustomSection(custom) => {
                    let KnownCustom::Name(section) = custom.as_known() else { continue };
                    for part in section {
                        let Name::Function(map) = part? else { continue };
                        for naming in map {
                            let naming = naming?;
                            let index = usize::try_from(naming.index)?;
                            if names.functions.len() <= index {
                                names.functions.resize(index + 1, String::new());
                            }
                            naming.name.clone_into(&mut names.functions[index]);
                        }
                    }
                }
                _ => {}
            }
        }
        if names.functions.is_empty() {
            bail!("the widget's Wasm has no names of functions");
        }
        Ok(names)
    }

    fn name(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|at| self.functions.get(at)).map_or("", String::as_str)
    }

    fn kind(&self, index: u32) -> Kind {
        kind(self.name(index))
    }
}

fn kind(name: &str) -> Kind {
    // The toolchain's names carry hashes between brackets, which are in the way.
    let mut plain = String::with_capacity(name.len());
    let mut depth = 0_usize;
    for char in name.chars() {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(char),
            _ => {}
        }
    }
    let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
    // Only the libraries' functions are looked at: a name of ours that looks alike works.
    let is_ours = plain.trim_start_matches(['<', '&', '*']).starts_with("sotto_");
    if is_ours && !has(&["Debug>::fmt", "Display>::fmt"]) {
        Kind::Works
    } else if has(&PANICS) {
        Kind::Panics
    } else if has(&FORMATS) {
        Kind::Formats
    } else {
        Kind::Works
    }
}

struct Silencer {
    names: Names,
    /// Index of the function that comes next.
    next: u32,
    offenders: BTreeSet<String>,
}

impl Reencode for Silencer {
    type Error = std::convert::Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let index = self.next;
        self.next += 1;
        if self.names.kind(index) != Kind::Works {
            let mut trap = Function::new([]);
            trap.instructions().unreachable().end();
            code.function(&trap);
            return Ok(());
        }
        for operator in body.get_operators_reader()? {
            if let Operator::Call { function_index } = operator?
                && self.names.kind(function_index) == Kind::Formats
            {
                let (caller, callee) = (self.names.name(index), self.names.name(function_index));
                self.offenders.insert(format!("{caller} calls {callee}"));
            }
        }
        utils::parse_function_body(self, code, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{FunctionSection, NameMap, NameSection, TypeSection};

    /// A module of functions, each with the function that it calls.
    fn module(functions: &[(&str, Option<u32>)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        let mut map = NameMap::new();
        for (index, (name, calls)) in (0..).zip(functions) {
            declared.function(0);
            let mut body = Function::new([]);
            if let Some(callee) = calls {
                body.instructions().call(*callee);
            }
            body.instructions().nop().end();
            code.function(&body);
            map.append(index, name);
        }
        let mut names = NameSection::new();
        names.functions(&map);
        let mut module = Module::new();
        module.section(&types).section(&declared).section(&code).section(&names);
        module.finish()
    }

    fn traps(wasm: &[u8]) -> Vec<bool> {
        let mut traps = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                let first = body.get_operators_reader().unwrap().read().unwrap();
                traps.push(matches!(first, Operator::Unreachable));
            }
        }
        traps
    }

    #[test]
    fn what_panics_or_formats_becomes_a_trap() {
        let wasm = module(&[
            ("sotto_widget::app::act", Some(1)),
            ("core[0123]::panicking::panic_fmt", Some(2)),
            ("<u32 as core[0123]::fmt::Display>::fmt", None),
            ("sotto_shared::pii::phone::find", None),
        ]);
        assert_eq!(traps(&silence(&wasm).unwrap()), [false, true, true, false]);
    }

    #[test]
    fn live_code_that_formats_fails_the_build() {
        let wasm = module(&[("sotto_widget::app::act", Some(1)), ("core[0123]::fmt::write", None)]);
        let error = silence(&wasm).unwrap_err().to_string();
        assert!(error.contains("sotto_widget::app::act calls core[0123]::fmt::write"), "{error}");
    }

    #[test]
    fn names_of_ours_are_not_mistaken() {
        for works in [
            "sotto_widget::components::notice::panic_button",
            "<sotto_widget::app::App>::read_fail",
            "dlmalloc[01]::dlmalloc::Dlmalloc::malloc",
            "alloc[01]::raw_vec::RawVecInner::grow_amortized",
        ] {
            assert!(kind(works) == Kind::Works, "{works}");
        }
        assert!(kind("<sotto_shared::id::Origin as core[9]::fmt::Debug>::fmt") == Kind::Formats);
        assert!(kind("alloc[01]::raw_vec::capacity_overflow") == Kind::Panics);
    }
}
