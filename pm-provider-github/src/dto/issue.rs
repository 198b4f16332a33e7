//! Issues.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{self, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An issue, or a pull request: lists of issues have both
/// (<https://docs.github.com/en/rest/issues/issues#list-repository-issues>).
///
/// The single `assignee` is not read: the version `2026-03-10` of the API has it no longer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Issue {
    /// What sub-issues and dependencies are told by, not the number.
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) node_id: Option<String>,
    pub(crate) number: u64,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) state: State,
    #[serde(default)]
    pub(crate) state_reason: Option<Reason>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) labels: Vec<Label>,
    #[serde(default)]
    pub(crate) user: Option<Person>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) assignees: Vec<Person>,
    #[serde(default)]
    pub(crate) milestone: Option<MilestoneNumber>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<IssueType>,
    #[serde(default)]
    pub(crate) html_url: Option<String>,
    #[serde(default)]
    pub(crate) repository_url: RepositoryAddress,
    #[serde(default)]
    pub(crate) parent_issue_url: Option<IssueAddress>,
    #[serde(default)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) closed_at: Option<DateTime<Utc>>,
    /// Only pull requests have it.
    #[serde(default, deserialize_with = "is_there")]
    pub(crate) pull_request: bool,
    #[serde(default)]
    pub(crate) sub_issues_summary: Option<SubIssues>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) issue_field_values: Vec<FieldValue>,
}

impl Issue {
    /// How many sub-issues it has.
    pub(crate) fn children(&self) -> u64 {
        self.sub_issues_summary.as_ref().map_or(0, |summary| summary.total)
    }

    /// Its place in a listing by the time of creation.
    pub(crate) fn age(&self) -> (i64, u64) {
        (self.created_at.map_or(0, |time| time.timestamp()), self.number)
    }
}

/// Whether an issue asks for work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Open,
    Closed,
    /// A state that is newer than this code.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why an issue is in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    Completed,
    NotPlanned,
    Duplicate,
    Reopened,
    /// A reason that is newer than this code.
    #[serde(other)]
    Unknown,
}

/// A person as items name them.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) login: String,
}

/// A milestone, by what an issue needs of it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct MilestoneNumber {
    pub(crate) number: u64,
}

/// A type of issues, which organisations have.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueType {
    pub(crate) name: String,
    /// Types that were turned off are still listed.
    #[serde(default)]
    pub(crate) is_enabled: Option<bool>,
}

/// How many sub-issues an issue has.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct SubIssues {
    #[serde(default)]
    pub(crate) total: u64,
}

/// The value of a field that an organisation defined for its issues.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FieldValue {
    #[serde(default)]
    pub(crate) issue_field_name: Option<String>,
    #[serde(default)]
    pub(crate) value: Value,
    #[serde(default)]
    pub(crate) single_select_option: Option<FieldOption>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) multi_select_options: Vec<FieldOption>,
}

/// One of the options of such a field.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FieldOption {
    pub(crate) name: String,
}

/// A label: an object, or its bare name, as the description of the API allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) String);

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl<'de> Visitor<'de> for LabelVisitor {
    type Value = Label;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a label: an object with a name, or a name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Label, E> {
        Ok(Label(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Label, A::Error> {
        let mut name = None;
        while let Some(member) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if member == "name" {
                name = map.next_value::<Option<String>>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Label(name.unwrap_or_default()))
    }
}

/// Where a repository is: the address of the API that an item names it by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum RepositoryAddress {
    /// `…/repos/{owner}/{name}`
    Named(String),
    /// `…/repositories/{id}`
    Id(u64),
    /// Anything else.
    #[default]
    Unknown,
}

impl RepositoryAddress {
    /// Reads the end of a path; whatever the API's own path is comes before it.
    fn read(address: &str) -> Self {
        let path = address.trim_end_matches('/');
        let mut parts = path.rsplitn(4, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(id), Some("repositories"), _) => id.parse().map_or(Self::Unknown, Self::Id),
            (Some(name), Some(owner), Some("repos")) => Self::Named(format!("{owner}/{name}")),
            _ => Self::Unknown,
        }
    }

    /// The full name, where it is told.
    pub(crate) fn full_name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Id(_) | Self::Unknown => None,
        }
    }
}

/// Where an issue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IssueAddress {
    pub(crate) repository: RepositoryAddress,
    /// 0 where the address tells none.
    pub(crate) number: u64,
}

impl IssueAddress {
    fn read(address: &str) -> Self {
        let split = address.trim_end_matches('/').rsplit_once("/issues/");
        let (repository, number) = split.unwrap_or((address, ""));
        Self { repository: RepositoryAddress::read(repository), number: number.parse().unwrap_or_default() }
    }
}

macro_rules! addresses {
    ($($address:ident),*) => { $(
        impl<'de> Deserialize<'de> for $address {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Address;
                impl Visitor<'_> for Address {
                    type Value = $address;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an address of the API")
                    }

                    fn visit_str<E: de::Error>(self, address: &str) -> Result<$address, E> {
                        Ok($address::read(address))
                    }
                }
                deserializer.deserialize_str(Address)
            }
        }
    )* };
}
addresses!(RepositoryAddress, IssueAddress);

/// A member that may be `null`.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether a member is there, and not `null`.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<IgnoredAny>::deserialize(deserializer)?.is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(json: &str) -> Issue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn whatever_is_hidden_may_be_null_or_missing() {
        let null = r#"{"id": 1, "number": 7, "title": "x", "body": null, "state_reason": null, "labels": null,
            "user": null, "assignees": null, "milestone": null, "type": null, "parent_issue_url": null,
            "closed_at": null, "pull_request": null, "sub_issues_summary": null, "issue_field_values": null}"#;
        for text in [null, r#"{"id": 1, "number": 7}"#] {
            let issue = read(text);
            assert_eq!((issue.number, issue.labels.len(), issue.children()), (7, 0, 0), "{text}");
            assert!(!issue.pull_request && issue.user.is_none());
        }
    }

    #[test]
    fn labels_are_objects_or_names() {
        let issue = read(r#"{"id": 1, "number": 7, "labels": ["a", {"id": 3, "color": "f00", "name": "b"}, {}]}"#);
        let names: Vec<_> = issue.labels.iter().map(|label| label.0.as_str()).collect();
        assert_eq!(names, ["a", "b", ""]);
    }

    #[test]
    fn states_and_reasons_of_the_future_are_none_that_we_know() {
        let issue = read(r#"{"id": 1, "number": 7, "state": "frozen", "state_reason": "weather"}"#);
        assert_eq!((issue.state, issue.state_reason), (State::Unknown, Some(Reason::Unknown)));
    }

    #[test]
    fn pull_requests_are_told_by_a_member() {
        assert!(read(r#"{"id": 1, "number": 7, "pull_request": {"url": "x"}}"#).pull_request);
    }

    #[test]
    fn addresses_name_repositories_by_name_or_id() {
        let named = |name: &str| RepositoryAddress::Named(name.to_owned());
        for (address, expected) in [
            ("https://api.github.com/repos/ann/web", named("ann/web")),
            ("https://ghe.example.org/api/v3/repos/ann/web/", named("ann/web")),
            ("https://api.github.com/repositories/42", RepositoryAddress::Id(42)),
            ("https://api.github.com/users/ann", RepositoryAddress::Unknown),
            ("", RepositoryAddress::Unknown),
        ] {
            assert_eq!(RepositoryAddress::read(address), expected, "{address}");
        }
        let parent = IssueAddress::read("https://api.github.com/repos/ann/web/issues/12");
        assert_eq!(parent, IssueAddress { repository: named("ann/web"), number: 12 });
        assert_eq!(IssueAddress::read("nonsense").number, 0);
    }
}
