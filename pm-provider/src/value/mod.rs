//! The small values that models are made of: ids, statuses, priorities, durations, raw data.

mod custom;
mod hours;
mod id;
mod native;
mod overrides;
mod priority;
mod raw;
mod status;
mod visibility;
mod vocabulary;

pub use custom::{CustomFields, CustomValue};
pub use hours::Hours;
pub use id::{AttachmentId, CommentId, ProjectId, RelationId, SprintId, TaskId, UserId, Version, WebhookId};
pub use native::{Native, Wanted};
pub use overrides::Overrides;
pub use priority::{Priority, PriorityLevel, PriorityRef};
pub use raw::RawData;
pub use status::{
    ProjectStatus, ProjectStatusCategory, ProjectStatusRef, SprintStatus, SprintStatusCategory, SprintStatusRef,
    Status, StatusCategory, StatusRef,
};
pub use visibility::Visibility;
pub use vocabulary::Vocabulary;

use chrono::{DateTime, SubsecRound, Utc};

/// Truncates a time to microseconds, the precision that every backend of this project keeps.
#[must_use]
pub fn micros(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}
