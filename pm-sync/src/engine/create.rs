//! Items without a twin: find it, or make it.

use pm_provider::{Effect, Error, ErrorKind, Field, Operation, StatusCategory, Vocabulary as _};

use super::case::Case;
use super::error::SyncResult;
use super::linked::{fill_in, only};
use super::mark::mark;
use super::planted::{Bug, planted};
use super::pull::work_on;
use super::session::{Session, seconds};
use super::terms::{CarryError, Terms};
use super::work::Step;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::{FieldKey, Patch, Record};
use crate::side::Row;
use crate::store::{Conflict, Intent, IntentOp, Link, LinkState, Settlement, StoreError, WorkReason};
use crate::translate::{Carried, in_filter, may_cross};

/// The task over there that a comment goes to.
enum Over {
    /// It is there; items other than comments need none.
    Twin(Option<String>),
    /// It is still to come.
    Later,
    /// There will be none.
    Never,
}

/// What a create sends.
pub(super) struct Twin {
    pub(super) sent: Patch,
    /// What is said with the create alone.
    told: Patch,
    pending_parent: bool,
    strangers: bool,
}

/// Whether the parent or the sprint has no twin yet.
pub(super) fn waits(carried: &Carried) -> bool {
    let kept = |field: Field| carried.kept.contains_key(&field.into());
    carried.waits_for.iter().any(|item| match item.kind {
        Kind::Task => kept(Field::ParentTaskId),
        Kind::Sprint => kept(Field::SprintId),
        Kind::Comment => false,
    })
}

impl Session<'_> {
    pub(super) fn new_link(&self, id: String, side: Side, item: &ItemKey, twin: &ItemKey) -> Link {
        let mut ids = Pair::default();
        *ids.get_mut(side) = Some(item.id.clone());
        *ids.get_mut(side.other()) = Some(twin.id.clone());
        Link {
            id,
            kind: item.kind,
            ids,
            base: Pair::default(),
            seen: Pair::default(),
            state: LinkState::Linked,
            pending_parent: false,
            parked: std::collections::BTreeMap::new(),
            absence: None,
            attempt: 0,
            created_at: self.now(),
        }
    }

    /// Gives an item a twin, unless it must not have one, or may have one already.
    pub(super) async fn create_twin(&self, case: Case) -> SyncResult<Step> {
        let (side, target) = (case.side, case.side.other());
        let Some(row) = case.rows.get(side).clone() else { return self.not_shown(&case).await };
        if let Some(step) = self.must_not(&case, &row).await? {
            return Ok(step);
        }
        // Linked meanwhile: by its mark, or because its twin was looked at first.
        if case.link.is_none() && self.is_linked(side, &case.item).await? {
            return Ok(Step::Again);
        }
        if let Some(step) = self.may_be_ours(&case).await? {
            return Ok(step);
        }
        let task = match self.task_over_there(side, &case.item).await? {
            Over::Twin(task) => task,
            Over::Later => return Ok(Step::Wait(self.now() + seconds(self.config().timing.backoff))),
            Over::Never if self.may_be_told_late(&case) => return self.look_once_more(&case).await,
            // Its task is gone, or is not synchronised: neither is the comment.
            Over::Never => return self.clear(&case.works).await,
        };
        if is_nameless(&row) {
            self.learn_people().await?;
        }
        let mut terms = self.terms().await?;
        let mut twin = self.twin_of(&terms, &case, &row).await;
        if matches!(&twin, Ok(twin) if twin.strangers) && self.learn_people().await? {
            terms = self.terms().await?;
            twin = self.twin_of(&terms, &case, &row).await;
        }
        let twin = match twin {
            Ok(twin) => twin,
            Err(CarryError::Item(error)) => return Ok(Step::Failed(error)),
            Err(CarryError::Run(error)) => return Err(error),
        };
        if case.item.kind == Kind::Comment
            && let Some(link) = self.same_comment(target, task.as_deref(), &twin, &case).await?
        {
            self.count("adopted");
            return self.settle_adopted(&case, link).await;
        }
        self.send_twin(&terms, &case, &row, task.as_deref(), twin).await
    }

    /// An item without a twin is not shown any more: gone, if its side still shows what it did. Else it is looked at again,
    /// for no feed may tell of it once more when it is back.
    async fn not_shown(&self, case: &Case) -> SyncResult<Step> {
        if case.is_told_gone(case.side) || self.shows_what_it_did(case.side).await? {
            return self.clear(&case.works).await;
        }
        Ok(Step::Wait(self.now() + seconds(self.config().timing.proof)))
    }

    /// Why an item gets no twin.
    async fn must_not(&self, case: &Case, row: &Row) -> SyncResult<Option<Step>> {
        let target = case.side.other();
        if !self.config().writes(target) || row.elsewhere || !in_filter(self.config(), row) {
            return self.clear(&case.works).await.map(Some);
        }
        if !may_cross(row, self.config()) {
            self.count("withheld");
            return self.clear(&case.works).await.map(Some);
        }
        if !self.side(target).can(case.item.kind, Operation::Create) {
            self.count("unsupported");
            self.warn(format!("`{}` takes no {}", self.side(target).name(), case.item.kind));
            return self.clear(&case.works).await.map(Some);
        }
        Ok(None)
    }

    pub(super) async fn is_linked(&self, side: Side, item: &ItemKey) -> SyncResult<bool> {
        Ok(!self.store().links_of(self.mapping(), side, std::slice::from_ref(item)).await?.is_empty())
    }

    /// The twin of the task that a comment is about.
    async fn task_over_there(&self, side: Side, item: &ItemKey) -> SyncResult<Over> {
        let Some(task) = item.task() else { return Ok(Over::Twin(None)) };
        let links = self.store().links_of(self.mapping(), side, std::slice::from_ref(&task)).await?;
        Ok(match links.first() {
            Some(link) if link.state == LinkState::Linked => {
                let notes = self.notes();
                let shown = |twin: &ItemKey| !notes.unseen.contains(&(side.other(), twin.clone()));
                link.item(side.other()).filter(shown).map_or(Over::Later, |twin| Over::Twin(Some(twin.id)))
            }
            None if self.has_work(side, &task).await? => Over::Later,
            _ => Over::Never,
        })
    }

    pub(super) async fn has_work(&self, side: Side, item: &ItemKey) -> SyncResult<bool> {
        Ok(!self.store().work_of(self.mapping(), side, std::slice::from_ref(item)).await?.is_empty())
    }

    async fn twin_of(&self, terms: &Terms, case: &Case, row: &Row) -> Result<Twin, CarryError> {
        let (kind, side, target) = (case.item.kind, case.side, case.side.other());
        let carried = self.carry(terms, kind, side, &row.record, None).await?;
        let mut sent = Patch::new();
        for (field, value) in carried.record.iter() {
            sent.set(field.clone(), value.clone());
        }
        for (field, reason) in &carried.kept {
            if *field != Field::ParentTaskId.into() {
                self.warn(format!("`{field}` does not go to `{}`: {reason}", self.side(target).name()));
            }
        }
        let said = self.translate(terms, kind, side, &row.record, None).await.map_err(CarryError::Run)?;
        let said: Patch = said.record.iter().map(|(field, value)| (field.clone(), value.clone())).collect();
        let said =
            only(&said, |field| matches!(field, FieldKey::Of(Field::AuthorId | Field::AuthorName | Field::CreatedAt)));
        let closed = sent.get(&Field::Status.into()).is_some_and(is_closed);
        Ok(Twin {
            told: self.side(target).told(row, &said, closed),
            sent,
            pending_parent: waits(&carried),
            strangers: !carried.strangers.is_empty(),
        })
    }

    async fn send_twin(
        &self,
        terms: &Terms,
        case: &Case,
        row: &Row,
        task: Option<&str>,
        twin: Twin,
    ) -> SyncResult<Step> {
        let (kind, side, target) = (case.item.kind, case.side, case.side.other());
        let attempt = case.link.as_ref().map_or(0, |link| link.attempt);
        let intent = self.create_intent(terms, case, row, &twin, mark(self.instance(side), &case.item, attempt));
        self.hold_lease().await?;
        if !planted(Bug::NoIntent) {
            self.store().begin(&self.lease(), vec![intent.clone()]).await?;
        }
        if !self.may_send(&intent).await? {
            let intents_over = vec![intent.id.clone()];
            self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
            return Ok(Step::Again);
        }
        self.needed(target, 1);
        // After a doubt the mark was sent before: whoever has it is looked for first.
        let first = !case.works.iter().any(|work| work.reason == WorkReason::Doubt)
            && self.earlier_creates(target, &case.item).is_empty();
        match self.side(target).create(kind, &intent.sent, &twin.told, task, intent.mark.as_deref(), first).await {
            Ok(made) => self.settle_created(terms, case, row, &intent, &made, twin.pending_parent).await,
            Err(error) if *error.effect() == Effect::NotExecuted => {
                let intents_over = vec![intent.id.clone()];
                self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
                self.refused(&intent, task, error).await
            }
            Err(error) => Ok(self.create_in_doubt(case, intent, &error)),
        }
    }

    fn create_intent(&self, terms: &Terms, case: &Case, row: &Row, twin: &Twin, mark: String) -> Intent {
        let (side, target) = (case.side, case.side.other());
        let mut base = Pair::<Patch>::default();
        *base.get_mut(target) = twin.sent.clone();
        *base.get_mut(side) = agreed_of_source(terms, case.item.kind, target, &row.record, &twin.sent);
        Intent {
            id: self.new_id(),
            op: IntentOp::Create,
            side: target,
            item: case.item.clone(),
            link: case.link.as_ref().map_or_else(|| self.new_id(), |link| link.id.clone()),
            mark: Some(mark),
            sent: twin.sent.clone(),
            expected: twin.sent.clone(),
            base,
            source_seen: Some(row.seen.clone()),
            sent_at: self.now(),
            deadline_at: self.deadline(self.begin_by()),
            epoch: self.lease().epoch,
        }
    }

    async fn settle_created(
        &self,
        terms: &Terms,
        case: &Case,
        row: &Row,
        intent: &Intent,
        made: &Row,
        pending_parent: bool,
    ) -> SyncResult<Step> {
        let (side, target) = (case.side, case.side.other());
        let mut link =
            case.link.clone().unwrap_or_else(|| self.new_link(intent.link.clone(), side, &case.item, &made.item));
        *link.ids.get_mut(target) = Some(made.item.id.clone());
        link.absence = None;
        link.pending_parent = pending_parent;
        let earlier = self.earlier_creates(target, &case.item);
        let intents_over: Vec<String> = earlier.iter().chain([intent]).map(|intent| intent.id.clone()).collect();
        let mut settlement = Settlement { intents_over: intents_over.clone(), ..Settlement::default() };
        self.agree_on_twin(terms, &mut link, intent, row, made, &mut settlement);
        settlement.conflicts.extend(self.overwritten_at_birth(&link, intent, &earlier, made));
        settlement.events.push(self.create_event(intent, made));
        settlement.done.clone_from(&case.works);
        self.touch_task(case, made, &mut settlement).await?;
        settlement.links.push(link);
        match self.store().settle(&self.lease(), settlement).await {
            Err(StoreError::Taken(taken, side)) => return self.made_another(taken, side, intents_over).await,
            other => other?,
        }
        self.count("created");
        let mut notes = self.notes();
        intents_over.iter().for_each(|id| drop(notes.creating.remove(id)));
        notes.linked_tasks |= case.item.kind != Kind::Comment;
        *notes.wrote.get_mut(target) |= case.item.kind == Kind::Task;
        notes.made.insert((target, made.item.clone()));
        Ok(Step::Done)
    }

    /// What was made, or found by its mark, is the twin of another item: people have to say which one it belongs to.
    async fn made_another(&self, taken: ItemKey, side: Side, intents_over: Vec<String>) -> SyncResult<Step> {
        self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
        let why = format!("its twin {taken} of side `{side}` is linked to another item");
        Ok(Step::Failed(Error::new(ErrorKind::InvalidInput, why)))
    }

    /// The bases of a new pair: what was read here, what was stored there.
    fn agree_on_twin(
        &self,
        terms: &Terms,
        link: &mut Link,
        intent: &Intent,
        row: &Row,
        made: &Row,
        settlement: &mut Settlement,
    ) {
        let (target, side) = (intent.side, intent.side.other());
        let mut differs = false;
        for side in Side::BOTH {
            let mut base = Record::new();
            base.apply(intent.base.get(side));
            *link.base.get_mut(side) = Some(base);
        }
        for (field, expected) in intent.sent.iter() {
            let stored = made.record.get(field);
            if stored != expected {
                // The backend stored something else, or an earlier create had made the item out of what stood here then:
                // an update tells.
                link.base.get_mut(target).get_or_insert_with(Record::new).set(field.clone(), stored.clone());
                link.base.get_mut(side).get_or_insert_with(Record::new).set(field.clone(), serde_json::Value::Null);
                differs = true;
            }
        }
        if differs {
            settlement.work.push(work_on(side, intent.item.clone(), WorkReason::Doubt));
        }
        // What the backend filled in by itself is no edit of anybody's.
        let unsent = made.record.iter().filter(|(field, _)| intent.sent.get(field).is_none());
        let (edited, filled): (Vec<_>, Vec<_>) =
            unsent.map(|(field, value)| (field.clone(), value.clone())).partition(|(field, _)| is_never_filled(field));
        if !edited.is_empty() {
            settlement.work.push(work_on(target, made.item.clone(), WorkReason::Changed));
        }
        if let Some(base) = link.base.get_mut(target) {
            filled.into_iter().for_each(|(field, value)| base.set(field, value));
        }
        fill_in(link.base.get_mut(side), terms, link.kind, &row.record);
        fill_in(link.base.get_mut(target), terms, link.kind, &made.record);
        *link.seen.get_mut(side) = Some(row.seen.clone());
        *link.seen.get_mut(target) = Some(made.seen.clone());
    }

    /// What stands in the new item although we never sent it: the backend stores less than it says, or somebody was quicker
    /// than its answer. The source's value goes there once more, so what stood there is kept.
    fn overwritten_at_birth(&self, link: &Link, intent: &Intent, earlier: &[Intent], made: &Row) -> Vec<Conflict> {
        let is_ours = |field: &FieldKey, stored: &serde_json::Value| {
            earlier.iter().chain([intent]).any(|intent| intent.sent.get(field) == Some(stored))
        };
        let sent = intent.sent.iter().map(|(field, expected)| (field, expected, made.record.get(field)));
        let strange = sent.filter(|(field, _, stored)| !is_ours(field, stored));
        strange.map(|(field, expected, stored)| self.normalised(link, intent.side, field, expected, stored)).collect()
    }

    fn create_event(&self, intent: &Intent, made: &Row) -> crate::store::Event {
        let mut event = self.event(&intent.link, intent.side, Some(made.item.clone()), "create");
        event.after = intent.sent.clone();
        event.intent = Some(intent.id.clone());
        event
    }

    /// A new comment touches its task: that is our own echo, not a change.
    async fn touch_task(&self, case: &Case, made: &Row, settlement: &mut Settlement) -> SyncResult<()> {
        let (Some(task), Some(at)) = (made.item.task(), made.seen.at) else { return Ok(()) };
        let target = case.side.other();
        let mut links = self.store().links_of(self.mapping(), target, &[task]).await?;
        if let Some(mut link) = links.pop()
            && let Some(seen) = link.seen.get_mut(target)
        {
            seen.at = seen.at.max(Some(at));
            settlement.links.push(link);
        }
        Ok(())
    }
}

/// Fields that no tracker fills in by itself: somebody was quicker than the answer. Where one has templates for texts, the
/// line with the mark keeps them out.
fn is_never_filled(field: &FieldKey) -> bool {
    matches!(field, FieldKey::Of(Field::DueDate | Field::EstimatedHours | Field::Labels | Field::Description))
}

fn is_closed(status: &serde_json::Value) -> bool {
    let category = status.get("category").and_then(serde_json::Value::as_str).and_then(StatusCategory::find);
    category.is_some_and(StatusCategory::is_closed)
}

/// Whether a comment says who wrote it by an id alone: over there that means nobody.
fn is_nameless(row: &Row) -> bool {
    let says = |field: Field| !row.record.get(&field.into()).is_null();
    row.item.kind == Kind::Comment && says(Field::AuthorId) && !says(Field::AuthorName)
}

/// What is agreed of the source: the fields of which the twin was told, and those that neither has.
fn agreed_of_source(terms: &Terms, kind: Kind, target: Side, source: &Record, sent: &Patch) -> Patch {
    let told = |field: &FieldKey| sent.get(field).is_some() || !terms.plan.rule(kind, field).flow.reaches(target);
    let all: Patch = source.iter().map(|(field, value)| (field.clone(), value.clone())).collect();
    only(&all, told)
}
