//! Who is who.

use std::collections::{BTreeMap, BTreeSet};

use pm_provider::PMUser;

use crate::config::SyncConfig;
use crate::item::Pair;
use crate::store::{UserLink, UserMatch};

/// Finds who is one person: by what the mapping says, by an e-mail address that nobody else has, by a login that nobody
/// else has; without regard to case. Accounts that are switched off are only ever found by what the mapping says, and
/// nobody is found twice.
#[must_use]
pub fn match_users(config: &SyncConfig, a: &[PMUser], b: &[PMUser]) -> Vec<UserLink> {
    let mut found = Found::default();
    for (ours, theirs) in &config.users {
        let pair = (only(a, |user| is_called(user, ours)), only(b, |user| is_called(user, theirs)));
        if let (Some(ours), Some(theirs)) = pair {
            found.link(ours, theirs, UserMatch::Explicit);
        }
    }
    found.by(a, b, UserMatch::Email, |user| user.email.as_deref());
    found.by(a, b, UserMatch::Login, |user| user.login.as_deref());
    found.links
}

#[derive(Default)]
struct Found {
    links: Vec<UserLink>,
    taken: Pair<BTreeSet<String>>,
}

impl Found {
    fn is_free(&self, a: &PMUser, b: &PMUser) -> bool {
        !self.taken.a.contains(a.id.as_str()) && !self.taken.b.contains(b.id.as_str())
    }

    fn link(&mut self, a: &PMUser, b: &PMUser, how: UserMatch) {
        if !self.is_free(a, b) {
            return;
        }
        let ids = Pair::new(a.id.as_str().to_owned(), b.id.as_str().to_owned());
        self.taken.a.insert(ids.a.clone());
        self.taken.b.insert(ids.b.clone());
        self.links.push(UserLink { ids, how });
    }

    fn by<'u>(&mut self, a: &'u [PMUser], b: &'u [PMUser], how: UserMatch, key: fn(&PMUser) -> Option<&str>) {
        let (ours, theirs) = (unique(a, key), unique(b, key));
        for (word, user) in ours {
            if let Some(twin) = theirs.get(&word).filter(|twin| user.active && twin.active) {
                self.link(user, twin, how);
            }
        }
    }
}

/// Users by a word that nobody else has, be their accounts switched off or not.
fn unique(users: &[PMUser], key: fn(&PMUser) -> Option<&str>) -> BTreeMap<String, &PMUser> {
    let mut found: BTreeMap<String, Option<&PMUser>> = BTreeMap::new();
    for user in users {
        if let Some(word) = key(user).map(fold).filter(|word| !word.is_empty()) {
            found.entry(word).and_modify(|one| *one = None).or_insert(Some(user));
        }
    }
    found.into_iter().filter_map(|(word, user)| Some((word, user?))).collect()
}

/// By e-mail address, login or id.
fn is_called(user: &PMUser, word: &str) -> bool {
    let named = [user.email.as_deref(), user.login.as_deref()].into_iter().flatten();
    user.id.as_str() == word || named.into_iter().any(|name| fold(name) == fold(word))
}

fn only(users: &[PMUser], is_meant: impl Fn(&PMUser) -> bool) -> Option<&PMUser> {
    let mut meant = users.iter().filter(|user| is_meant(user));
    let first = meant.next()?;
    meant.next().is_none().then_some(first)
}

fn fold(word: &str) -> String {
    word.trim().to_lowercase()
}
