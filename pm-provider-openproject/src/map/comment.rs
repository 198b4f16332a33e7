//! Comments: the entries of a journal that have a text.

use pm_http::{Marker, Raw};
use pm_provider::value::micros;
use pm_provider::{Comment, Visibility};

use crate::dto;

/// Says whether an entry of the journal is a comment: the others only tell what changed.
pub(crate) fn is_comment(activity: &dto::Activity) -> bool {
    let raw = activity.comment.as_ref().and_then(|comment| comment.raw.as_deref());
    raw.is_some_and(|raw| !raw.is_empty())
}

/// Makes a comment on a task.
pub(crate) fn comment(raw: Raw<dto::Activity>, task: u64) -> Comment {
    let Raw { item, raw } = raw;
    let stored = item.comment.and_then(|comment| comment.raw).unwrap_or_default();
    let (body, _) = Marker::take_out(&stored);
    let mut comment = Comment::new(item.id.to_string(), task.to_string(), body).raw_data(raw);
    let author = item.links.user.unwrap_or_default();
    comment.author_id = author.id().map(|id| id.to_string().into());
    comment.author_name = author.title;
    comment.visibility = if item.internal == Some(true) { Visibility::Restricted } else { Visibility::Public };
    comment.created_at = item.created_at.map(micros);
    comment.updated_at = item.updated_at.map(micros);
    comment
}
