//! A user is one other user only.

use std::collections::BTreeMap;

use super::UserLink;

/// Users by their id on side `A`.
pub(super) type Users = BTreeMap<String, UserLink>;

/// Takes pairs of users over, one after the other: each replaces those that have either of its ids.
pub(super) fn pair_up(known: &mut Users, users: impl IntoIterator<Item = UserLink>) {
    for user in users {
        known.retain(|_, other| other.ids.b != user.ids.b);
        known.insert(user.ids.a.clone(), user);
    }
}
