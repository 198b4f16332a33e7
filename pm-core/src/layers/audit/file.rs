//! Records in a file, a JSON object a line.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pm_provider::{Error, ErrorKind, Result};

use super::{AuditRecord, AuditSink};

/// A file of JSON Lines that records are added to.
///
/// Each record is written at once and as a whole line, so that several programs may add to one file, and none of theirs is
/// lost when one of them is killed. The file is made for this user alone.
#[derive(Debug)]
pub struct JsonLines {
    path: PathBuf,
    file: Mutex<File>,
}

impl JsonLines {
    /// Adds to this file, which is made where it is missing.
    ///
    /// # Errors
    /// `Configuration` when it cannot be opened for writing.
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| {
            Error::configuration(format!("the audit file `{}` cannot be opened: {error}", path.display()))
                .with_source(error)
        })?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        // A panic elsewhere left at worst a line without its end, which the next one must not be glued to.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line)
    }
}

impl AuditSink for JsonLines {
    fn record(&self, record: &AuditRecord) -> Result<()> {
        let failed = |what: String| Error::new(ErrorKind::Internal, format!("`{}`: {what}", self.path.display()));
        let mut line = serde_json::to_vec(record).map_err(|error| failed(error.to_string()))?;
        line.push(b'\n');
        self.write(&line).map_err(|error| failed(error.to_string()))
    }
}
