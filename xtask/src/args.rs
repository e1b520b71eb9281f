//! The command line: what can be asked for, and how it is read.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use lexopt::{Arg, Parser, ValueExt};

use crate::audit;
use crate::guard;
use crate::keys::List;
use crate::pii;
use crate::receipts;

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <command>

  setup                       install what is missing (every command but `keys` does this first)
  build                       make the deployable dist/ and edge/build/
  dev [--port N] [--release] [--fresh]
                              build, start on 127.0.0.1, create the demo site, print its address
                              (--release: optimised as deployed; --fresh: forget earlier data)
  serve --port N --state DIR [--env-file FILE] [--var NAME=VALUE]...
                              start what was built, without building, until Ctrl-C
  test [lint|unit|wasm|size|e2e]
                              run one part of the checks, or all of them
  size                        print raw, gzip and brotli bytes of what ships; fail past a budget
  keys new [--file FILE]      make secrets (default .dev.vars); never overwrites
  keys list [--file FILE]     print the ids of the keys in each list
  keys prepare access|site|receipt|root... [--file FILE]
                              put a new key into the lists named, known and not used yet
  keys rotate [access|site|receipt|root]... [--file FILE]
                              use the prepared key, or a new one, in the lists named or in all
  keys retire access|site|receipt|root KID [--sure] [--file FILE]
                              drop a key that is not in use (docs/keys.md says when)
  pii scan                    find personal data in {\"text\": …} lines of standard input
  pii eval DIR [--misses] [--write]
                              print how well the cases in DIR are found (--misses: and on standard
                              error each case that is not, and what is not counted; --write: put the
                              table into the README)
  pii table [--write]         print the table of categories, or write it into docs/pii.md
  audit verify FILE --checkpoint FILE... --key KEY...
                              tell whether an export of an audit log is the log that the checkpoints
                              were signed over (KEY: a verifier key, or a file with some or with what
                              /.well-known/jwks.json gave; ends with 1 if not, 2 if nothing was read)
  receipts verify FILE --key KEY...
                              tell whether a receipt or a copy is what an edge signed (KEY: 32 bytes
                              in base64url, or a file with them or with what /.well-known/jwks.json
                              gave; ends with 1 if not, 2 if nothing was read)
  guard eval FILE [--misses]  print how much the screen for injections finds of the {\"text\", \"label\"}
                              lines of FILE (label 1: an attempt, 0: an ordinary text; --misses: first
                              each that it is wrong about)
  bench guard                 print what the guard costs a message and a streamed kilobyte
  bench edge [--built] [--write]
                              print what the edge adds to the time to a reply's first token, and how
                              many turns it serves, at 1 and at 16 at a time, or write it into the
                              README too (--built: measure what was built, without building)
  bench seal [--built]        print what sealing and opening a text costs, natively and in Wasm, and
                              what a reply from confidential documents costs beside an index (--built
                              as above)
  bench pii [--write]         print how fast the scrubber is, natively and in Wasm, and its bytes, or
                              write it into the README too
";

/// Port of `dev` unless another is named.
const DEV_PORT: u16 = 8787;

/// One command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Setup,
    Build,
    Dev(Dev),
    Serve(Serve),
    Test(Option<Part>),
    Size,
    Keys(Keys),
    Pii(pii::Task),
    Audit(audit::Verify),
    Receipts(receipts::Verify),
    Guard(guard::Task),
    BenchEdge(BenchEdge),
    BenchSeal(BenchSeal),
}

/// Options of `bench seal`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BenchSeal {
    /// Measure the edge that is built.
    pub(crate) is_built: bool,
}

/// Options of `bench edge`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BenchEdge {
    /// Whether it measures what was built before.
    pub(crate) is_built: bool,
    /// Whether the tables go into the README.
    pub(crate) is_written: bool,
}

/// Options of `dev`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dev {
    pub(crate) port: u16,
    /// Build as for deployment; otherwise what compiles fastest.
    pub(crate) release: bool,
    /// Forget earlier data first.
    pub(crate) fresh: bool,
}

/// Options of `serve`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Serve {
    pub(crate) port: u16,
    /// Where the objects' storage lives.
    pub(crate) state: PathBuf,
    /// The secrets; without it, `serve` keeps some in `state`.
    pub(crate) env_file: Option<PathBuf>,
    /// Variables that replace those of development.
    pub(crate) vars: Vec<(String, String)>,
}

/// One part of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Lint,
    Unit,
    Wasm,
    Size,
    EndToEnd,
}

/// What `keys` does, and to which file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) task: KeyTask,
    pub(crate) file: Option<PathBuf>,
}

/// A task of `keys`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyTask {
    New,
    List,
    Prepare(Vec<List>),
    /// The lists to rotate; empty means all.
    Rotate(Vec<List>),
    Retire {
        list: List,
        kid: u8,
        /// Whether the operator knows what is lost with it.
        is_sure: bool,
    },
}

impl Part {
    /// The name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Wasm => "wasm",
            Self::Size => "size",
            Self::EndToEnd => "e2e",
        }
    }

    /// In the order in which they run: what fails fast comes first.
    pub(crate) const ALL: [Self; 5] =
        [Self::Lint, Self::Unit, Self::Wasm, Self::Size, Self::EndToEnd];
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
/// If they ask for nothing that exists; the sentence says what would.
pub(crate) fn parse<I>(args: I) -> Result<Command>
where
    I: IntoIterator<Item: Into<OsString>>,
{
    read(&mut Parser::from_args(args))
        .map_err(|error| anyhow!("{error:#}; `cargo xtask help` shows what there is"))
}

fn read(parser: &mut Parser) -> Result<Command> {
    let Some(first) = parser.next()? else { return Ok(Command::Help) };
    let name = match first {
        Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
        Arg::Value(name) => name.string()?,
        other @ (Arg::Long(_) | Arg::Short(_)) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "help" => Ok(Command::Help),
        "setup" => finish(parser, Command::Setup),
        "build" => read_build(parser),
        "dev" => read_dev(parser),
        "serve" => read_serve(parser),
        "test" => read_test(parser),
        "size" => finish(parser, Command::Size),
        "keys" => read_keys(parser),
        "pii" => read_pii(parser),
        "audit" => read_audit(parser),
        "receipts" => read_receipts(parser),
        "guard" => read_guard(parser),
        "bench" => read_bench(parser),
        _ => bail!("there is no command `{name}`"),
    }
}

fn finish(parser: &mut Parser, command: Command) -> Result<Command> {
    match parser.next()? {
        None => Ok(command),
        Some(extra) => Err(extra.unexpected().into()),
    }
}

/// `--release` is what `build` does anyway; it may be said.
fn read_build(parser: &mut Parser) -> Result<Command> {
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("release") => {}
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Build)
}

fn read_dev(parser: &mut Parser) -> Result<Command> {
    let mut dev = Dev { port: DEV_PORT, release: false, fresh: false };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("port") => dev.port = port(parser)?,
            Arg::Long("release") => dev.release = true,
            Arg::Long("fresh") => dev.fresh = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Dev(dev))
}

fn read_serve(parser: &mut Parser) -> Result<Command> {
    let (mut at, mut state, mut env_file, mut vars) = (None, None, None, Vec::new());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("port") => at = Some(port(parser)?),
            Arg::Long("state") => state = Some(PathBuf::from(parser.value()?)),
            Arg::Long("env-file") => env_file = Some(PathBuf::from(parser.value()?)),
            Arg::Long("var") => {
                let pair = parser.value()?.string()?;
                let (name, value) =
                    pair.split_once('=').context("`--var` takes NAME=VALUE, as in A=1")?;
                vars.push((name.to_owned(), value.to_owned()));
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Serve(Serve {
        port: at.context("`serve` needs --port N")?,
        state: state.context("`serve` needs --state DIR")?,
        env_file,
        vars,
    }))
}

fn read_test(parser: &mut Parser) -> Result<Command> {
    let Some(arg) = parser.next()? else { return Ok(Command::Test(None)) };
    let Arg::Value(name) = arg else { return Err(arg.unexpected().into()) };
    let name = name.string()?;
    let part = Part::ALL
        .into_iter()
        .find(|part| part.name() == name)
        .with_context(|| format!("`test` has no part `{name}`"))?;
    finish(parser, Command::Test(Some(part)))
}

fn read_keys(parser: &mut Parser) -> Result<Command> {
    let mut words = Vec::new();
    let (mut file, mut is_sure) = (None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("file") => file = Some(PathBuf::from(parser.value()?)),
            Arg::Long("sure") => is_sure = true,
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let lists = |names: &[&str]| names.iter().map(|name| List::parse(name)).collect::<Result<_>>();
    let task = match words.as_slice() {
        ["new"] => KeyTask::New,
        ["list"] => KeyTask::List,
        ["prepare", first, others @ ..] => KeyTask::Prepare(lists(&[&[*first], others].concat())?),
        ["rotate", names @ ..] => KeyTask::Rotate(lists(names)?),
        ["retire", list, kid] => KeyTask::Retire {
            list: List::parse(list)?,
            kid: kid.parse().ok().with_context(|| format!("`{kid}` is no key's id"))?,
            is_sure,
        },
        _ => bail!("`keys` takes `new`, `list`, `prepare LIST`, `rotate` or `retire LIST KID`"),
    };
    if is_sure && !matches!(task, KeyTask::Retire { .. }) {
        bail!("only `keys retire` takes --sure");
    }
    Ok(Command::Keys(Keys { task, file }))
}

fn read_pii(parser: &mut Parser) -> Result<Command> {
    let task = match parser.next()? {
        Some(Arg::Value(name)) => name.string()?,
        _ => bail!("`pii` takes `scan`, `eval DIR` or `table`"),
    };
    let task = match task.as_str() {
        "scan" => pii::Task::Scan,
        "eval" => return read_eval(parser),
        "table" => pii::Task::Table(is_written(parser)?),
        other => bail!("`pii` has no task `{other}`"),
    };
    finish(parser, Command::Pii(task))
}

/// Whether `--write` follows.
fn is_written(parser: &mut Parser) -> Result<bool> {
    match parser.next()? {
        None => Ok(false),
        Some(Arg::Long("write")) => Ok(true),
        Some(other) => Err(other.unexpected().into()),
    }
}

fn read_eval(parser: &mut Parser) -> Result<Command> {
    let (mut cases, mut shows_misses, mut is_written) = (None, false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("misses") => shows_misses = true,
            Arg::Long("write") => is_written = true,
            Arg::Value(dir) if cases.is_none() => cases = Some(PathBuf::from(dir)),
            other => return Err(other.unexpected().into()),
        }
    }
    let cases = cases.context("`pii eval` needs a directory")?;
    Ok(Command::Pii(pii::Task::Eval(pii::Eval { cases, shows_misses, is_written })))
}

fn read_audit(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        Some(Arg::Value(name)) if name == "verify" => {}
        _ => bail!("`audit` takes `verify`"),
    }
    let (mut export, mut checkpoints, mut keys) = (None, Vec::new(), Vec::new());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("checkpoint") => checkpoints.push(PathBuf::from(parser.value()?)),
            Arg::Long("key") => keys.push(parser.value()?.string()?),
            Arg::Value(file) if export.is_none() => export = Some(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    let export = export.context("`audit verify` needs the file with the export")?;
    if checkpoints.is_empty() {
        bail!("`audit verify` needs --checkpoint FILE, one that was kept elsewhere");
    }
    if keys.is_empty() {
        bail!("`audit verify` needs --key KEY, the public key of the edge that signed");
    }
    Ok(Command::Audit(audit::Verify { export, checkpoints, keys }))
}

fn read_receipts(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        Some(Arg::Value(name)) if name == "verify" => {}
        _ => bail!("`receipts` takes `verify`"),
    }
    let (mut document, mut keys) = (None, Vec::new());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("key") => keys.push(parser.value()?.string()?),
            Arg::Value(file) if document.is_none() => document = Some(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    let document = document.context("`receipts verify` needs the file with the document")?;
    if keys.is_empty() {
        bail!("`receipts verify` needs --key KEY, the public key of the edge that signed");
    }
    Ok(Command::Receipts(receipts::Verify { document, keys }))
}

fn read_guard(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        Some(Arg::Value(name)) if name == "eval" => {}
        _ => bail!("`guard` takes `eval FILE`"),
    }
    let (mut file, mut shows_misses) = (None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("misses") => shows_misses = true,
            Arg::Value(name) if file.is_none() => file = Some(PathBuf::from(name)),
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.context("`guard eval` needs a file")?;
    Ok(Command::Guard(guard::Task::Eval { file, shows_misses }))
}

fn read_bench(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        Some(Arg::Value(name)) if name == "edge" => read_bench_edge(parser),
        Some(Arg::Value(name)) if name == "pii" => {
            let is_written = is_written(parser)?;
            Ok(Command::Pii(pii::Task::Bench(is_written)))
        }
        Some(Arg::Value(name)) if name == "seal" => read_bench_seal(parser),
        Some(Arg::Value(name)) if name == "guard" => {
            finish(parser, Command::Guard(guard::Task::Bench))
        }
        _ => bail!("`bench` takes `edge`, `seal`, `pii` or `guard`"),
    }
}

fn read_bench_seal(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        None => Ok(Command::BenchSeal(BenchSeal { is_built: false })),
        Some(Arg::Long("built")) => {
            finish(parser, Command::BenchSeal(BenchSeal { is_built: true }))
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn read_bench_edge(parser: &mut Parser) -> Result<Command> {
    let mut options = BenchEdge { is_built: false, is_written: false };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("built") => options.is_built = true,
            Arg::Long("write") => options.is_written = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::BenchEdge(options))
}

fn port(parser: &mut Parser) -> Result<u16> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => bail!("`{value}` is not a port: 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Command {
        parse(line.split_whitespace()).unwrap()
    }

    fn refusal(line: &str) -> String {
        format!("{:#}", parse(line.split_whitespace()).unwrap_err())
    }

    #[test]
    fn nothing_and_help_show_the_usage() {
        for line in ["", "help", "--help", "-h"] {
            assert_eq!(check(line), Command::Help);
        }
    }

    #[test]
    fn dev_has_defaults_and_options() {
        assert_eq!(check("dev"), Command::Dev(Dev { port: 8787, release: false, fresh: false }));
        assert_eq!(
            check("dev --fresh --port=9000 --release"),
            Command::Dev(Dev { port: 9000, release: true, fresh: true })
        );
    }

    #[test]
    fn serve_splits_variables_at_the_first_equals_sign() {
        let Command::Serve(serve) = check("serve --port 1 --state s --var A=b=c --env-file e")
        else {
            panic!("not serve");
        };
        assert_eq!(serve.vars, [("A".to_owned(), "b=c".to_owned())]);
        assert_eq!(serve.env_file, Some("e".into()));
        assert!(refusal("serve --port 1").contains("--state"));
        assert!(refusal("serve --port 1 --state s --var A").contains("NAME=VALUE"));
    }

    #[test]
    fn test_takes_every_part_and_no_other() {
        assert_eq!(check("test"), Command::Test(None));
        for part in Part::ALL {
            assert_eq!(check(&format!("test {}", part.name())), Command::Test(Some(part)));
        }
        assert!(refusal("test everything").contains("everything"));
        assert!(refusal("test unit wasm").contains("wasm"));
    }

    #[test]
    fn keys_names_its_lists() {
        assert_eq!(
            check("keys rotate access site --file x"),
            Command::Keys(Keys {
                task: KeyTask::Rotate(vec![List::Access, List::Site]),
                file: Some("x".into())
            })
        );
        assert_eq!(
            check("keys retire root 2 --sure"),
            Command::Keys(Keys {
                task: KeyTask::Retire { list: List::Root, kid: 2, is_sure: true },
                file: None
            })
        );
        assert_eq!(
            check("keys prepare site root"),
            Command::Keys(Keys {
                task: KeyTask::Prepare(vec![List::Site, List::Root]),
                file: None
            })
        );
        assert!(refusal("keys").contains("`rotate`"));
        assert!(refusal("keys prepare").contains("`prepare LIST`"));
        assert!(refusal("keys retire root two").contains("two"));
        assert!(refusal("keys rotate --sure").contains("--sure"));
        assert!(refusal("keys rotate house").contains("house"));
    }

    #[test]
    fn pii_has_tasks() {
        assert_eq!(check("pii scan"), Command::Pii(pii::Task::Scan));
        let eval = |shows_misses, is_written| {
            let cases = PathBuf::from("some/dir");
            Command::Pii(pii::Task::Eval(pii::Eval { cases, shows_misses, is_written }))
        };
        assert_eq!(check("pii eval some/dir"), eval(false, false));
        assert_eq!(check("pii eval --misses some/dir"), eval(true, false));
        assert_eq!(check("pii eval some/dir --write"), eval(false, true));
        assert_eq!(check("pii table"), Command::Pii(pii::Task::Table(false)));
        assert_eq!(check("pii table --write"), Command::Pii(pii::Task::Table(true)));
        assert_eq!(check("bench pii"), Command::Pii(pii::Task::Bench(false)));
        assert_eq!(check("bench pii --write"), Command::Pii(pii::Task::Bench(true)));
        assert!(refusal("bench pii --fast").contains("fast"));
        let edge = |is_built, is_written| Command::BenchEdge(BenchEdge { is_built, is_written });
        assert_eq!(check("bench edge"), edge(false, false));
        assert_eq!(check("bench edge --write --built"), edge(true, true));
        assert!(refusal("bench edge --fast").contains("fast"));
        let seal = |is_built| Command::BenchSeal(BenchSeal { is_built });
        assert_eq!((check("bench seal"), check("bench seal --built")), (seal(false), seal(true)));
        assert!(refusal("bench seal --write").contains("write"));
        assert!(refusal("pii eval").contains("directory"));
        assert!(refusal("pii eval a b").contains('b'));
        assert!(refusal("pii find").contains("find"));
        assert!(refusal("bench").contains("`pii`"));
    }

    #[test]
    fn receipts_verify_needs_a_document_and_a_key() {
        let Command::Receipts(verify) = check("receipts verify r --key a --key b") else {
            panic!("not receipts verify");
        };
        assert_eq!(verify.document, PathBuf::from("r"));
        assert_eq!(verify.keys, ["a", "b"]);
        assert!(refusal("receipts").contains("`verify`"));
        assert!(refusal("receipts verify --key a").contains("document"));
        assert!(refusal("receipts verify r").contains("--key"));
    }

    #[test]
    fn guard_measures_a_file_and_times_itself() {
        let eval = |shows_misses| {
            Command::Guard(guard::Task::Eval { file: "cases.jsonl".into(), shows_misses })
        };
        assert_eq!(check("guard eval cases.jsonl"), eval(false));
        assert_eq!(check("guard eval --misses cases.jsonl"), eval(true));
        assert_eq!(check("bench guard"), Command::Guard(guard::Task::Bench));
        assert!(refusal("guard").contains("`eval FILE`"));
        assert!(refusal("guard eval").contains("file"));
        assert!(refusal("bench guard --write").contains("write"));
    }

    #[test]
    fn audit_verify_needs_all_that_it_compares() {
        let Command::Audit(verify) = check("audit verify e --checkpoint a --key k --checkpoint b")
        else {
            panic!("not audit verify");
        };
        assert_eq!(verify.export, PathBuf::from("e"));
        assert_eq!(verify.checkpoints, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(verify.keys, ["k"]);
        assert!(refusal("audit").contains("`verify`"));
        assert!(refusal("audit verify --checkpoint a --key k").contains("export"));
        assert!(refusal("audit verify e --key k").contains("--checkpoint"));
        assert!(refusal("audit verify e --checkpoint a").contains("--key"));
    }

    #[test]
    fn what_does_not_exist_is_refused_by_name() {
        assert!(refusal("deploy").contains("deploy"));
        assert!(refusal("dev --porte 1").contains("porte"));
        assert!(refusal("dev --port 0").contains("1 to 65535"));
        assert!(refusal("size --all").contains("all"));
    }
}
