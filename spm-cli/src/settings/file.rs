//! The user's own files: read with messages that repeat nothing, written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use crate::failure::{Failure, Result};

/// Reads a TOML file; an empty one where there is none.
pub(super) fn read_toml(path: &Path) -> Result<DocumentMut> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::io(format!("reading `{}`", path.display()), &error)),
    };
    // The error's own text quotes the line, which may be a secret.
    text.parse().map_err(|error: toml_edit::TomlError| {
        let place = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1;
        Failure::settings(format!("line {line} of `{}` is no TOML: {}", path.display(), error.message()))
    })
}

/// Writes a file that only this user may read: at once, so that a crash leaves the old one or the new one.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let failed = |error: &io::Error| Failure::io(format!("writing `{}`", path.display()), error);
    let target = behind_links(path);
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    new.write_all(text.as_bytes()).and_then(|()| new.as_file().sync_all()).map_err(|error| failed(&error))?;
    new.persist(&target).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Whoever keeps settings elsewhere and links to them wants to find them there.
fn behind_links(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
