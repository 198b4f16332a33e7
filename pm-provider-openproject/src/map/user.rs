//! People.

use pm_http::Raw;
use pm_provider::PMUser;

use crate::dto;

/// Makes a user. What a missing permission hides stays empty.
pub(crate) fn user(raw: Raw<dto::Principal>) -> PMUser {
    let Raw { item, raw } = raw;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let mut user = PMUser::new(item.id.to_string(), item.name).raw_data(raw);
    user.login = filled(item.login);
    user.email = filled(item.email);
    user.avatar_url = filled(item.avatar);
    user.active = item.status.as_deref() != Some("locked");
    user
}

/// Says whether it is a person: groups and placeholders are principals too.
pub(crate) fn is_user(principal: &dto::Principal) -> bool {
    principal.kind.as_deref().is_none_or(|kind| kind == "User")
}
