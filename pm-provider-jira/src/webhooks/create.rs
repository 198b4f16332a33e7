//! New webhooks: none that is there already, and none whose secret is not the wanted one.
//!
//! Jira shows of a secret at most whether there is one. It is proven where a server shows it, or where we ourselves made
//! the webhook and nobody has changed it since.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use pm_http::{Creating, Made, Marker, Raw};
use pm_provider::{Effect, Error, ErrorKind, NewWebhook, Result, Secret, Webhook};
use serde_json::Value;

use super::admin::{Wanted, admins_only};
use super::row::Row;
use crate::api::Api;

/// The secrets of the webhooks that we made, and how each was dated then.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<String, (Secret, Value)>>);

impl Memory {
    fn remember(&self, row: &Row, secret: &Secret) {
        let Some(id) = row.id().filter(|_| !row.changed().is_null()) else { return };
        let made = (secret.clone(), row.changed().clone());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, made);
    }

    fn knows(&self, row: &Row, secret: &Secret) -> bool {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = row.id().and_then(|id| made.get(&id));
        kept.is_some_and(|(kept, changed)| kept.expose() == secret.expose() && changed == row.changed())
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// What was there before anything was sent.
#[derive(Default)]
struct Before {
    /// All of them: what is not among them is new.
    ids: HashSet<String>,
    /// Those that do what is wanted, but for a secret that nobody can see.
    doubtful: Vec<String>,
}

impl Api {
    pub(super) async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook> {
        let wanted = &self.wanted_webhook(new).await?;
        let before = &Mutex::new(None::<Before>);
        let identity = format!("webhook {} {:?} {:?}", wanted.url, wanted.scope, wanted.entities);
        // Whatever does the same is the same: it is looked for before anything is sent.
        let marker = Marker::of("webhook", &identity);
        let send = move || async move {
            let row = self.write::<Row>(wanted.requests.create, &[], &wanted.body()).await.map_err(admins_only)?;
            Ok(Made::new(row.item.id().unwrap_or_default(), row))
        };
        let find = move |_| self.find_webhook(wanted, before);
        let creating = Creating::new(identity, Some(&marker), "the list of webhooks".to_owned(), send, find);
        let row = self.http.create(&creating).await?.row;
        if creating.is_new() {
            let before = before.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.settle_webhook(wanted, &row.item, before.unwrap_or_default().doubtful).await?;
        }
        wanted.shown(row)
    }

    /// The first look says what is there; a later one, after an answer that was lost, what has come since.
    async fn find_webhook(&self, wanted: &Wanted, before: &Mutex<Option<Before>>) -> Result<Vec<Made<Row>>> {
        let rows = self.webhook_rows(&wanted.requests).await?;
        let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |rows: Vec<Raw<Row>>| rows.into_iter().filter(|row| wanted.is_done_by(&row.item));
        if let Some(before) = before.as_ref() {
            let is_new = |made: &Made<Row>| !before.ids.contains(&made.id);
            return Ok(same(rows).filter_map(made).filter(is_new).collect());
        }
        let ids = rows.iter().filter_map(|row| row.item.id()).collect();
        let (proven, doubtful): (Vec<_>, Vec<_>) = same(rows).partition(|row| self.is_proven(&row.item, wanted));
        if proven.is_empty() {
            let doubtful = doubtful.iter().map(|row| ours(&row.item, wanted)).collect::<Result<Vec<_>>>()?;
            *before = Some(Before { ids, doubtful });
        }
        Ok(proven.into_iter().filter_map(made).collect())
    }

    fn is_proven(&self, row: &Row, wanted: &Wanted) -> bool {
        let Some(secret) = &wanted.secret else { return true };
        row.secret() == Some(secret.expose()) || self.webhooks.knows(row, secret)
    }

    /// Makes sure that the secret was taken, and ends what the new webhook replaces.
    async fn settle_webhook(&self, wanted: &Wanted, row: &Row, replaced: Vec<String>) -> Result<()> {
        let id = row.id().unwrap_or_default();
        let halfway = |error: Error, failed: String| {
            let applied = vec!["the new webhook".to_owned()];
            error.with_effect(Effect::Partial { id: id.clone(), applied, failed: vec![failed] })
        };
        if let Some(secret) = &wanted.secret {
            if row.is_unsigned() {
                let ended = self.end_webhook(&wanted.requests, &id).await;
                ended.map_err(|error| halfway(error, "its end, for it has no secret".to_owned()))?;
                return Err(Error::unsupported("this Jira made the webhook without the secret; it was ended again"));
            }
            self.webhooks.remember(row, secret);
        }
        for old in replaced {
            let ended = self.end_webhook(&wanted.requests, &old).await;
            ended.map_err(|error| halfway(error, format!("the end of the webhook `{old}`, which it replaces")))?;
        }
        Ok(())
    }
}

fn made(row: Raw<Row>) -> Option<Made<Row>> {
    Some(Made::new(row.item.id()?, row))
}

/// The id of a webhook that may be replaced: one that has the name which ours would have.
fn ours(row: &Row, wanted: &Wanted) -> Result<String> {
    let id = row.id().unwrap_or_default();
    if row.name.as_deref() == Some(&*wanted.name) {
        return Ok(id);
    }
    let name = row.name.as_deref().unwrap_or_default();
    let message =
        format!("the webhook `{name}` (`{id}`) sends the same to this address, and Jira does not show its secret");
    let hint = "delete it, or give that name, so that it is replaced";
    Err(Error::new(ErrorKind::Conflict, message).hint(hint))
}
