//! Creates that never happen twice.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::{Effect, Error, ErrorKind, Result, Retry};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::Client;

/// One create, as [`Client::create`] needs it: how it is sent, and how its result is found when the answer was lost.
///
/// A `Date` header has whole seconds, so `since` is two seconds early: what [`find`](Create::find) compares besides the
/// time is what tells items apart.
#[async_trait]
pub trait Create: Sync {
    /// What is created.
    type Item: Send;

    /// What `find` recognises it by: the kind of item with its content, or with its idempotency key. Creates of equal
    /// identity run one at a time.
    fn identity(&self) -> String;

    /// The id of an item.
    fn id<'a>(&self, item: &'a Self::Item) -> &'a str;

    /// Whether it has an idempotency key.
    fn is_keyed(&self) -> bool;

    /// Whether `find` is asked before anything is sent: with a key, unless that is [said to be
    /// new](pm_provider::NewTask::new_key).
    fn looks_first(&self) -> bool {
        self.is_keyed()
    }

    /// Sends one request of [`Repeat::Never`](crate::Repeat::Never).
    async fn send(&self) -> Result<Self::Item>;

    /// Finds what this create made, oldest first: by its key, or else what we ourselves made with the same content, created
    /// at `since` or later by the backend's clock.
    ///
    /// Of several items with the key the first one is taken: people who copy an item in the backend's own pages copy its
    /// mark as well.
    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Self::Item>>;

    /// Where a person can look whether the item is there: for the error. An address, or the name of a list.
    fn place(&self) -> String;
}

/// How often a create is sent at most.
const SENDS: u32 = 3;
/// When a lost create is looked for, in first pauses of the retry policy: at once, and twice more, because the backend may
/// still be at it. With the policy as it is made, that is after one and after three further seconds.
const LOOKS: [u32; 3] = [0, 2, 6];
/// `Date` has whole seconds, and the backend's machines may differ by one.
const SLACK: TimeDelta = TimeDelta::seconds(2);
/// How many ids are remembered, so that no create takes another one's item for its own.
const REMEMBERED: usize = 10_000;

tokio::task_local! {
    /// When the create that is under way has to be over, with all of its requests.
    static DEADLINE: Instant;
}

/// When a request has to be over: no later than the create that it is part of.
pub(crate) fn within_create(deadline: Instant) -> Instant {
    DEADLINE.try_with(|create| deadline.min(*create)).unwrap_or(deadline)
}

/// Why a create whose answer was lost is given up.
enum Look<'a> {
    Failed(&'a Error),
    Impossible,
    InVain,
}

impl Client {
    /// Creates an item, once.
    ///
    /// A create whose answer was lost is looked for. It is sent again only where the backend answered that it is not
    /// there to do anything (503), and the item was looked for in vain. With an idempotency key the item is looked for
    /// before anything is sent, unless the key is said to be new. All of it has the [`deadline`](crate::RetryPolicy::deadline) of one request.
    ///
    /// # Errors
    /// [`Effect::Unknown`] when the item may exist: the message says where to look. Everything else was not executed.
    pub async fn create<C: Create>(&self, create: &C) -> Result<C::Item> {
        let deadline = self.0.retry.deadline_from(Instant::now());
        let made = match timeout_at(deadline, self.0.creates.turn(&create.identity())).await {
            Ok(_turn) => DEADLINE.scope(deadline, self.create_in_turn(create, deadline)).await,
            Err(_) => Err(still_under_way()),
        };
        made.map_err(|error| self.0.redactor.error(&error).in_provider(self.0.provider))
    }

    /// Creates an item whose turn was claimed before by [`claim_creates`](Client::claim_creates), for creates that are sent
    /// together at first; all else is as with [`create`](Client::create).
    ///
    /// # Errors
    /// As with [`create`](Client::create).
    pub async fn create_claimed<C: Create>(&self, create: &C, _turn: &CreateTurn) -> Result<C::Item> {
        let deadline = self.0.retry.deadline_from(Instant::now());
        let made = DEADLINE.scope(deadline, self.create_in_turn(create, deadline)).await;
        made.map_err(|error| self.0.redactor.error(&error).in_provider(self.0.provider))
    }

    /// Waits until no create of any of these [identities](Create::identity) is under way, and holds off others until the turns
    /// are dropped: for creates with keys that go into one request together, from before they are looked up.
    ///
    /// Whoever holds turns must not wait for further ones: all that a request takes are claimed at once.
    ///
    /// # Errors
    /// `Timeout` where one of them is still under way after the [`deadline`](crate::RetryPolicy::deadline) of a request.
    pub async fn claim_creates(&self, identities: &[String]) -> Result<Vec<CreateTurn>> {
        let deadline = self.0.retry.deadline_from(Instant::now());
        let turns = timeout_at(deadline, self.0.creates.turns(identities)).await;
        turns.map_err(|_| still_under_way().in_provider(self.0.provider))
    }

    async fn create_in_turn<C: Create>(&self, create: &C, deadline: Instant) -> Result<C::Item> {
        if create.looks_first()
            && let Some(item) = create.find(None).await?.into_iter().next()
        {
            return Ok(item);
        }
        let since = self.since(create).await?;
        let mut sends = 0;
        loop {
            sends += 1;
            let lost = match create.send().await {
                Ok(item) => return Ok(self.remember(create, item)),
                Err(error) if *error.effect() != Effect::Unknown => return Err(error),
                Err(error) => error,
            };
            // Without a key and without the backend's time, an older item of the same content could be taken for this one.
            if since.is_none() && !create.is_keyed() {
                return Err(maybe_there(create, &lost, &Look::Impossible));
            }
            let left = || deadline.saturating_duration_since(Instant::now());
            let looks = self.looks().into_iter().take_while(|pause| pause.is_zero() || *pause < left());
            if let Some(item) = self.look(create, since, looks, &lost).await? {
                return Ok(self.remember(create, item));
            }
            let another = self.pause_before_another(create, &lost).filter(|pause| sends < SENDS && *pause < left());
            let Some(pause) = another else { return Err(maybe_there(create, &lost, &Look::InVain)) };
            if let Some(item) = self.look(create, since, [pause], &lost).await? {
                return Ok(self.remember(create, item));
            }
        }
    }

    /// The backend's time before anything is sent; only a create without a key needs it.
    async fn since<C: Create>(&self, create: &C) -> Result<Option<DateTime<Utc>>> {
        let inner = &self.0;
        if inner.clock.now().is_none()
            && !create.is_keyed()
            && let Some(probe) = &inner.clock_probe
        {
            let probed = self.request(probe, &[]).send().await;
            // An answer that is an error tells the time as well.
            if let Err(error) = probed
                && error.http_status().is_none()
            {
                return Err(error);
            }
        }
        Ok(inner.clock.now().and_then(|now| now.checked_sub_signed(SLACK)))
    }

    fn looks(&self) -> [Duration; 3] {
        LOOKS.map(|times| self.0.retry.first_pause.saturating_mul(times))
    }

    async fn look<C: Create>(
        &self,
        create: &C,
        since: Option<DateTime<Utc>>,
        pauses: impl IntoIterator<Item = Duration> + Send,
        lost: &Error,
    ) -> Result<Option<C::Item>> {
        for pause in pauses {
            sleep(pause).await;
            let found = create.find(since).await;
            let found = found.map_err(|error| maybe_there(create, lost, &Look::Failed(&error)))?;
            if let Some(item) = self.pick(create, found)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Tells which of the found items is the lost one: with a key the oldest, else one that no other create made.
    fn pick<C: Create>(&self, create: &C, found: Vec<C::Item>) -> Result<Option<C::Item>> {
        if create.is_keyed() {
            return Ok(found.into_iter().next());
        }
        only(create, found.into_iter().filter(|item| !self.is_known(create, item)).collect())
    }

    /// How long to wait before it is sent again after it was not found; `None` when it must not be.
    ///
    /// A 500, 502 or 504 may come from a gateway while the backend behind it is still at work. With 503 the backend says
    /// that it did not get to it; without a key it has to say as well when to come back.
    fn pause_before_another<C: Create>(&self, create: &C, lost: &Error) -> Option<Duration> {
        lost.http_status().filter(|status| *status == 503)?;
        match lost.retry() {
            Retry::After(pause) => Some(pause),
            _ => create.is_keyed().then(|| self.0.retry.pause(1)),
        }
    }

    fn remember<C: Create>(&self, create: &C, item: C::Item) -> C::Item {
        self.0.creates.remember(kind::<C>(), create.id(&item));
        item
    }

    fn is_known<C: Create>(&self, create: &C, item: &C::Item) -> bool {
        self.0.creates.knows(kind::<C>(), create.id(item))
    }
}

/// Ids of different kinds of items may be equal.
fn kind<C: Create>() -> &'static str {
    std::any::type_name::<C::Item>()
}

/// The one item there is; several are an error that lists them.
fn only<C: Create>(create: &C, mut found: Vec<C::Item>) -> Result<Option<C::Item>> {
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|item| format!("`{}`", create.id(item))).collect();
        let message = format!("several items may be the one that was created: {}", ids.join(", "));
        let error = Error::new(ErrorKind::Conflict, message).with_effect(Effect::Unknown);
        return Err(error.hint(format!("look at them in {}", create.place())));
    }
    Ok(found.pop())
}

/// The error for a create that may have been executed.
fn maybe_there<C: Create>(create: &C, lost: &Error, look: &Look<'_>) -> Error {
    let looked = match look {
        Look::Failed(error) => format!("looking for it failed: {}", error.message()),
        Look::Impossible => "it cannot be looked for, as the backend does not tell its time".to_owned(),
        Look::InVain => "it was not found".to_owned(),
    };
    let message = format!("{}; the item may have been created all the same, {looked}", lost.message());
    let place = create.place();
    let (hint, retry) = if create.is_keyed() {
        (format!("the same idempotency key may be used again; the item would be in {place}"), lost.retry())
    } else {
        (format!("look in {place} before creating it again"), Retry::Never)
    };
    let error = Error::new(lost.kind(), message).hint(hint).with_retry(retry).with_effect(Effect::Unknown);
    let error = match lost.http_status() {
        Some(status) => error.with_http_status(status),
        None => error,
    };
    match lost.request_id() {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

fn still_under_way() -> Error {
    Error::new(ErrorKind::Timeout, "a create of the same item is still under way")
}

/// The turn of one create; it ends when this is dropped.
#[derive(Clone, Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct CreateTurn {
    _held: Arc<tokio::sync::OwnedMutexGuard<()>>,
}

type Identity = [u8; 32];

/// The creates of one client: which are under way, and what they made.
#[derive(Default)]
pub(crate) struct Creates {
    turns: Mutex<HashMap<Identity, Weak<tokio::sync::Mutex<()>>>>,
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    known: HashSet<(&'static str, String)>,
    order: VecDeque<(&'static str, String)>,
}

impl Creates {
    /// Waits until no other create of this identity is under way.
    async fn turn(&self, identity: &str) -> tokio::sync::OwnedMutexGuard<()> {
        self.turn_of(Sha256::digest(identity).into()).await
    }

    /// The same for many, in the order in which they are named; two of one identity have one turn. All are taken in the same
    /// order, so that nobody waits for one who waits for them.
    async fn turns(&self, identities: &[String]) -> Vec<CreateTurn> {
        let wanted: Vec<Identity> = identities.iter().map(|identity| Sha256::digest(identity).into()).collect();
        let mut held = BTreeMap::new();
        for identity in BTreeSet::from_iter(wanted.iter().copied()) {
            held.insert(identity, CreateTurn { _held: Arc::new(self.turn_of(identity).await) });
        }
        wanted.iter().filter_map(|identity| held.get(identity).cloned()).collect()
    }

    async fn turn_of(&self, identity: Identity) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = turns.get(&identity).and_then(Weak::upgrade).unwrap_or_default();
            turns.retain(|_, turn| turn.strong_count() > 0);
            turns.insert(identity, Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }

    fn remember(&self, kind: &'static str, id: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = (kind, id.to_owned());
        if made.known.insert(entry.clone()) {
            made.order.push_back(entry);
        }
        if made.order.len() > REMEMBERED
            && let Some(oldest) = made.order.pop_front()
        {
            made.known.remove(&oldest);
        }
    }

    fn knows(&self, kind: &'static str, id: &str) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.known.contains(&(kind, id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_ids_are_remembered() {
        let creates = Creates::default();
        for number in 0..=REMEMBERED {
            creates.remember("task", &number.to_string());
        }
        assert!(!creates.knows("task", "0") && creates.knows("task", "1"));
        assert!(!creates.knows("sprint", "1"), "another kind of item");
    }

    #[tokio::test]
    async fn turns_of_many_are_taken_in_one_order() {
        let creates = Creates::default();
        let names = |names: [&str; 3]| names.map(ToOwned::to_owned);
        let (forth, back) = (names(["a", "b", "a"]), names(["b", "a", "b"]));
        let take = async |identities: &[String]| {
            for _ in 0..200 {
                let held = creates.turns(identities).await;
                assert_eq!(held.len(), 3);
                tokio::task::yield_now().await;
            }
        };
        let all = async { tokio::join!(take(&forth), take(&back)) };
        assert!(tokio::time::timeout(Duration::from_secs(10), all).await.is_ok(), "nobody waits for ever");
        let held = creates.turns(&forth).await;
        assert!(tokio::time::timeout(Duration::from_millis(20), creates.turn("b")).await.is_err());
        drop(held);
        drop(creates.turn("b").await);
    }

    #[tokio::test]
    async fn turns_leave_nothing_behind() {
        let creates = Creates::default();
        for number in 0..100 {
            drop(creates.turn(&number.to_string()).await);
        }
        let held = creates.turn("a").await;
        assert!(tokio::time::timeout(Duration::from_millis(20), creates.turn("a")).await.is_err());
        drop(creates.turn("b").await);
        drop(held);
        drop(creates.turn("a").await);
        assert!(creates.turns.lock().unwrap_or_else(PoisonError::into_inner).len() <= 2);
    }
}
