//! The child process that owns the cluster and outlives us just long enough to remove it.

use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{PostgresError, programs};

const SCRIPT: &str = include_str!("watchdog.sh");

/// Is the child process that removes the cluster as soon as the pipe to it is closed.
#[derive(Debug)]
pub(super) struct Watchdog {
    process: Child,
    directory: PathBuf,
}

impl Watchdog {
    /// Starts a cluster and returns when it takes connections.
    pub(super) fn start(programs: &Path) -> Result<Self, PostgresError> {
        let mut process = programs::as_server(&mut Command::new("sh"))?
            .args(["-c", SCRIPT, "postgres-watchdog"])
            .arg(programs)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| PostgresError::failed(format!("`sh` could not be run: {error}")))?;
        match read_directory(&mut process) {
            Ok(directory) => Ok(Self { process, directory }),
            Err(answer) => {
                // It has nothing left to do: waiting only takes the dead process off the system's list.
                let _ = process.wait();
                Err(PostgresError::failed(format!(
                    "the PostgreSQL programs in `{}` did not start a cluster:\n{answer}",
                    programs.display()
                )))
            }
        }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Waiting closes the pipe first. A failure leaves nothing that could be done here.
        let _ = self.process.wait();
    }
}

/// Reads what the script says: the directory and `ready`, or anything else and the reason.
fn read_directory(process: &mut Child) -> Result<PathBuf, String> {
    let mut answer = BufReader::new(process.stdout.take().ok_or("its output is closed")?);
    let directory = read_line(&mut answer)?;
    if read_line(&mut answer)? == "ready" {
        return Ok(PathBuf::from(directory));
    }
    let mut log = String::new();
    answer.read_to_string(&mut log).map_err(|error| error.to_string())?;
    Err(log)
}

fn read_line(answer: &mut impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    answer.read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(line.trim_end().to_owned())
}
