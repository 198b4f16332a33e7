//! People.

use pm_http::Raw;
use pm_provider::PMUser;

use crate::dto::User;

/// A person; `None` for one without an id or a login.
pub(crate) fn user(raw: Raw<User>) -> Option<PMUser> {
    let Raw { item, raw } = raw;
    let mut user = PMUser::new(item.id?.to_string(), item.shown_name()?).raw_data(raw);
    user.active = item.suspended_at.is_none();
    user.email = item.email.filter(|email| !email.is_empty());
    user.avatar_url = item.avatar_url.filter(|url| !url.is_empty());
    user.login = item.login;
    Some(user)
}
