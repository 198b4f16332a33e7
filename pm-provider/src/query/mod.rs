//! What is asked for, and how the answer comes: queries, pages, cursors.

mod attachment;
mod comment;
mod cursor;
mod filter;
mod freshness;
mod page;
mod project;
mod pull_request;
mod relation;
mod sort;
mod sprint;
mod task;
mod user;

pub use attachment::AttachmentQuery;
pub use comment::CommentQuery;
pub use cursor::Cursor;
pub use filter::Match;
pub use freshness::Freshness;
pub use page::Page;
pub use project::ProjectQuery;
pub use pull_request::PullRequestQuery;
pub use relation::RelationQuery;
pub use sort::{Direction, Sort, SortField};
pub use sprint::SprintQuery;
pub use task::TaskQuery;
pub use user::UserQuery;
