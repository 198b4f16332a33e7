#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! | Module | What it holds |
//! |---|---|
//! | [`provider`] | [`PmProvider`], what a backend implements |
//! | [`ext`] | [`PmProviderExt`], what callers enjoy |
//! | [`model`] | [`PMProject`], [`PMTask`], [`PMSprint`], [`PMUser`], [`Comment`] and friends |
//! | [`write`](mod@write) | `New*` and `*Patch`: what is created and changed |
//! | [`query`] | `*Query`, [`Page`], [`Cursor`] |
//! | [`value`] | ids, status, priority, durations, raw data |
//! | [`capability`] | what a backend can do, and [`Needs`] |
//! | [`check`] | what is refused before any request, from the capabilities |
//! | [`ability`] | optional abilities: comments, batch, change feed … |
//! | [`layer`] | the forwarding wrapper and interceptors |
//! | [`registry`] | settings, factories, secrets |
//! | [`error`] | the one [`Error`] |

pub mod ability;
pub mod capability;
pub mod error;
pub mod ext;
pub mod layer;
#[cfg(feature = "mock")]
pub mod mock;
pub mod model;
pub mod provider;
pub mod query;
pub mod registry;
pub mod value;
pub mod write;

pub mod check;
mod setters;

pub use ability::{
    Attachments, Batch, BatchOperation, BatchOptions, BatchOutcome, Change, ChangeFacts, ChangeKind, ChangePage,
    ChangeQuery, Changes, Comments, Existence, Item, ItemRef, Marked, MarkerQuery, NewWebhook, PullRequests, Relations,
    SyncSupport, UserAdmin, Webhook, WebhookAdmin, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookEventKind,
    Webhooks,
};
pub use capability::{
    Ability, Capabilities, CreateGuarantee, CustomField, CustomFieldKind, EntityCapabilities, Field, FieldSupport,
    Filter, Needs, Operation, ParentTypes, ProjectSchema, Support, TextSearch,
};
pub use error::{Effect, Error, ErrorKind, FieldError, Result, Retry};
pub use ext::PmProviderExt;
pub use layer::{Answered, Call, Interceptor, Layer, Next, intercept};
#[cfg(feature = "mock")]
pub use mock::{MockPmProvider, mock_provider};
pub use model::{
    Attachment, AttachmentContent, Check, CheckState, Comment, Entity, Health, LinkReason, LinkedPullRequest,
    LinkedPullRequests, Mergeability, PMProject, PMSprint, PMTask, PMUser, PullRequest, PullRequestDetails,
    PullRequestState, Relation, RelationKind, Review, ReviewDecision, ReviewState,
};
pub use provider::PmProvider;
pub use query::{
    AttachmentQuery, CommentQuery, Cursor, Direction, Freshness, Match, Page, ProjectQuery, PullRequestQuery,
    RelationQuery, Sort, SortField, SprintQuery, TaskQuery, UserQuery,
};
pub use registry::{
    BuildContext, Clock, ConnectionColumn, Exposure, ProviderFactory, ProviderRegistry, Secret, SecretReference,
    SecretResolver, SettingSpec, SettingValue, Settings, SystemClock,
};
pub use value::{
    AttachmentId, CommentId, CustomFields, CustomValue, Hours, Native, Overrides, Priority, PriorityLevel, PriorityRef,
    ProjectId, ProjectStatus, ProjectStatusCategory, ProjectStatusRef, RawData, RelationId, SprintId, SprintStatus,
    SprintStatusCategory, SprintStatusRef, Status, StatusCategory, StatusRef, TaskId, UserId, Version, Visibility,
    Vocabulary, Wanted, WebhookId,
};
pub use write::{
    CommentPatch, Contents, Copied, DeleteOptions, Dropped, FieldPatch, NewComment, NewProject, NewPullRequest,
    NewRelation, NewSprint, NewTask, NewUser, ProjectPatch, SetPatch, SprintPatch, TaskPatch, UserPatch,
};
