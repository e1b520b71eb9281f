//! The edge on this machine: wrangler and the workerd it starts, as one process group that ends
//! together.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::args::Serve;
use crate::{keys, sh};

/// How long a start may take: workerd is ready within seconds, unless the machine is very busy.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How often readiness and the end of the server are looked for.
const POLL: Duration = Duration::from_millis(100);

/// How long the server gets to end by itself before it is killed.
#[cfg(unix)]
const END_WITHIN: Duration = Duration::from_secs(3);

/// How a server is started.
#[derive(Debug)]
pub(crate) struct Options<'a> {
    pub(crate) port: u16,
    /// Where the objects' storage lives.
    pub(crate) state: &'a Path,
    /// The file of secrets.
    pub(crate) secrets: &'a Path,
    /// Variables that replace those of development.
    pub(crate) vars: &'a [(String, String)],
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Box<dyn ChildWrapper>,
    port: u16,
}

/// Runs `cargo xtask serve`: starts what was built and waits for Ctrl-C.
///
/// # Errors
/// If the port is taken, nothing is built, or the server ends by itself.
pub(crate) fn serve(options: Serve) -> Result<()> {
    let Serve { port, state, env_file, vars } = options;
    check_port(port)?;
    fs::create_dir_all(&state).with_context(|| state.display().to_string())?;
    let state = state.canonicalize()?;
    let secrets = match env_file {
        Some(file) => file.canonicalize().with_context(|| file.display().to_string())?,
        None => {
            let file = state.join("secrets.vars");
            keys::create(&file)?;
            file
        }
    };
    let interrupt = interrupt()?;
    let mut server =
        Server::start(&Options { port, state: &state, secrets: &secrets, vars: &vars })?;
    if server.ready(&interrupt)? {
        println!("{}", address(port));
        server.wait(&interrupt)?;
    }
    Ok(())
}

/// The server's own origin.
pub(crate) fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Says so before anything is built if the port cannot be had.
///
/// # Errors
/// If something listens on it already.
pub(crate) fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            bail!("port {port} cannot be used ({error}); name another with --port")
        }
    }
}

/// Receives one message when Ctrl-C is pressed or the process is told to end.
pub(crate) fn interrupt() -> Result<Receiver<()>> {
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = sender.send(());
    })?;
    Ok(receiver)
}

impl Server {
    /// Starts wrangler on what was built.
    ///
    /// # Errors
    /// If nothing is built or wrangler cannot start.
    pub(crate) fn start(options: &Options<'_>) -> Result<Self> {
        for file in ["edge/build/index.js", "dist/embed.js"] {
            if !sh::at(file).exists() {
                bail!("{file} is missing: run `cargo xtask build` first");
            }
        }
        let mut command = CommandWrap::from(command(options));
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let child = command.spawn().context("wrangler cannot be started")?;
        Ok(Self { child, port: options.port })
    }

    /// Waits until the edge answers; false if Ctrl-C came first.
    ///
    /// # Errors
    /// If the server ends, or does not answer as it should within [`READY_WITHIN`].
    pub(crate) fn ready(&mut self, interrupt: &Receiver<()>) -> Result<bool> {
        let url = format!("{}/healthz", address(self.port));
        let deadline = Instant::now() + READY_WITHIN;
        let agent = agent();
        while Instant::now() < deadline {
            if answers(&agent, &url) {
                return Ok(true);
            }
            if !self.runs_after_poll(interrupt)? {
                return Ok(false);
            }
        }
        bail!("{url} did not answer 200 within {} s", READY_WITHIN.as_secs())
    }

    /// Waits for Ctrl-C.
    ///
    /// # Errors
    /// If the server ends by itself.
    pub(crate) fn wait(mut self, interrupt: &Receiver<()>) -> Result<()> {
        while self.runs_after_poll(interrupt)? {}
        Ok(())
    }

    /// Waits a moment; false if Ctrl-C came in it.
    fn runs_after_poll(&mut self, interrupt: &Receiver<()>) -> Result<bool> {
        if let Some(status) = self.child.try_wait()? {
            bail!("wrangler ended by itself ({status})");
        }
        Ok(interrupt.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout))
    }

    /// Asks the group to end, so that wrangler tidies up; then makes sure that all of it has.
    fn end(&mut self) {
        #[cfg(unix)]
        {
            const SIGTERM: i32 = 15;
            let deadline = Instant::now() + END_WITHIN;
            let asked = self.child.signal(SIGTERM);
            while asked.is_ok() && Instant::now() < deadline {
                match self.child.try_wait() {
                    Ok(None) => std::thread::sleep(POLL),
                    _ => break,
                }
            }
        }
        // Fails if nothing is left, which is what is wanted.
        drop(self.child.start_kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// A client that talks to loopback alone and returns problems instead of failing on their status.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

/// The reply is read to its end: a connection dropped before that shows as an error in the log.
fn answers(agent: &ureq::Agent, url: &str) -> bool {
    agent
        .get(url)
        .call()
        .is_ok_and(|mut reply| reply.body_mut().read_to_vec().is_ok() && reply.status() == 200)
}

fn command(options: &Options<'_>) -> Command {
    let Options { port, state, secrets, vars } = options;
    let port = port.to_string();
    let mut command = Command::new(which::which("node").unwrap_or_else(|_| PathBuf::from("node")));
    command
        .current_dir(sh::root())
        .arg("node_modules/wrangler/bin/wrangler.js")
        .args(["dev", "--config", "wrangler.toml", "--local", "--ip", "127.0.0.1", "--port"])
        .args([port.as_str(), "--inspector-port", "0", "--log-level", "log"])
        .arg("--show-interactive-dev-session=false")
        .arg("--persist-to")
        .arg(state)
        .arg("--env-file")
        .arg(secrets)
        // Nothing is reported or looked up elsewhere, and no other server is found or joined.
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("WRANGLER_LOG_PATH", state.join("wrangler-logs"))
        .env("WRANGLER_REGISTRY_PATH", state.join("registry"))
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .stdin(Stdio::null())
        .stdout(std::io::stderr());
    for (name, value) in variables(options.port, vars) {
        command.arg("--var").arg(format!("{name}:{value}"));
    }
    command
}

/// Development's answers, and what the caller puts in their place or beside them. The platform's
/// local double knows no jurisdictions and sets no address of the client.
fn variables(port: u16, replaced: &[(String, String)]) -> Vec<(String, String)> {
    let ours = [
        ("SOTTO_MODE", "development".to_owned()),
        ("SOTTO_JURISDICTION", "none".to_owned()),
        ("SOTTO_CLIENT_ADDRESS", "development".to_owned()),
        ("SOTTO_ISSUER", address(port)),
    ];
    ours.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .filter(|(name, _)| replaced.iter().all(|(other, _)| other != name))
        .chain(replaced.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_the_callers_replaces_ours() {
        let mine = [("SOTTO_MODE", "production"), ("OTHER", "a:b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all = variables(1, &mine);
        let value = |name: &str| {
            let of: Vec<_> = all.iter().filter(|(other, _)| other == name).collect();
            assert_eq!(of.len(), 1, "{name}");
            of[0].1.as_str()
        };
        assert_eq!(value("SOTTO_MODE"), "production");
        assert_eq!(value("OTHER"), "a:b");
        assert_eq!(value("SOTTO_ISSUER"), "http://127.0.0.1:1");
    }

    #[test]
    fn a_taken_port_is_named() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let said = check_port(port).unwrap_err().to_string();
        assert!(said.contains(&port.to_string()) && said.contains("--port"), "{said}");
        drop(holder);
        check_port(port).unwrap();
    }

    /// A secret on a command line is there for every user of the machine to read.
    #[test]
    fn secrets_are_passed_by_file() {
        let options =
            Options { port: 1, state: Path::new("/s"), secrets: Path::new("/k.vars"), vars: &[] };
        let command = command(&options);
        let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
        assert!(args.windows(2).any(|pair| pair == ["--env-file", "/k.vars"]));
        assert!(!args.iter().any(|arg| arg.contains("KEYRING") || arg.contains("TOKEN")));
    }
}
