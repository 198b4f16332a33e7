//! The items: projects, work packages, versions, sprints, people, comments, relations.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::hal::{Formattable, Link};

/// A project.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) identifier: Option<String>,
    pub(crate) name: String,
    pub(crate) active: Option<bool>,
    pub(crate) public: Option<bool>,
    pub(crate) description: Option<Formattable>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: ProjectLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectLinks {
    pub(crate) status: Option<Link>,
}

/// A work package.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkPackage {
    pub(crate) id: u64,
    /// The identifier that people see, on servers with semantic identifiers: `PROJ-42`.
    pub(crate) display_id: Option<String>,
    pub(crate) lock_version: Option<u64>,
    pub(crate) subject: String,
    pub(crate) description: Option<Formattable>,
    pub(crate) start_date: Option<NaiveDate>,
    pub(crate) due_date: Option<NaiveDate>,
    /// The day of a milestone.
    pub(crate) date: Option<NaiveDate>,
    pub(crate) estimated_time: Option<String>,
    pub(crate) spent_time: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(rename = "_links")]
    pub(crate) links: WorkPackageLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkPackageLinks {
    #[serde(default)]
    pub(crate) project: Link,
    #[serde(default, rename = "type")]
    pub(crate) kind: Link,
    #[serde(default)]
    pub(crate) status: Link,
    pub(crate) priority: Option<Link>,
    pub(crate) author: Option<Link>,
    pub(crate) assignee: Option<Link>,
    pub(crate) parent: Option<Link>,
    pub(crate) version: Option<Link>,
    pub(crate) sprint: Option<Link>,
    /// Only there on servers that have labels.
    pub(crate) labels: Option<Vec<Link>>,
    /// The children that we may see.
    pub(crate) children: Option<Vec<Link>>,
    /// Where the fields of this project and type are described.
    pub(crate) schema: Option<Link>,
}

/// A version: a sprint of every server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<Formattable>,
    pub(crate) start_date: Option<NaiveDate>,
    pub(crate) end_date: Option<NaiveDate>,
    pub(crate) status: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: VersionLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VersionLinks {
    pub(crate) defining_project: Option<Link>,
}

/// A sprint of the newest servers, which are read-only.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<Formattable>,
    pub(crate) start_date: Option<NaiveDate>,
    pub(crate) finish_date: Option<NaiveDate>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: SprintLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SprintLinks {
    pub(crate) defining_workspace: Option<Link>,
    pub(crate) status: Option<Link>,
}

/// A user, a group or a placeholder.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Principal {
    pub(crate) id: u64,
    /// `User`, `Group` or `PlaceholderUser`.
    #[serde(rename = "_type")]
    pub(crate) kind: Option<String>,
    pub(crate) name: String,
    pub(crate) login: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) status: Option<String>,
}

/// An entry of the journal of a work package; a comment where it has a text.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activity {
    pub(crate) id: u64,
    pub(crate) comment: Option<Formattable>,
    /// Not there on servers without internal comments.
    pub(crate) internal: Option<bool>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: ActivityLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityLinks {
    pub(crate) work_package: Option<Link>,
    pub(crate) user: Option<Link>,
}

/// A file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) file_name: String,
    pub(crate) file_size: Option<u64>,
    pub(crate) content_type: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "_links")]
    pub(crate) links: AttachmentLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct AttachmentLinks {
    pub(crate) author: Option<Link>,
    /// What it hangs on: a work package, a wiki page, a meeting.
    pub(crate) container: Option<Link>,
}

impl Attachment {
    /// Says whether it hangs on a work package.
    pub(crate) fn is_of(&self, work_package: u64) -> bool {
        let container = self.links.container.as_ref();
        let is_work_package = |link: &&Link| link.href.as_deref().is_some_and(|href| href.contains("/work_packages/"));
        container.filter(is_work_package).and_then(Link::id) == Some(work_package)
    }
}

/// A relation between two work packages.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Relation {
    pub(crate) id: u64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) name: Option<String>,
    #[serde(rename = "_links")]
    pub(crate) links: RelationLinks,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelationLinks {
    pub(crate) from: Link,
    pub(crate) to: Link,
}
