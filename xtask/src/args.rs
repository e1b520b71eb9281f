//! The command line: what can be asked for, and how it is read. What a command with tasks of its own
//! takes is read beside it.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use lexopt::{Arg, Parser, ValueExt};

use crate::bench;
use crate::keys::Keys;
use crate::verify::{audit, receipts};
use crate::{guard, pii};

/// What `cargo xtask help` prints.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <command>

  setup                       install what is missing (commands that need it do this first)
  build                       make the deployable dist/ and edge/build/
  dev [--port N] [--release] [--fresh]
                              build, start on 127.0.0.1, create the demo site, print its address
                              (--release: optimised as deployed; --fresh: forget earlier data)
  serve --port N --state DIR [--env-file FILE] [--var NAME=VALUE]...
                              start what was built, without building, until Ctrl-C
  test [lint|unit|wasm|size|e2e]
                              run one part of the checks, or all of them
  size [--write]              print raw, gzip and brotli bytes of what ships; fail past a budget
                              (--write: put the table of budgets into docs/measured.md)
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
                              table into docs/measured.md)
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
  bench guard [--write]       print what the guard costs a message and a streamed kilobyte, or write
                              it into docs/guard.md too
  bench edge [--built] [--write]
                              print what the edge adds to the time to a reply's first token, and how
                              many turns it serves, at 1 and at 16 at a time, or write it into
                              docs/measured.md too (--built: measure what was built, without
                              building)
  bench seal [--built] [--write]
                              print what sealing and opening a text costs, natively and in Wasm, and
                              what a reply from confidential documents costs beside an index (--built
                              as above; --write: put the first of them into ARCHITECTURE.md)
  bench pii [--write]         print how fast the scrubber is, natively and in Wasm, and its bytes, or
                              write it into docs/measured.md too
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
    Size {
        /// Whether the table goes into docs/measured.md.
        is_written: bool,
    },
    Keys(Keys),
    Pii(pii::Task),
    Audit(audit::Verify),
    Receipts(receipts::Verify),
    Guard(guard::Task),
    BenchEdge(bench::Options),
    BenchSeal(bench::Options),
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
        "build" => finish(parser, Command::Build),
        "dev" => read_dev(parser),
        "serve" => read_serve(parser),
        "test" => read_test(parser),
        "size" => Ok(Command::Size { is_written: is_written(parser)? }),
        "keys" => Ok(Command::Keys(Keys::read(parser)?)),
        "pii" => Ok(Command::Pii(pii::Task::read(parser)?)),
        "audit" => Ok(Command::Audit(audit::Verify::read(parser)?)),
        "receipts" => Ok(Command::Receipts(receipts::Verify::read(parser)?)),
        "guard" => Ok(Command::Guard(guard::Task::read(parser)?)),
        "bench" => bench::read(parser),
        _ => bail!("there is no command `{name}`"),
    }
}

/// A task that takes nothing more.
pub(crate) fn finish<T>(parser: &mut Parser, task: T) -> Result<T> {
    match parser.next()? {
        None => Ok(task),
        Some(extra) => Err(extra.unexpected().into()),
    }
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

/// Whether `--write` follows.
pub(crate) fn is_written(parser: &mut Parser) -> Result<bool> {
    match parser.next()? {
        None => Ok(false),
        Some(Arg::Long("write")) => finish(parser, true),
        Some(other) => Err(other.unexpected().into()),
    }
}

fn port(parser: &mut Parser) -> Result<u16> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => bail!("`{value}` is not a port: 1 to 65535"),
    }
}

/// How the tests of every command read a line.
#[cfg(test)]
pub(crate) mod lines {
    use super::{Command, parse};

    pub(crate) fn check(line: &str) -> Command {
        parse(line.split_whitespace()).unwrap()
    }

    pub(crate) fn refusal(line: &str) -> String {
        format!("{:#}", parse(line.split_whitespace()).unwrap_err())
    }
}

#[cfg(test)]
mod tests {
    use super::lines::{check, refusal};
    use super::*;

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
    fn what_is_measured_can_be_written() {
        assert_eq!(check("size"), Command::Size { is_written: false });
        assert_eq!(check("size --write"), Command::Size { is_written: true });
        assert!(refusal("size --write --write").contains("write"));
    }

    #[test]
    fn what_does_not_exist_is_refused_by_name() {
        assert!(refusal("deploy").contains("deploy"));
        assert!(refusal("dev --porte 1").contains("porte"));
        assert!(refusal("dev --port 0").contains("1 to 65535"));
        assert!(refusal("size --all").contains("all"));
        assert!(refusal("build --release").contains("release"));
    }
}
