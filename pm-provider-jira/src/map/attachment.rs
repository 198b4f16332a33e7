//! Files that hang on issues.

use pm_http::Raw;
use pm_provider::UserId;

use crate::dto::{Attachment, Moment, User};

/// An attachment of an issue.
pub(crate) fn attachment(raw: Raw<Attachment>, task: u64) -> pm_provider::Attachment {
    let Raw { item, raw } = raw;
    let (id, task) = (item.id.to_string(), task.to_string());
    let mut attachment = pm_provider::Attachment::new(id, task, item.filename).raw_data(raw);
    attachment.size = item.size;
    attachment.content_type = item.mime_type;
    attachment.author_id = item.author.as_ref().and_then(User::id).map(UserId::new);
    attachment.author_name = item.author.as_ref().and_then(User::shown_name).map(ToOwned::to_owned);
    attachment.created_at = item.created.map(Moment::utc);
    attachment.url = item.content;
    attachment
}
