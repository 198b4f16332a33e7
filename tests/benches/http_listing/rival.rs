//! Other clients beside a provider in the same run: `gouqi` for Jira, `octocrab` with its own HTTP stack for GitHub.
//!
//! They are built on another release of reqwest or with another crypto library, neither of which may be in this workspace: so
//! each is a program in a workspace of its own below `tests/rivals`, which lists issues as often as it is told to.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::vendor::Vendor;
use crate::{Result, github};

/// Is a running rival; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Rival {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Rival {
    /// Builds it in the same profile as this program, and starts it on a server.
    pub(crate) fn start(vendor: Vendor, url: &str) -> Result<Self> {
        let mut command = Command::new(build(name(vendor)?)?);
        command.arg(url);
        if vendor == Vendor::GitHub {
            command.args([github::REPOSITORY.0, github::REPOSITORY.1]);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = process.stdin.take().ok_or("the rival takes no orders")?;
        let answers = BufReader::new(process.stdout.take().ok_or("the rival has no output")?);
        Ok(Self { process, orders, answers })
    }

    /// Lets it list everything; gives its own time, and how many issues it read.
    pub(crate) fn list(&mut self) -> Result<(Duration, usize)> {
        writeln!(self.orders, "list")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (micros, count) = line.trim().split_once(' ').ok_or_else(|| format!("the rival said `{}`", line.trim()))?;
        Ok((Duration::from_micros(micros.parse()?), count.parse()?))
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the other client of a vendor is called.
pub(crate) fn name(vendor: Vendor) -> Result<&'static str> {
    match vendor {
        Vendor::Jira => Ok("gouqi"),
        Vendor::GitHub => Ok("octocrab"),
        other => Err(format!("there is no other client of `{}`", other.word()).into()),
    }
}

/// `cargo build` of the program beside ours.
fn build(name: &str) -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rivals/{name}/Cargo.toml"));
    let target = std::env::current_exe()?;
    // `target/release/deps/http_listing-…`
    let target = target.ancestors().nth(3).ok_or("this program is in no target folder")?.join("rivals");
    let mut command = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    command.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(&manifest).arg("--target-dir").arg(&target);
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        command.arg("--release");
        "release"
    };
    let status = command.status()?;
    if !status.success() {
        return Err("the rival could not be built".into());
    }
    Ok(target.join(profile).join(format!("{name}-listing")))
}
