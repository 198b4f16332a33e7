//! The branch that a person works on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::host::Host;

/// The branch of the git repository around the working directory; `None` outside of one, and between two branches.
pub(super) fn current(host: &Host) -> Option<String> {
    let here = host.path("");
    let folder = here.ancestors().find_map(|folder| git_folder(&folder.join(".git")))?;
    let head = fs::read_to_string(folder.join("HEAD")).ok()?;
    head.trim().strip_prefix("ref: refs/heads/").map(ToOwned::to_owned)
}

/// The folder itself, or the one that a file in its place names: a work tree beside the first one has such a file
/// (<https://git-scm.com/docs/gitrepository-layout>).
fn git_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = fs::read_to_string(path).ok()?;
    let named = text.trim().strip_prefix("gitdir:")?.trim();
    path.parent().map(|folder| folder.join(named))
}
