//! People by id and by login: writes and queries want the login, which may change; ids never do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pm_http::ids::number;
use pm_http::named;
use pm_provider::{Error, Result, UserId};
use tokio::time::Instant;

use crate::api::Api;
use crate::{dto, endpoints};

/// How long a login is believed.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// How many people are remembered before it is begun anew.
const MOST: usize = 10_000;

/// The people that answers told of.
#[derive(Debug, Default)]
pub(crate) struct People(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    logins: HashMap<u64, (Instant, String)>,
    /// By login, in lower case.
    ids: HashMap<String, (Instant, u64)>,
}

impl People {
    /// Remembers somebody whom an answer told of.
    pub(crate) fn learn(&self, user: &dto::User) {
        let (Some(id), Some(login)) = (user.id, user.login.as_deref()) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.logins.len() >= MOST || known.ids.len() >= MOST {
            *known = Known::default();
        }
        let now = Instant::now();
        known.logins.insert(id, (now, login.to_owned()));
        known.ids.insert(login.to_ascii_lowercase(), (now, id));
    }

    /// Remembers people whom items name, by id and login.
    pub(crate) fn learn_all<'a>(&self, people: impl IntoIterator<Item = (u64, &'a str)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        for (id, login) in people {
            // Who is known well is not written down again: lists name the same few people on every row.
            let is_known = |(since, old): &(Instant, String)| old == login && since.elapsed() < LIFE / 2;
            if known.logins.get(&id).is_some_and(is_known) {
                continue;
            }
            if known.logins.len() >= MOST || known.ids.len() >= MOST {
                *known = Known::default();
            }
            known.logins.insert(id, (now, login.to_owned()));
            known.ids.insert(login.to_ascii_lowercase(), (now, id));
        }
    }

    fn login(&self, id: u64) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, login) = known.logins.get(&id)?;
        (since.elapsed() < LIFE).then(|| login.clone())
    }
}

impl Api {
    /// The login of a user, for writes and queries. An id that is no number is a login already.
    ///
    /// # Errors
    /// `NotFound` where nobody has that id.
    pub(crate) async fn login_of(&self, id: &UserId) -> Result<String> {
        let Some(number) = number(id.as_str()) else {
            let is_login = is_login(id.as_str());
            return if is_login { Ok(id.to_string()) } else { Err(Error::not_found("user", id)) };
        };
        if let Some(login) = self.people.login(number) {
            return Ok(login);
        }
        let user: Result<dto::User> = self.get(&endpoints::GET_USER_BY_ID, &[&number.to_string()]).await;
        let user = user.map_err(|error| named(error, "user", id))?;
        self.people.learn(&user);
        user.login.ok_or_else(|| Error::not_found("user", id))
    }
}

/// Letters, digits and hyphens, `[bot]` at the end of those of apps, `_` where an enterprise manages its users.
pub(crate) fn is_login(text: &str) -> bool {
    let name = text.strip_suffix("[bot]").unwrap_or(text);
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_plain && !name.is_empty() && !name.bytes().all(|byte| byte.is_ascii_digit())
}
