//! The project's tasks; `cargo xtask help` lists them.
//!
//! One file per subject. [`args`] reads the command line, [`setup`] brings in what is missing,
//! [`build`] makes `dist/` and the edge, [`server`] runs them under workerd, [`mod@test`] and
//! [`size`] prove them, [`pii`] measures the scrubber, [`mod@bench`] the edge, [`guard`] the guard,
//! [`verify`] tells whether audit logs and documents are what an edge signed. Progress goes to
//! standard error; standard output holds results alone (an address, the JSON lines of `size`).
//!
//! Nothing here prints a key or a token.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "results of a command are its standard output")]
#![expect(clippy::disallowed_methods, reason = "this crate runs natively, where clocks work")]

mod args;
mod sh;

mod browser;
mod setup;
mod tools;

mod build;

mod admin;
mod dev;
mod keys;
mod server;

mod bench;
mod guard;
mod page;
mod pii;
mod size;
mod test;
mod verify;

#[cfg(test)]
mod docs;
#[cfg(test)]
mod scratch;

use std::process::ExitCode;

use anyhow::Result;

use args::Command;
use setup::Need;

fn main() -> ExitCode {
    let (outcome, failure) = match args::parse(std::env::args_os().skip(1)) {
        Ok(command) => (run(command), ExitCode::FAILURE),
        Err(error) => (Err(error), ExitCode::from(2)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            if error.is::<verify::NothingVerified>() { ExitCode::from(2) } else { failure }
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Help => {
            print!("{}", args::USAGE);
            Ok(())
        }
        Command::Setup => {
            setup::run(Need::Browser)?;
            eprintln!("everything is there");
            Ok(())
        }
        Command::Build => {
            setup::run(Need::Build)?;
            build::run(build::Mode::Release)?;
            eprintln!("built dist/ and edge/build/; `npx wrangler deploy` publishes them");
            Ok(())
        }
        Command::Dev(options) => dev::run(&options),
        Command::Serve(options) => {
            setup::run(Need::Build)?;
            server::serve(options)
        }
        Command::Test(part) => test::run(part),
        Command::Size { is_written } => {
            setup::run(Need::Build)?;
            build::run(build::Mode::Trial)?;
            size::run(is_written)
        }
        Command::Keys(task) => keys::run(&task),
        Command::Pii(task) => pii::run(&task),
        Command::Audit(options) => verify::audit::run(&options),
        Command::Receipts(options) => verify::receipts::run(&options),
        Command::Guard(task) => guard::run(&task),
        Command::BenchEdge(options) => bench::edge(&options),
        Command::BenchSeal(options) => bench::seal(&options),
    }
}
