//! What every backend's items become: the unified models.

mod attachment;
mod comment;
mod entity;
mod health;
mod project;
mod pull_request;
mod relation;
mod sprint;
mod task;
mod user;

pub use attachment::{Attachment, AttachmentContent};
pub use comment::Comment;
pub use entity::Entity;
pub use health::Health;
pub use project::PMProject;
pub use pull_request::{
    Check, CheckState, LinkReason, LinkedPullRequest, LinkedPullRequests, Mergeability, PullRequest,
    PullRequestDetails, PullRequestState, Review, ReviewDecision, ReviewState,
};
pub use relation::{Relation, RelationKind};
pub use sprint::PMSprint;
pub use task::PMTask;
pub use user::PMUser;
