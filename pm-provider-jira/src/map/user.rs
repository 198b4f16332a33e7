//! People.

use pm_http::Raw;
use pm_provider::PMUser;

use crate::dto::User;

/// A person; `None` for one without any id.
pub(crate) fn user(raw: Raw<User>) -> Option<PMUser> {
    let Raw { item, raw } = raw;
    let name = item.shown_name()?.to_owned();
    let mut user = PMUser::new(item.id()?, name).active(item.active.unwrap_or(true)).raw_data(raw);
    user.login = item.name.filter(|_| item.account_id.is_none());
    user.email = item.email_address.filter(|address| !address.is_empty());
    user.avatar_url = item.avatar_urls.get("48x48").cloned();
    Some(user)
}
