//! What a vendor's description does not say, or says wrongly.

mod clickup;
mod exception;
mod github;
mod jira;
mod join;
mod openproject;
mod redmine;

use std::fmt;

use serde_json::Value;

use crate::answer::Written;
use crate::check::Incoming;
use crate::description::Operation;
use crate::report::Finding;
pub use exception::Exception;
pub(crate) use jira::Learnt;

/// Whose description it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// OpenProject's API v3.
    OpenProject,
    /// Redmine, by the community's description.
    Redmine,
    /// Jira Cloud: platform, boards and sprints.
    Jira,
    /// Jira Data Center, by analogy with Cloud: there is no file of its own.
    JiraDataCenter,
    /// GitHub's REST API.
    GitHub,
    /// ClickUp: version 2 of its API, and version 3.
    ClickUp,
    /// Nobody in particular: the description is taken at its word.
    Other,
}

impl Vendor {
    /// All vendors with rules of their own.
    pub const ALL: [Self; 6] =
        [Self::OpenProject, Self::Redmine, Self::Jira, Self::JiraDataCenter, Self::GitHub, Self::ClickUp];

    /// Finds a vendor by name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| vendor.to_string().eq_ignore_ascii_case(name))
    }

    /// The name of the file of its description.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::OpenProject => "openproject-v3.json",
            Self::Redmine => "redmine-community.json",
            Self::Jira | Self::JiraDataCenter => "jira-platform-v3.json",
            Self::GitHub => "github-rest-pm.json",
            Self::ClickUp => "clickup-v2.json",
            Self::Other => "openapi.json",
        }
    }

    /// The name of a second file that belongs to the first.
    #[must_use]
    pub fn second_file(self) -> Option<&'static str> {
        match self {
            Self::Jira | Self::JiraDataCenter => Some("jira-software.json"),
            Self::ClickUp => Some("clickup-v3.json"),
            Self::OpenProject | Self::Redmine | Self::GitHub | Self::Other => None,
        }
    }

    /// Adds the second file to the first.
    pub(crate) fn join(self, document: &mut Value, second: Value) {
        match self {
            Self::Jira | Self::JiraDataCenter => jira::join(document, second),
            Self::ClickUp => clickup::join(document, second),
            Self::OpenProject | Self::Redmine | Self::GitHub | Self::Other => {}
        }
    }

    /// Where people get the file.
    #[must_use]
    pub fn origin(self) -> &'static str {
        match self {
            Self::OpenProject => "bundled from docs/api/apiv3 of opf/openproject",
            Self::Redmine => "openapi.yaml of d-yoshi/redmine-openapi, as JSON",
            Self::Jira | Self::JiraDataCenter => {
                "developer.atlassian.com/cloud/jira: OpenAPI of platform v3, and jira-software.json: that of Jira Software"
            }
            Self::GitHub => "generated/api.github.com.json of octokit/openapi, whole or what trackers need of it",
            Self::ClickUp => "developer.clickup.com: the OpenAPI files of API v2, and clickup-v3.json: that of v3",
            Self::Other => "any OpenAPI 3 file",
        }
    }

    /// Mends defects that only this vendor's file has; answers which, and in how many places.
    pub(crate) fn repair(self, document: &mut Value) -> Vec<(&'static str, usize)> {
        match self {
            Self::OpenProject => openproject::repair(document),
            Self::Redmine => redmine::repair(document),
            Self::Jira => jira::repair(document, jira::Flavor::Cloud),
            Self::JiraDataCenter => jira::repair(document, jira::Flavor::DataCenter),
            Self::GitHub => github::repair(document),
            Self::ClickUp => clickup::repair(document),
            Self::Other => Vec::new(),
        }
    }

    /// Adds to an operation what the file forgot about it.
    pub(crate) fn complete(self, operation: &mut Operation) {
        if let Some(body) = &mut operation.body {
            body.required |= self.needs_body(&operation.method, &operation.template.to_string());
        }
    }

    /// Whether a request without its described body is wrong, although the file does not say so.
    fn needs_body(self, method: &str, template: &str) -> bool {
        match self {
            Self::OpenProject => openproject::needs_body(method, template),
            Self::Redmine => redmine::needs_body(method, template),
            Self::GitHub => github::needs_body(method, template),
            // Each body of theirs says so itself.
            Self::Jira | Self::JiraDataCenter | Self::ClickUp | Self::Other => false,
        }
    }

    /// Checks what a query parameter holds within its text, where the file only says `string`.
    pub(crate) fn check_text(self, parameter: &str, value: &str) -> Result<(), String> {
        match self {
            Self::OpenProject => openproject::check_text(parameter, value),
            Self::Redmine | Self::Jira | Self::JiraDataCenter | Self::GitHub | Self::ClickUp | Self::Other => Ok(()),
        }
    }

    /// What is wrong with a body in ways that the file cannot tell.
    pub(crate) fn look_into(self, operation: &Operation, request: &Incoming, learnt: &Learnt) -> Vec<Finding> {
        let flavor = jira::Flavor::of(self);
        flavor.map(|flavor| jira::look_into(flavor, operation, request, learnt)).unwrap_or_default()
    }

    /// Whether the answer to a request tells more of the server than the file does.
    pub(crate) fn learns_from(self, path: &str) -> bool {
        jira::Flavor::of(self).is_some() && Learnt::is_told_by(path)
    }

    /// Whether a parameter that is described under one name has another in requests.
    pub(crate) fn is_named(self, described: &str, sent: &str) -> bool {
        described == sent || (self == Self::Redmine && redmine::is_named(described, sent))
    }

    /// What is wrong by the description and right by the server.
    #[must_use]
    pub fn exceptions(self) -> &'static [Exception] {
        match self {
            Self::OpenProject => openproject::EXCEPTIONS,
            Self::Redmine => redmine::EXCEPTIONS,
            Self::GitHub => github::EXCEPTIONS,
            Self::ClickUp => clickup::EXCEPTIONS,
            Self::Jira | Self::JiraDataCenter | Self::Other => &[],
        }
    }

    /// Makes an answer that fits what was asked for and what was written before.
    pub(crate) fn shape(self, answer: &mut Value, written: &Written, query: &[(String, String)]) {
        match self {
            Self::OpenProject => openproject::shape(answer, written, query),
            Self::Redmine => redmine::shape(answer, written, query),
            // A server that behaves like the vendor's stands behind the check.
            Self::Jira | Self::JiraDataCenter | Self::GitHub | Self::ClickUp | Self::Other => {}
        }
    }

    /// The kind of item that a request without a body switches, and the fields that change by it.
    pub(crate) fn switched(self, path: &str) -> Option<(&'static str, Value)> {
        match self {
            Self::Redmine => redmine::switched(path),
            Self::OpenProject | Self::Jira | Self::JiraDataCenter | Self::GitHub | Self::ClickUp | Self::Other => None,
        }
    }

    /// The kinds of items that a body writes, each with its fields.
    pub(crate) fn written(self, body: &Value, answer: &Value) -> Vec<(String, Value)> {
        match self {
            Self::OpenProject => openproject::written(body, answer).into_iter().collect(),
            Self::Redmine => redmine::written(body),
            Self::Jira | Self::JiraDataCenter | Self::GitHub | Self::ClickUp | Self::Other => Vec::new(),
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OpenProject => "OpenProject",
            Self::Redmine => "Redmine",
            Self::Jira => "Jira",
            Self::JiraDataCenter => "Jira-Data-Center",
            Self::GitHub => "GitHub",
            Self::ClickUp => "ClickUp",
            Self::Other => "other",
        })
    }
}
