//! The wire types: what Jira sends, member by member.
//!
//! Cloud and Data Center share them. Every member that one of them lacks, or that a permission hides, is optional, and
//! unknown ones are skipped.

mod attachment;
mod comment;
mod dictionary;
mod issue;
mod link;
mod moment;
mod page;
mod planning;
mod project;
mod screen;
mod user;
mod workflow;

pub(crate) use attachment::{Attachment, WithAttachments};
pub(crate) use comment::Comment;
pub(crate) use dictionary::{FieldInfo, FieldSchema, IssueType, Priority, ServerInfo, Status, TypeStatuses};
pub(crate) use issue::{Fields, Issue, Mark, Named, Person, is_ignored, lenient, or_default};
pub(crate) use link::{Link, LinkType, LinkTypes};
pub(crate) use moment::{Moment, moment};
pub(crate) use page::{Id, Paged};
pub(crate) use planning::{Board, Sprint};
pub(crate) use project::{Made, Project};
pub(crate) use screen::{Allowed, EditMeta, FieldMeta, Screen};
pub(crate) use user::User;
pub(crate) use workflow::{Transition, WorkflowRead};
