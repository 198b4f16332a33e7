//! People.

use pm_http::Raw;
use pm_provider::PMUser;

use crate::dto::User;

/// A user of the contract; `None` for nobody. The name is none to sign in with, and not unique: no login is told.
pub(crate) fn user(raw: Raw<User>) -> Option<PMUser> {
    let Raw { item, raw } = raw;
    if item.id.is_empty() {
        return None;
    }
    // Who was invited and never came has no name yet.
    let name = item.username.or_else(|| item.email.clone()).unwrap_or_else(|| item.id.clone());
    let mut user = PMUser::new(item.id, name).raw_data(raw);
    user.email = item.email;
    user.avatar_url = item.picture;
    Some(user)
}
