//! Ids: what stands in them, and what people paste in their place.
//!
//! | Item | Id | Accepted as well |
//! |---|---|---|
//! | repository | `1296269` | `octo-org/web` |
//! | issue | `1296269#7` | `octo-org/web#7` |
//! | milestone | `1296269#m3` | `octo-org/web#m3` |
//! | comment | `1296269#c42` | `octo-org/web#c42` |
//! | Project v2 | `v2:PVT_…` | |
//! | item, iteration of a Project v2 | `v2:PVT_…:PVTI_…`, `v2:PVTIF_…:…` | |
//!
//! Numbers of repositories never change; names do, and are only ever a way to ask.

use std::fmt;

use pm_http::ids::number;
use pm_provider::{Error, ProjectId, Result};

/// What ids of Projects v2 and of what is in them begin with.
const V2: &str = "v2:";

/// A repository, as an id says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RepositoryId {
    /// By the number that never changes.
    Number(u64),
    /// By owner and name.
    Name(String, String),
}

impl RepositoryId {
    /// Reads an id; `None` where it can be none.
    pub(crate) fn read(id: &str) -> Option<Self> {
        match id.split_once('/') {
            None => number(id).map(Self::Number),
            Some((owner, name)) if is_name(owner) && is_name(name) => {
                Some(Self::Name(owner.to_owned(), name.to_owned()))
            }
            Some(_) => None,
        }
    }

    /// The repository of a project that must be there.
    pub(crate) fn existing(id: &ProjectId) -> Result<Self> {
        Self::read(id.as_str()).ok_or_else(|| Error::not_found("project", id))
    }
}

impl fmt::Display for RepositoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(owner, name) => write!(f, "{owner}/{name}"),
        }
    }
}

/// Letters, digits, `-`, `_` and `.`, as GitHub's names of owners and repositories have them.
fn is_name(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_plain && !matches!(name, "" | "." | "..")
}

/// Something with a number inside of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Numbered {
    /// The repository.
    pub(crate) repository: RepositoryId,
    /// The number in it.
    pub(crate) number: u64,
}

impl Numbered {
    fn read(id: &str, mark: &str) -> Option<Self> {
        let (repository, rest) = id.rsplit_once('#')?;
        let number = number(rest.strip_prefix(mark)?)?;
        Some(Self { repository: RepositoryId::read(repository)?, number })
    }
}

/// The issue of a task's id; `None` where it can be none.
pub(crate) fn issue(id: &str) -> Option<Numbered> {
    Numbered::read(id, "")
}

/// The milestone of a sprint's id; `None` where it can be none.
pub(crate) fn milestone(id: &str) -> Option<Numbered> {
    Numbered::read(id, "m")
}

/// The comment of an id: repository and the comment's own number; `None` where it can be none.
pub(crate) fn comment(id: &str) -> Option<Numbered> {
    Numbered::read(id, "c")
}

/// The same for an issue that must be there.
pub(crate) fn existing_issue(id: impl AsRef<str> + fmt::Display) -> Result<Numbered> {
    issue(id.as_ref()).ok_or_else(|| Error::not_found("task", id))
}

/// The same for a milestone that must be there.
pub(crate) fn existing_milestone(id: impl AsRef<str> + fmt::Display) -> Result<Numbered> {
    milestone(id.as_ref()).ok_or_else(|| Error::not_found("sprint", id))
}

/// The same for a comment that must be there.
pub(crate) fn existing_comment(id: impl AsRef<str> + fmt::Display) -> Result<Numbered> {
    comment(id.as_ref()).ok_or_else(|| Error::not_found("comment", id))
}

/// The id of an issue.
pub(crate) fn of_issue(repository: u64, number: u64) -> String {
    format!("{repository}#{number}")
}

/// The id of a milestone.
pub(crate) fn of_milestone(repository: u64, number: u64) -> String {
    format!("{repository}#m{number}")
}

/// The id of a comment.
pub(crate) fn of_comment(repository: u64, comment: u64) -> String {
    format!("{repository}#c{comment}")
}

/// Which kind of project an id belongs to: its own, or that of a task or a sprint in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProjectKind {
    /// A repository, or what is in one.
    Repository,
    /// A Project v2, or what is in one.
    V2,
}

/// Tells the kind by how an id begins; what makes no sense at all is looked for among repositories, and not found.
pub(crate) fn kind(id: &str) -> ProjectKind {
    if id.starts_with(V2) { ProjectKind::V2 } else { ProjectKind::Repository }
}

/// Says whether an id is one of Projects v2, or of what is in one.
pub(crate) fn is_v2(id: impl AsRef<str>) -> bool {
    kind(id.as_ref()) == ProjectKind::V2
}

/// The node id of a Project v2.
pub(crate) fn v2_project(id: &str) -> Option<&str> {
    id.strip_prefix(V2).filter(|node| !node.is_empty() && !node.contains(':'))
}

/// Both parts of the id of an item (project, item) or of an iteration (field, iteration).
pub(crate) fn v2_part(id: &str) -> Option<(&str, &str)> {
    let (whole, part) = id.strip_prefix(V2)?.split_once(':')?;
    let is_node = |text: &str| !text.is_empty() && !text.contains(':');
    (is_node(whole) && is_node(part)).then_some((whole, part))
}

/// The id of a Project v2.
pub(crate) fn of_v2_project(node: &str) -> String {
    format!("{V2}{node}")
}

/// The id of an item, or of an iteration.
pub(crate) fn of_v2_part(whole: &str, part: &str) -> String {
    format!("{V2}{whole}:{part}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_repository_has_a_number_or_a_name() {
        assert_eq!(RepositoryId::read("1296269"), Some(RepositoryId::Number(1_296_269)));
        let name = RepositoryId::Name("octo-org".to_owned(), ".github".to_owned());
        assert_eq!(RepositoryId::read("octo-org/.github"), Some(name));
        for strange in ["", "0", "web", "a/b/c", "a/", "/b", "../b", "a/..", "a b/c", "ü/b", "v2:PVT_1", "7#1"] {
            assert_eq!(RepositoryId::read(strange), None, "{strange}");
        }
    }

    #[test]
    fn what_is_in_a_repository_has_a_mark() {
        assert_eq!(issue("7#12").unwrap().number, 12);
        assert_eq!(issue("octo/web#12").unwrap().repository.to_string(), "octo/web");
        assert_eq!(milestone("7#m3").unwrap().number, 3);
        assert_eq!(comment("7#c99").unwrap().number, 99);
        for strange in ["7#m3", "7#c3", "7", "#3", "7#", "7#03", "7#-1", "7#1#2"] {
            assert_eq!(issue(strange), None, "{strange}");
        }
        assert_eq!((milestone("7#3"), comment("7#m3")), (None, None));
        assert_eq!(issue(&of_issue(7, 12)).unwrap().number, 12);
        assert_eq!(milestone(&of_milestone(7, 3)).unwrap().number, 3);
        assert_eq!(comment(&of_comment(7, 9)).unwrap().number, 9);
    }

    #[test]
    fn projects_v2_have_ids_of_their_own() {
        assert!(is_v2("v2:PVT_1") && is_v2("v2:PVT_1:PVTI_2") && !is_v2("7") && !is_v2("octo/web#1"));
        assert_eq!(v2_project("v2:PVT_1"), Some("PVT_1"));
        assert_eq!(v2_part("v2:PVT_1:PVTI_2"), Some(("PVT_1", "PVTI_2")));
        for strange in ["v2:", "PVT_1", "v2:a:b"] {
            assert_eq!(v2_project(strange), None, "{strange}");
        }
        for strange in ["v2:a", "v2:a:", "v2::b", "v2:a:b:c", "a:b"] {
            assert_eq!(v2_part(strange), None, "{strange}");
        }
        assert_eq!((of_v2_project("a"), of_v2_part("a", "b")), ("v2:a".to_owned(), "v2:a:b".to_owned()));
    }
}
