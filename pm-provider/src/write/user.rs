//! Creating and changing users, where a backend has that ability.

use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy_key};
use super::patch::FieldPatch;
use crate::check::{fields_of, touches_of};
use crate::model::{Entity, PMUser};
use crate::setters::{clearers, setters};
use crate::value::RawData;

/// A user to be created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewUser {
    /// The name that people see.
    pub name: String,
    /// The name that the user signs in with, unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where the picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Whether the user can sign in; yes if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The JSON of where the user came from.
    #[serde(default, skip_serializing_if = "RawData::is_none")]
    pub raw_data: RawData,
    /// The same key gives the first user again instead of a second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl NewUser {
    /// Makes an active user.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            login: None,
            email: None,
            avatar_url: None,
            active: None,
            raw_data: RawData::none(),
            idempotency_key: None,
        }
    }

    /// Copies a user into another system; a login or an e-mail address makes the copy safe to repeat.
    #[must_use]
    pub fn copy_of(user: &PMUser) -> Copied<Self> {
        let mut copy = Self::new(user.name.clone());
        copy.login.clone_from(&user.login);
        copy.email.clone_from(&user.email);
        copy.avatar_url.clone_from(&user.avatar_url);
        copy.active = (!user.active).then_some(false);
        copy.raw_data.clone_from(&user.raw_data);
        let address = user.email.as_deref().or(user.login.as_deref());
        copy.idempotency_key = copy_key(Entity::User, user.id.as_str(), None, address, "");
        Copied::new(copy)
    }
}

setters!(NewUser {
    optional login: String,
    optional email: String,
    optional avatar_url: String,
    optional active: bool,
    plain raw_data: RawData,
    optional idempotency_key: String,
});

fields_of!(NewUser, User, {
    required Name name, Login login, Email email, AvatarUrl avatar_url, Active active, RawData raw_data,
});

/// A change of a user: only what is named is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct UserPatch {
    /// The name that people see.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub name: FieldPatch<String>,
    /// The name that the user signs in with.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub login: FieldPatch<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub email: FieldPatch<String>,
    /// Where the picture is.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub avatar_url: FieldPatch<String>,
    /// Whether the user can sign in.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub active: FieldPatch<bool>,
    /// The JSON of where the user came from.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub raw_data: FieldPatch<RawData>,
}

impl UserPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(UserPatch {
    patch name: String,
    patch login: String,
    patch email: String,
    patch avatar_url: String,
    patch active: bool,
    patch raw_data: RawData,
});

clearers!(UserPatch { clear_login login, clear_email email, clear_avatar_url avatar_url });

touches_of!(UserPatch, User, {
    Name name, Login login, Email email, AvatarUrl avatar_url, Active active, RawData raw_data,
});
