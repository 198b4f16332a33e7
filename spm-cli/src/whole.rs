//! Files that appear under their name only when they are whole.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is written beside its place. Dropped before it is kept, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct WholeFile {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl WholeFile {
    /// Begins a file that is to become this one. The prefix tells people whose file it is that a lost machine left.
    pub(crate) fn beside(path: &Path, prefix: &str) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        // The mode that any new file gets.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.prefix(prefix).tempfile_in(folder)?;
        Ok(Self { out: BufWriter::new(file), path: path.to_owned() })
    }

    /// Puts the whole file in its place.
    ///
    /// # Errors
    /// `AlreadyExists` where a file is there and it may not be replaced; whatever writing ends with.
    pub(crate) fn keep(self, replaces: bool) -> io::Result<()> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        let kept = if replaces { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
        kept.map(drop).map_err(|error| error.error)
    }

    /// Its place.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file as it is so far.
    pub(crate) fn file(&self) -> &std::fs::File {
        self.out.get_ref().as_file()
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
