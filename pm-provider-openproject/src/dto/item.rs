//! The items: projects, work packages, versions, sprints, people, comments, relations.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::hal::{Formattable, Link};

/// A project.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) identifier: Option<String>,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) active: Option<bool>,
    #[serde(default)]
    pub(crate) public: Option<bool>,
    #[serde(default)]
    pub(crate) description: Option<Formattable>,
    #[serde(default, rename = "createdAt")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "updatedAt")]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: ProjectLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ProjectLinks {
    #[serde(default)]
    pub(crate) status: Option<Link>,
}

/// A work package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct WorkPackage {
    pub(crate) id: u64,
    /// The identifier that people see, on servers with semantic identifiers: `PROJ-42`.
    #[serde(default, rename = "displayId")]
    pub(crate) display_id: Option<String>,
    #[serde(default, rename = "lockVersion")]
    pub(crate) lock_version: Option<u64>,
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) description: Option<Formattable>,
    #[serde(default, rename = "startDate")]
    pub(crate) start_date: Option<NaiveDate>,
    #[serde(default, rename = "dueDate")]
    pub(crate) due_date: Option<NaiveDate>,
    /// The day of a milestone.
    #[serde(default)]
    pub(crate) date: Option<NaiveDate>,
    #[serde(default, rename = "estimatedTime")]
    pub(crate) estimated_time: Option<String>,
    #[serde(default, rename = "spentTime")]
    pub(crate) spent_time: Option<String>,
    #[serde(default, rename = "createdAt")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "updatedAt")]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(rename = "_links")]
    pub(crate) links: WorkPackageLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct WorkPackageLinks {
    #[serde(default)]
    pub(crate) project: Link,
    #[serde(default, rename = "type")]
    pub(crate) kind: Link,
    #[serde(default)]
    pub(crate) status: Link,
    #[serde(default)]
    pub(crate) priority: Option<Link>,
    #[serde(default)]
    pub(crate) author: Option<Link>,
    #[serde(default)]
    pub(crate) assignee: Option<Link>,
    #[serde(default)]
    pub(crate) parent: Option<Link>,
    #[serde(default)]
    pub(crate) version: Option<Link>,
    #[serde(default)]
    pub(crate) sprint: Option<Link>,
    /// Only there on servers that have labels.
    #[serde(default)]
    pub(crate) labels: Option<Vec<Link>>,
    /// The children that we may see.
    #[serde(default)]
    pub(crate) children: Option<Vec<Link>>,
    /// Where the fields of this project and type are described.
    #[serde(default)]
    pub(crate) schema: Option<Link>,
}

/// A version: a sprint of every server.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Version {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<Formattable>,
    #[serde(default, rename = "startDate")]
    pub(crate) start_date: Option<NaiveDate>,
    #[serde(default, rename = "endDate")]
    pub(crate) end_date: Option<NaiveDate>,
    #[serde(default)]
    pub(crate) status: Option<String>,
    #[serde(default, rename = "createdAt")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "updatedAt")]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: VersionLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct VersionLinks {
    #[serde(default, rename = "definingProject")]
    pub(crate) defining_project: Option<Link>,
}

/// A sprint of the newest servers, which are read-only.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<Formattable>,
    #[serde(default, rename = "startDate")]
    pub(crate) start_date: Option<NaiveDate>,
    #[serde(default, rename = "finishDate")]
    pub(crate) finish_date: Option<NaiveDate>,
    #[serde(default, rename = "createdAt")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "updatedAt")]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: SprintLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct SprintLinks {
    #[serde(default, rename = "definingWorkspace")]
    pub(crate) defining_workspace: Option<Link>,
    #[serde(default)]
    pub(crate) status: Option<Link>,
}

/// A user, a group or a placeholder.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Principal {
    pub(crate) id: u64,
    /// `User`, `Group` or `PlaceholderUser`.
    #[serde(default, rename = "_type")]
    pub(crate) kind: Option<String>,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) login: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) avatar: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<String>,
}

/// An entry of the journal of a work package; a comment where it has a text.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Activity {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) comment: Option<Formattable>,
    /// Not there on servers without internal comments.
    #[serde(default)]
    pub(crate) internal: Option<bool>,
    #[serde(default, rename = "createdAt")]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "updatedAt")]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: ActivityLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ActivityLinks {
    #[serde(default, rename = "workPackage")]
    pub(crate) work_package: Option<Link>,
    #[serde(default)]
    pub(crate) user: Option<Link>,
}

/// A relation between two work packages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Relation {
    pub(crate) id: u64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(rename = "_links")]
    pub(crate) links: RelationLinks,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RelationLinks {
    pub(crate) from: Link,
    pub(crate) to: Link,
}
