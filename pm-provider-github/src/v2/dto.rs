//! What comes over the wire. Nearly all of it may be missing: answers may have holes where something is not shown to us.

use chrono::{DateTime, NaiveDate, Utc};
use pm_http::Raw;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A list, one page of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
pub(super) struct Connection<T> {
    #[serde(default = "Option::default")]
    nodes: Option<Vec<Option<T>>>,
    #[serde(default)]
    pub(super) total_count: Option<u64>,
    #[serde(default)]
    page_info: Option<PageInfo>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl<T> Connection<T> {
    /// Where the next page begins, if there is one.
    pub(super) fn next(&self) -> Option<String> {
        let info = self.page_info.as_ref().filter(|info| info.has_next_page)?;
        info.end_cursor.clone()
    }

    /// What is on the page, without its holes.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = T> {
        self.nodes.into_iter().flatten().flatten()
    }

    /// What is on the page, without its holes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().flatten().flatten()
    }
}

/// The answer about one node; of another type than was meant it has nothing of what was asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Node<T> {
    #[serde(default = "Option::default")]
    pub(super) node: Option<T>,
}

/// The answer about many nodes.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Nodes<T> {
    #[serde(default = "Vec::new")]
    pub(super) nodes: Vec<Option<T>>,
}

/// Somebody who has projects.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Owned<T> {
    #[serde(default = "Option::default")]
    pub(super) owner: Option<T>,
}

/// An owner with a page of its projects.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnerProjects {
    #[serde(default)]
    pub(super) projects_v2: Option<Connection<Raw<Project>>>,
}

/// A node of which only the id is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) id: String,
}

/// A Project v2.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Project {
    pub(super) id: Option<String>,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) short_description: Option<String>,
    pub(super) closed: bool,
    pub(super) public: bool,
    pub(super) url: Option<String>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) owner: Option<Person>,
    pub(super) items: Option<Connection<IgnoredAny>>,
}

/// A user, an app or an organisation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Person {
    pub(super) id: Option<String>,
    pub(super) login: Option<String>,
    pub(super) database_id: Option<u64>,
}

/// A project with a page of its fields.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct WithFields {
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) fields: Option<Connection<Field>>,
}

/// A field of a project.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Field {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) options: Vec<Choice>,
    pub(super) configuration: Option<Configuration>,
    /// Only where the field itself was asked for.
    pub(super) project: Option<Reference>,
}

/// A choice of a single-select field.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
}

/// The iterations of a field: those that are over come in a list of their own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Configuration {
    pub(super) iterations: Vec<Raw<Iteration>>,
    pub(super) completed_iterations: Vec<Raw<Iteration>>,
}

/// An iteration.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Iteration {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) start_date: NaiveDate,
    /// In days.
    pub(super) duration: u64,
}

/// A project with a page of its items.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct WithItems<T> {
    #[serde(default = "Option::default")]
    pub(super) items: Option<Connection<T>>,
}

/// An item, as much of it as was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Item {
    /// Empty for a node that is no item.
    pub(super) id: String,
    /// `DRAFT_ISSUE`, `ISSUE`, `PULL_REQUEST` or `REDACTED`.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// A number that grows, as text: what was made within one second is told apart by it.
    pub(super) full_database_id: Option<String>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) project: Option<Reference>,
    pub(super) content: Option<Content>,
    pub(super) field_values: Option<Connection<FieldValue>>,
}

impl Item {
    /// Says whether it is a task: neither a pull request nor something that is not shown to us.
    pub(super) fn is_task(&self) -> bool {
        self.is_draft() || self.is_issue()
    }

    pub(super) fn is_draft(&self) -> bool {
        self.kind == "DRAFT_ISSUE"
    }

    pub(super) fn is_issue(&self) -> bool {
        self.kind == "ISSUE"
    }

    /// When it or what is in it last changed: an edit of an issue does not touch its items.
    pub(super) fn last_change(&self) -> Option<DateTime<Utc>> {
        self.updated_at.max(self.content.as_ref().and_then(|content| content.updated_at))
    }
}

/// What is in an item: a draft or an issue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Content {
    pub(super) id: String,
    pub(super) number: Option<u64>,
    pub(super) title: Option<String>,
    pub(super) body: Option<String>,
    pub(super) url: Option<String>,
    /// `OPEN` or `CLOSED`, of issues only.
    pub(super) state: Option<String>,
    /// `COMPLETED`, `NOT_PLANNED`, `DUPLICATE` or `REOPENED`.
    pub(super) state_reason: Option<String>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    /// Who wrote a draft.
    pub(super) creator: Option<Person>,
    /// Who wrote an issue.
    pub(super) author: Option<Person>,
    pub(super) assignees: Option<Connection<Person>>,
    pub(super) labels: Option<Connection<Label>>,
    pub(super) repository: Option<Repository>,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
}

/// The repository of an issue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Repository {
    pub(super) database_id: Option<u64>,
    pub(super) name_with_owner: String,
}

/// The value of a field of an item. Those of fields that show what the content has have nothing in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FieldValue {
    pub(super) field: Option<Reference>,
    pub(super) text: Option<String>,
    pub(super) number: Option<f64>,
    pub(super) date: Option<NaiveDate>,
    pub(super) option_id: Option<String>,
    /// The name of the choice.
    pub(super) name: Option<String>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) iteration_id: Option<String>,
    /// The title of the iteration.
    pub(super) title: Option<String>,
}

/// A repository with its newest issues.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct WithIssues {
    #[serde(default)]
    pub(super) issues: Option<Connection<Raw<Issue>>>,
}

/// An issue outside of any project.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Issue {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) created_at: Option<DateTime<Utc>>,
}

/// What comes back of a new project.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeProject {
    pub(super) project_v2: Raw<Project>,
}

/// What comes back of a new item: of a draft by one name, of an issue by another.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeItem {
    #[serde(alias = "projectItem")]
    pub(super) item: Raw<Reference>,
}

/// What comes back of a new issue.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct MadeIssue {
    pub(super) issue: Raw<Issue>,
}
