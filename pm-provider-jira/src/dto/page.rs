//! Pages, as all of Jira's lists by offset are.

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// One page of a list by offset. Newer lists say `isLast`, older ones only `total`, and the list has many names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Paged<T> {
    #[serde(default)]
    pub(crate) total: Option<u64>,
    #[serde(default)]
    pub(crate) is_last: Option<bool>,
    #[serde(
        alias = "comments",
        alias = "worklogs",
        alias = "issueTypes",
        alias = "fields",
        alias = "issues",
        alias = "histories"
    )]
    pub(crate) values: Vec<T>,
}

/// A number that Jira writes as a number here and as text there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor).map(Self)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an id: a number, or a text of digits")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::custom("an id that is negative"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        crate::ids::number(text).ok_or_else(|| E::custom("an id that is no number"))
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
