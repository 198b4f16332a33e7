//! Asking for users.

use serde::{Deserialize, Serialize};

use super::{Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::setters::setters;
use crate::value::ProjectId;

/// Which users; without filters all that are visible, inactive ones included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct UserQuery {
    /// Only users who can be assigned in this project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Only the user with this login, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Only the user with this e-mail address, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Only users with this text in name or login, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
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

impl UserQuery {
    /// Asks for all visible users.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(UserQuery {
    optional project: ProjectId,
    optional login: String,
    optional email: String,
    optional text: String,
    plain sort: Sort,
    optional page_size: u32,
    plain with_total: bool,
});

listing!(UserQuery, User, |query| {
    Project: query.project.is_some(),
    Login: query.login.is_some(),
    Email: query.email.is_some(),
    Text: query.text.is_some(),
});
