//! Links between issues.

use serde::Deserialize;

use super::Id;
use super::issue::IssueRef;

/// A kind of link.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LinkType {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// How the issue that the link points at stands to the other: `is blocked by`.
    #[serde(default)]
    pub(crate) inward: String,
    /// How the issue that the link comes from stands to the other: `blocks`.
    #[serde(default)]
    pub(crate) outward: String,
}

/// The kinds of links of a site.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkTypes {
    pub(crate) issue_link_types: Vec<LinkType>,
}

/// A link. On an issue only the other end is named; asked for by itself, both are.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    pub(crate) id: Id,
    #[serde(rename = "type")]
    pub(crate) kind: LinkType,
    #[serde(default)]
    pub(crate) inward_issue: Option<IssueRef>,
    #[serde(default)]
    pub(crate) outward_issue: Option<IssueRef>,
}
