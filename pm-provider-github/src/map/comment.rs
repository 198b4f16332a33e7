//! Comments.

use pm_http::{Marker, Raw};
use pm_provider::UserId;

use crate::dto::Comment;
use crate::ids;

/// A comment on an issue.
pub(crate) fn comment(raw: Raw<Comment>, repository: u64, issue: u64) -> pm_provider::Comment {
    let Raw { item, raw } = raw;
    let text = item.body.unwrap_or_default();
    let body = Marker::take_out(&text).0.into_owned();
    let (id, task) = (ids::of_comment(repository, item.id), ids::of_issue(repository, issue));
    let mut comment = pm_provider::Comment::new(id, task, body).raw_data(raw);
    let user = item.user.as_ref();
    comment.author_id = user.and_then(|user| user.id).map(|id| UserId::new(id.to_string()));
    comment.author_name = user.and_then(|user| user.shown_name()).map(ToOwned::to_owned);
    comment.created_at = item.created_at;
    comment.updated_at = item.updated_at;
    comment
}
