//! Ids: numbers on the server, texts in the contract.

pub(crate) use pm_http::ids::{existing, number};
use pm_provider::{Error, Field, Result, SprintId};

/// The number of an item that a field refers to.
pub(crate) fn referred(field: Field, id: impl AsRef<str>) -> Result<u64> {
    number(id.as_ref()).ok_or_else(|| leads_nowhere(field, id.as_ref()))
}

/// The error for a field that refers to what is not there.
pub(crate) fn leads_nowhere(field: Field, id: &str) -> Error {
    Error::invalid_input("a reference leads nowhere").on_field(field, format!("there is no `{id}`"))
}

/// Which of the two kinds of sprints: the prefixes keep their ids apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SprintKey {
    /// `version:11`
    Version(u64),
    /// `sprint:3`
    Sprint(u64),
}

impl SprintKey {
    /// Reads an id; `None` where it is none of ours.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        match id.split_once(':')? {
            ("version", id) => number(id).map(Self::Version),
            ("sprint", id) => number(id).map(Self::Sprint),
            _ => None,
        }
    }
}

impl From<SprintKey> for SprintId {
    fn from(key: SprintKey) -> Self {
        Self::new(match key {
            SprintKey::Version(id) => format!("version:{id}"),
            SprintKey::Sprint(id) => format!("sprint:{id}"),
        })
    }
}

/// Reads the key of a task: `#12`, `12`, or a semantic one such as `WEB-12`.
pub(crate) fn task_number(key: &str) -> Option<u64> {
    number(key.trim().trim_start_matches('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sprints_and_versions_are_kept_apart_by_a_prefix() {
        for key in [SprintKey::Version(11), SprintKey::Sprint(11)] {
            assert_eq!(SprintKey::parse(SprintId::from(key).as_str()), Some(key));
        }
        for id in ["11", "version:", "version:x", "board:1", ""] {
            assert_eq!(SprintKey::parse(id), None, "{id}");
        }
    }

    #[test]
    fn keys_of_tasks_may_carry_a_hash() {
        assert_eq!((task_number("#12"), task_number("12"), task_number("WEB-12")), (Some(12), Some(12), None));
    }
}
