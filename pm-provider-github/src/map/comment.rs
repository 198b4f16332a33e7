//! Comments.

use pm_http::{Marker, Raw};
use pm_provider::UserId;

use crate::dto::{Comment, User};
use crate::ids;

/// Who stands on GitHub's pages for people whose accounts are gone, of whom the API says nothing:
/// <https://docs.github.com/en/account-and-profile/concepts/deletion-of-your-personal-account>. Without a name a copy of the
/// comment would be taken for the copier's own.
const GHOST: &str = "ghost";

/// A comment on an issue.
pub(crate) fn comment(raw: Raw<Comment>, repository: u64, issue: u64) -> pm_provider::Comment {
    let Raw { item, raw } = raw;
    let text = item.body.unwrap_or_default();
    let body = Marker::take_out(&text).0.into_owned();
    let (id, task) = (ids::of_comment(repository, item.id), ids::of_issue(repository, issue));
    let mut comment = pm_provider::Comment::new(id, task, body).raw_data(raw);
    let user = item.user.as_ref();
    comment.author_id = user.and_then(|user| user.id).map(|id| UserId::new(id.to_string()));
    comment.author_name = Some(user.and_then(User::shown_name).unwrap_or(GHOST).to_owned());
    comment.created_at = item.created_at;
    comment.updated_at = item.updated_at;
    comment
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_is_gone_is_a_ghost() {
        let read = |json: &str| comment(serde_json::from_str(json).unwrap(), 42, 7);
        let gone = read(r#"{"id": 1, "body": "x", "user": null}"#);
        assert_eq!((gone.author_id, gone.author_name.as_deref()), (None, Some("ghost")));
        let ada = read(r#"{"id": 1, "body": "x", "user": {"id": 3, "login": "ada"}}"#);
        assert_eq!((ada.author_id, ada.author_name.as_deref()), (Some("3".into()), Some("ada")));
    }
}
