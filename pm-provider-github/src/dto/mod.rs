//! The wire types: what GitHub sends, member by member.
//!
//! Every member that a permission, a release of GitHub Enterprise Server or a form of the answer may leave out is optional,
//! and unknown ones are skipped.

mod comment;
mod hook;
mod issue;
mod milestone;
mod repository;
mod user;

pub(crate) use comment::Comment;
pub(crate) use hook::{Delivery, Hook};
pub(crate) use issue::{FieldValue, Issue, IssueAddress, IssueType, Label, Reason, RepositoryAddress, State};
pub(crate) use milestone::Milestone;
pub(crate) use repository::{Permissions, Repository};
pub(crate) use user::User;
