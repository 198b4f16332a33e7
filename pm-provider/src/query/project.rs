//! Asking for projects.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::setters::setters;
use crate::value::ProjectStatusCategory;

/// Which projects; without filters all that are visible, archived ones included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ProjectQuery {
    /// Only the project with this key, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Only projects in one of these categories; none means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<ProjectStatusCategory>,
    /// Only projects with this text in name or description, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only projects that changed at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<DateTime<Utc>>,
    /// In what order.
    #[serde(skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// Whether the backend is to count all that the query finds, where it can: [`Page::total`](super::Page::total).
    /// No part of what a cursor belongs to.
    #[serde(skip_serializing_if = "is_default")]
    pub with_total: bool,
}

impl ProjectQuery {
    /// Asks for all visible projects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(ProjectQuery {
    optional key: String,
    list statuses: ProjectStatusCategory,
    optional text: String,
    time updated_since: DateTime<Utc>,
    plain sort: Sort,
    optional page_size: u32,
    plain with_total: bool,
});

listing!(ProjectQuery, Project, |query| {
    Key: query.key.is_some(),
    Status: !query.statuses.is_empty(),
    Text: query.text.is_some(),
    UpdatedSince: query.updated_since.is_some(),
});
