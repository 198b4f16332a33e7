//! What is created and changed: `New*`, `*Patch` and what goes with them.

mod comment;
mod copy;
mod delete;
mod patch;
mod project;
mod pull_request;
mod relation;
mod sprint;
mod task;
mod user;

pub use comment::{CommentPatch, NewComment};
pub use copy::{Copied, Dropped};
pub use delete::{Contents, DeleteOptions};
pub use patch::{FieldPatch, SetPatch};
pub use project::{NewProject, ProjectPatch};
pub use pull_request::NewPullRequest;
pub use relation::NewRelation;
pub use sprint::{NewSprint, SprintPatch};
pub use task::{NewTask, TaskPatch};
pub use user::{NewUser, UserPatch};
