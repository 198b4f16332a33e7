//! Comments.

use pm_http::Raw;
use pm_provider::{UserId, Visibility};

use crate::api::Api;
use crate::dto::{Comment, Moment, User};

/// A comment on an issue.
pub(crate) fn comment(raw: Raw<Comment>, task: u64) -> pm_provider::Comment {
    let Raw { item, raw } = raw;
    let body = Api::shown_text(&item.body);
    let mut comment = pm_provider::Comment::new(item.id.to_string(), task.to_string(), body).raw_data(raw);
    comment.author_id = item.author.as_ref().and_then(User::id).map(UserId::new);
    comment.author_name = item.author.as_ref().and_then(User::shown_name).map(ToOwned::to_owned);
    comment.visibility = if item.is_restricted() { Visibility::Restricted } else { Visibility::Public };
    comment.created_at = item.created.map(Moment::utc);
    comment.updated_at = item.updated.map(Moment::utc);
    comment
}
