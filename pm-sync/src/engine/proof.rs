//! Whether items that are not shown any more are gone.
//!
//! A tombstone of the feed is proof. Else it takes two looks some time apart, each followed by a sign of life of that side.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use pm_provider::Existence;

use super::case::Case;
use super::error::SyncResult;
use super::planted::{Bug, planted};
use super::session::{Session, seconds};
use crate::item::{ItemKey, Pair, Side};
use crate::store::{Absence, Link, LinkState};

/// Whether an item is gone.
pub(super) enum Proof {
    /// For certain.
    Gone,
    /// It is shown again.
    Back,
    /// Not yet: look again then.
    Later(DateTime<Utc>, Absence),
}

/// What a side said of items that it does not show.
#[derive(Default)]
pub(super) struct Looks {
    said: Pair<HashMap<ItemKey, Existence>>,
    /// When the looks began, by our clock.
    begun: Pair<Option<DateTime<Utc>>>,
    /// Whether a side showed what it did, after the looks: one that went dark in between proves nothing.
    alive: Pair<bool>,
}

impl Session<'_> {
    /// Looks once more at the items that a side does not show, and then for a sign of life of that side.
    pub(super) async fn look_at_missing(&self, cases: &[Case]) -> SyncResult<Looks> {
        let mut looks = Looks::default();
        for side in Side::BOTH {
            let missing: Vec<ItemKey> = cases.iter().filter_map(|case| self.missing_on(case, side)).collect();
            *looks.begun.get_mut(side) = Some(self.now());
            let exist = self.side(side).exists(&missing).await.map_err(|error| self.unreachable(side, error))?;
            *looks.said.get_mut(side) = missing.into_iter().zip(exist).collect();
            if looks.said.get(side).values().any(|exists| *exists != Existence::Present) {
                *looks.alive.get_mut(side) = self.shows_what_it_did(side).await?;
            }
        }
        Ok(looks)
    }

    fn missing_on(&self, case: &Case, side: Side) -> Option<ItemKey> {
        let link = case.link.as_ref().filter(|link| link.state == LinkState::Linked && !case.orphan)?;
        let whole = Side::BOTH.into_iter().all(|side| link.item(side).is_some());
        let is_missing = whole && case.rows.get(side).is_none() && !case.is_told_gone(side);
        link.item(side).filter(|_| is_missing && self.doubt_of(link).is_none())
    }

    /// `on`: the only side that does not show its item; none if neither does.
    pub(super) fn prove(&self, case: &Case, link: &Link, (side, on): (Side, Option<Side>), looks: &Looks) -> Proof {
        let Some(item) = link.item(side) else { return Proof::Gone };
        if case.is_told_gone(side) {
            return Proof::Gone;
        }
        let exists = looks.said.get(side).get(&item).copied().unwrap_or(Existence::Present);
        if exists == Existence::Present {
            return Proof::Back;
        }
        if planted(Bug::DeleteOnFirstAbsence) {
            return Proof::Gone;
        }
        let now = self.now();
        let known = link.absence.filter(|absence| absence.side.is_none_or(|known| known == side));
        let first = known.unwrap_or(Absence { side: on, since: now });
        let again = first.since + seconds(self.config().timing.proof);
        if !self.is_believed(&item, exists, side, looks) || *self.notes().full.get(side) {
            return Proof::Later(now + seconds(self.config().timing.proof), first);
        }
        match looks.begun.get(side).filter(|begun| *begun >= again) {
            Some(_) => Proof::Gone,
            None => Proof::Later(again, first),
        }
    }

    /// A side that says of everything that it is gone is not believed until a person says so.
    fn is_believed(&self, item: &ItemKey, exists: Existence, side: Side, looks: &Looks) -> bool {
        let is_absent = exists == Existence::Absent;
        let believed = *looks.alive.get(side) || (is_absent && self.options.approve_deletions);
        if is_absent && !believed {
            self.warn(format!(
                "{item} is said to be gone, and `{}` shows nothing else that is known: nothing is passed on; look at what we \
                 may see there, or approve the deletion",
                self.side(side).name()
            ));
        }
        believed
    }
}
