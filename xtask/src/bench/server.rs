//! The programs that are measured, each a Node script that says on which port it listens and ends
//! with its standard input.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::{keys, server, sh};

/// How long a script gets to end by itself before it is killed.
const END_WITHIN: Duration = Duration::from_secs(3);

/// How often the end of a script is looked for.
const POLL: Duration = Duration::from_millis(20);

/// A running script. It and what it started end when this is dropped.
#[derive(Debug)]
pub(super) struct Script {
    child: Box<dyn ChildWrapper>,
    port: u16,
}

impl Script {
    /// Starts a script of `bench/node` and waits until it listens.
    ///
    /// # Errors
    /// If it does not start; what it says about it is on standard error.
    pub(super) fn start(name: &str, args: &[&str], variables: &[(&str, String)]) -> Result<Self> {
        let node = which::which("node").unwrap_or_else(|_| PathBuf::from("node"));
        let mut command = Command::new(node);
        command
            .current_dir(sh::root())
            .arg(sh::at("xtask/src/bench/node").join(name))
            .args(args)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        // From here on it is ended whatever happens.
        let mut script = Self { child, port: 0 };
        let mut line = String::new();
        if let Some(said) = script.child.stdout().take() {
            let mut said = BufReader::new(said);
            said.read_line(&mut line)?;
            // The edge's log follows, which somebody has to read.
            std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        }
        script.port = line.trim().parse().with_context(|| format!("{name} did not start"))?;
        Ok(script)
    }

    /// Its own origin.
    pub(super) fn origin(&self) -> String {
        server::address(self.port)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.child.stdin().take());
        let deadline = Instant::now() + END_WITHIN;
        while let Ok(None) = self.child.try_wait()
            && Instant::now() < deadline
        {
            std::thread::sleep(POLL);
        }
        // Fails if nothing is left, which is what is wanted.
        drop(self.child.start_kill());
        drop(self.child.wait());
    }
}

/// The edge in development, so that it believes the address that a client states: the coarse limits
/// are per network, and a bench is one.
///
/// # Errors
/// If no port is free or it does not start.
pub(super) fn edge(state: &Path, secrets: &Path) -> Result<Script> {
    // It has to know its own address before it starts.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut variables = vec![
        ("PORT", port.to_string()),
        ("SOTTO_MODE", "development".to_owned()),
        ("SOTTO_JURISDICTION", "none".to_owned()),
        ("SOTTO_CLIENT_ADDRESS", "development".to_owned()),
        ("SOTTO_ISSUER", server::address(port)),
    ];
    variables.extend(keys::variables(secrets)?);
    let folder = state.join("objects");
    Script::start("worker.mjs", &["edge", &folder.to_string_lossy()], &variables)
}
