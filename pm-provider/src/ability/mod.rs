//! Optional abilities: a provider has each as a whole or not at all, and says so without a request.
//!
//! Each is a trait of its own behind an accessor of [`PmProvider`](crate::PmProvider), so that a new one never
//! breaks a third party's provider.

mod attachments;
mod batch;
mod changes;
mod comments;
mod item;
mod pull_requests;
mod relations;
mod sync_support;
mod user_admin;
mod webhook_admin;
mod webhooks;

pub use attachments::Attachments;
pub use batch::{Batch, BatchOperation, BatchOptions, BatchOutcome};
pub use changes::{Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes};
pub use comments::Comments;
pub use item::{Item, ItemRef};
pub use pull_requests::PullRequests;
pub use relations::Relations;
pub use sync_support::{Existence, Marked, MarkerQuery, SyncSupport};
pub use user_admin::UserAdmin;
pub use webhook_admin::{NewWebhook, Webhook, WebhookAdmin, WebhookAttempt};
pub use webhooks::{WebhookDelivery, WebhookEvent, WebhookEventKind, Webhooks};
