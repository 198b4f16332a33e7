//! What a run needs to speak both sides' languages: the field plan and the translator.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{SyncError, SyncResult};
use super::session::Session;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::matching::match_users;
use crate::plan::{FieldPlan, Flow};
use crate::record::{FieldKey, Patch, Record};
use crate::translate::{Carried, References, Translator, TranslatorParts, Twin};

/// The languages of both sides.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) plan: FieldPlan,
    pub(super) translator: Translator,
}

impl Session<'_> {
    /// The field plan and the translator; asked for when the first item is looked at, for an idle run needs none.
    pub(super) async fn terms(&self) -> SyncResult<Arc<Terms>> {
        if let Some(terms) = self.notes().terms.clone() {
            return Ok(terms);
        }
        let terms = Arc::new(self.make_terms().await?);
        self.notes().terms = Some(Arc::clone(&terms));
        Ok(terms)
    }

    async fn make_terms(&self) -> SyncResult<Terms> {
        let a = self.side(Side::A).schema().await.map_err(SyncError::stopped(Side::A))?;
        let b = self.side(Side::B).schema().await.map_err(SyncError::stopped(Side::B))?;
        let users = self.store().users(self.mapping()).await?;
        let schemas = Pair::new(a, b);
        let plan = FieldPlan::new(
            self.config(),
            Pair::new(self.side(Side::A).name(), self.side(Side::B).name()),
            Pair::new(self.side(Side::A).capabilities(), self.side(Side::B).capabilities()),
            Pair::new(&schemas.a, &schemas.b),
        );
        let translator = Translator::new(TranslatorParts {
            config: self.config().clone(),
            names: Pair::of(|side| self.side(side).name().to_owned()),
            capabilities: Pair::of(|side| Arc::new(self.side(side).capabilities().clone())),
            schemas,
            users,
            people: self.notes().people.clone(),
            keys: Pair::default(),
        });
        Ok(Terms { plan, translator })
    }

    /// Looks up who is who, once in a run: when a record names somebody whom we do not know. Says whether anybody was
    /// found; who comes meanwhile waits for the answer.
    pub(super) async fn learn_people(&self) -> SyncResult<bool> {
        let mut found = self.found_people.lock().await;
        if let Some(found) = *found {
            return Ok(found);
        }
        let news = self.look_up_people().await?;
        *found = Some(news);
        Ok(news)
    }

    async fn look_up_people(&self) -> SyncResult<bool> {
        let a = self.side(Side::A).users().await.map_err(SyncError::stopped(Side::A))?;
        let b = self.side(Side::B).users().await.map_err(SyncError::stopped(Side::B))?;
        self.notes().people = Pair::new(names_of(&a), names_of(&b));
        let found = match_users(self.config(), &a, &b);
        let known = self.store().users(self.mapping()).await?;
        let news: Vec<_> = found.into_iter().filter(|user| !known.contains(user)).collect();
        self.notes().terms = None;
        if news.is_empty() {
            return Ok(false);
        }
        self.store().save_users(&self.lease(), news).await?;
        Ok(true)
    }

    /// Says a record of a side in the terms of the other one, as that will show it.
    ///
    /// `present` is what stands over there already. A value that the other side refuses fails the item, not the run.
    pub(super) async fn carry(
        &self,
        terms: &Terms,
        kind: Kind,
        from: Side,
        record: &Record,
        present: Option<&Record>,
    ) -> Result<Carried, CarryError> {
        let mut carried = self.translate(terms, kind, from, record, present).await.map_err(CarryError::Run)?;
        let to = from.other();
        let flows = |field: &FieldKey| terms.plan.rule(kind, field).flow.reaches(to);
        let patch: Patch =
            carried.record.iter().filter(|(field, _)| flows(field)).map(|(f, v)| (f.clone(), v.clone())).collect();
        let shown = self.side(to).preview(kind, &patch).await.map_err(CarryError::Item)?;
        // What is never written there is compared all the same: that is how the edit of a copy is told.
        let compared = |field: &FieldKey| present.is_some() && terms.plan.rule(kind, field).flow != Flow::Ignored;
        let unwritten = carried.record.iter().filter(|(field, _)| !flows(field) && compared(field));
        carried.record = unwritten.chain(shown.iter()).map(|(field, value)| (field.clone(), value.clone())).collect();
        Ok(carried)
    }

    /// Says a record of a side in the terms of the other one, whatever that would make of it.
    pub(super) async fn translate(
        &self,
        terms: &Terms,
        kind: Kind,
        from: Side,
        record: &Record,
        present: Option<&Record>,
    ) -> SyncResult<Carried> {
        let references = self.references(terms, kind, from, record).await?;
        let translator = &terms.translator;
        Ok(match present {
            Some(present) => translator.carry_onto(kind, from, record, &references, present),
            None => translator.carry(kind, from, record, &references),
        })
    }

    async fn references(&self, terms: &Terms, kind: Kind, from: Side, record: &Record) -> SyncResult<References> {
        let named = terms.translator.references(kind, from, record);
        if named.is_empty() {
            return Ok(References::new());
        }
        let links = self.store().links_of(self.mapping(), from, &named).await?;
        let living = links.iter().filter(|link| link.state == crate::store::LinkState::Linked);
        let notes = self.notes();
        let shown = |item: &ItemKey| !notes.unseen.contains(&(from.other(), item.clone()));
        let twin = |link: &crate::store::Link| {
            Some((link.item(from)?, Twin::new(link.item(from.other()).filter(shown)?.id, None)))
        };
        Ok(living.filter_map(twin).collect())
    }
}

/// What people are called, by their ids.
fn names_of(users: &[pm_provider::PMUser]) -> BTreeMap<String, String> {
    users.iter().map(|user| (user.id.as_str().to_owned(), user.name.clone())).collect()
}

/// Why a record could not be said.
pub(super) enum CarryError {
    /// The item's fault.
    Item(pm_provider::Error),
    /// The run cannot go on.
    Run(SyncError),
}

impl Flow {
    /// Whether values go towards a side.
    pub(super) fn reaches(self, side: Side) -> bool {
        match self {
            Self::Both => true,
            Self::Towards(to) => to == side,
            Self::Ignored => false,
        }
    }
}
