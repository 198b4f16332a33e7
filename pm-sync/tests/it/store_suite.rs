//! What every store promises the engine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pm_provider::{ErrorKind, Field};
use pm_sync::item::{ItemKey, Kind, Pair, Side};
use pm_sync::store::{
    Absence, Cause, IntentOp, Lease, Link, LinkState, MemoryStore, RunPhase, Settlement, SideState, StoreError,
    SyncStore, TakeIn, UserLink, UserMatch, Work, WorkReason,
};
use serde_json::json;

use crate::store_bed::{Bed, HandClock};
use crate::store_rows::{at, changed, conflict, event, full_link, intent, link, odd, run, state, task};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(60);

impl Bed {
    async fn lease(&self) -> Lease {
        self.store.claim(&self.mapping, "worker", LONG).await.unwrap().expect("nobody else has it")
    }

    async fn take_in(&self, lease: &Lease, work: Vec<Work>) {
        self.store.take_in(lease, with_work(work)).await.unwrap();
    }

    async fn settle(&self, lease: &Lease, fill: impl FnOnce(&mut Settlement)) -> Result<(), StoreError> {
        let mut settlement = Settlement::default();
        fill(&mut settlement);
        self.store.settle(lease, settlement).await
    }

    async fn due(&self, millis: i64) -> Vec<Work> {
        self.store.due_work(&self.mapping, at(millis), usize::MAX).await.unwrap()
    }

    async fn links(&self) -> Vec<Link> {
        self.store.links_after(&self.mapping, None, None, usize::MAX).await.unwrap()
    }
}

fn with_work(work: Vec<Work>) -> TakeIn {
    let mut taken = TakeIn::default();
    taken.work = work;
    taken
}

fn is_lost<T: std::fmt::Debug>(result: Result<T, StoreError>) -> bool {
    matches!(result.unwrap_err(), StoreError::LeaseLost)
}

/// Asks for every write with a lease that another one has fenced.
async fn every_write_is_refused(bed: &Bed, lost: &Lease) {
    let store = &bed.store;
    assert!(is_lost(store.renew(lost, LONG).await));
    assert!(is_lost(store.take_in(lost, with_work(vec![changed(Side::A, task("t1"))])).await));
    assert!(is_lost(store.take_in(lost, TakeIn::default()).await));
    assert!(is_lost(store.begin(lost, vec![intent("i1", IntentOp::Create, 0)]).await));
    assert!(is_lost(bed.settle(lost, |settlement| settlement.links = vec![link("l1", "a1", "b1")]).await));
    assert!(is_lost(bed.settle(lost, |settlement| settlement.events = vec![event("e1", "r1", 0)]).await));
    assert!(is_lost(store.put_off(lost, vec![changed(Side::A, task("t1"))]).await));
    let user = UserLink { ids: Pair::new("a".to_owned(), "b".to_owned()), how: UserMatch::Email };
    assert!(is_lost(store.save_users(lost, vec![user]).await));
    assert!(is_lost(store.save_run(lost, &run("r1", 0)).await));
    store.release(lost).await.unwrap();
}

on_each_store! {
    async fn one_worker_has_a_mapping(bed: Bed) {
        let first = bed.store.claim(&bed.mapping, "first", LONG).await.unwrap().unwrap();
        assert_eq!((first.epoch, first.owner.as_str(), first.mapping.as_str()), (1, "first", bed.mapping.as_str()));
        assert_eq!(bed.store.claim(&bed.mapping, "second", LONG).await.unwrap(), None);
        assert_eq!(bed.store.claim(&bed.other, "second", LONG).await.unwrap().unwrap().epoch, 1);
        bed.store.release(&first).await.unwrap();
        let second = bed.store.claim(&bed.mapping, "second", LONG).await.unwrap().unwrap();
        assert_eq!(second.epoch, 2);
        assert!(second.expires_at >= first.expires_at);
        every_write_is_refused(&bed, &first).await;
        assert_eq!(bed.store.claim(&bed.mapping, "first", LONG).await.unwrap(), None);
    }

    async fn a_lease_given_back_writes_nothing_more(bed: Bed) {
        let lease = bed.lease().await;
        bed.store.release(&lease).await.unwrap();
        every_write_is_refused(&bed, &lease).await;
        assert_eq!(bed.store.image(&bed.mapping).await.unwrap(), Default::default());
    }

    async fn a_lease_that_is_over_goes_to_the_next_and_fences_the_first(bed: Bed) {
        let first = bed.store.claim(&bed.mapping, "first", SHORT).await.unwrap().unwrap();
        assert_eq!(bed.store.claim(&bed.mapping, "second", LONG).await.unwrap(), None);
        bed.pass(SHORT * 2).await;
        let second = bed.store.claim(&bed.mapping, "second", LONG).await.unwrap().unwrap();
        assert_eq!(second.epoch, first.epoch + 1);
        every_write_is_refused(&bed, &first).await;
        assert_eq!(bed.store.image(&bed.mapping).await.unwrap(), Default::default());
        assert_eq!(bed.store.runs(&bed.mapping, 9).await.unwrap(), []);
        assert_eq!(bed.store.events(&bed.mapping, None).await.unwrap(), []);
        // Giving back what was lost takes nothing from who has it now.
        bed.take_in(&second, vec![changed(Side::A, task("t2"))]).await;
        assert_eq!(bed.store.claim(&bed.mapping, "third", LONG).await.unwrap(), None);
    }

    async fn a_lease_lasts_from_its_renewal_on(bed: Bed) {
        let lease = bed.store.claim(&bed.mapping, "first", SHORT).await.unwrap().unwrap();
        bed.store.renew(&lease, LONG).await.unwrap();
        bed.pass(SHORT * 2).await;
        assert_eq!(bed.store.claim(&bed.mapping, "second", LONG).await.unwrap(), None);
        bed.store.renew(&lease, Duration::ZERO).await.unwrap();
        bed.pass(SHORT).await;
        // It is over, but nobody came.
        bed.take_in(&lease, vec![changed(Side::A, task("t1"))]).await;
        bed.store.renew(&lease, LONG).await.unwrap();
        assert_eq!(bed.store.claim(&bed.mapping, "second", LONG).await.unwrap(), None);
    }

    async fn a_worker_that_starts_anew_fences_its_former_self(bed: Bed) {
        let before = bed.lease().await;
        let after = bed.lease().await;
        assert_eq!(after.epoch, before.epoch + 1);
        every_write_is_refused(&bed, &before).await;
        bed.take_in(&after, vec![changed(Side::A, task("t1"))]).await;
    }

    async fn of_many_that_come_at_once_one_gets_it(bed: Bed) {
        for round in 1..=5 {
            let claims = (0..8).map(|worker| {
                let (store, mapping) = (bed.store.clone(), bed.mapping.clone());
                tokio::spawn(async move { store.claim(&mapping, &format!("worker {worker}"), LONG).await.unwrap() })
            });
            let mut leases = Vec::new();
            for claim in claims.collect::<Vec<_>>() {
                leases.extend(claim.await.unwrap());
            }
            assert_eq!(leases.iter().map(|lease| lease.epoch).collect::<Vec<_>>(), [round]);
            bed.store.release(&leases[0]).await.unwrap();
        }
    }

    async fn a_page_lands_as_a_whole(bed: Bed) {
        let lease = bed.lease().await;
        bed.store.begin(&lease, vec![intent("i1", IntentOp::Create, 0), intent("i2", IntentOp::Update, 1)]).await.unwrap();
        let mut taken = with_work(vec![changed(Side::B, task("b2"))]);
        taken.links = vec![full_link("l1", "a1", "b1")];
        taken.intents_over = vec!["i1".to_owned(), "unknown".to_owned()];
        taken.events = vec![event("e1", "r1", 0)];
        taken.state = Some((Side::B, state("c1")));
        bed.store.take_in(&lease, taken).await.unwrap();
        assert_eq!(bed.links().await, [full_link("l1", "a1", "b1")]);
        assert_eq!(bed.store.open_intents(&bed.mapping).await.unwrap(), [intent("i2", IntentOp::Update, 1)]);
        assert_eq!(bed.store.events(&bed.mapping, Some("r1")).await.unwrap(), [event("e1", "r1", 0)]);
        assert_eq!(bed.store.side_state(&bed.mapping, Side::B).await.unwrap(), Some(state("c1")));
        assert_eq!(bed.store.side_state(&bed.mapping, Side::A).await.unwrap(), None);
        assert_eq!(bed.due(0).await, [Work { generation: 1, ..changed(Side::B, task("b2")) }]);

        bed.take_in(&lease, vec![]).await;
        assert_eq!(bed.store.side_state(&bed.mapping, Side::B).await.unwrap(), Some(state("c1")));
        let mut taken = TakeIn::default();
        taken.state = Some((Side::B, SideState::default()));
        bed.store.take_in(&lease, taken).await.unwrap();
        assert_eq!(bed.store.side_state(&bed.mapping, Side::B).await.unwrap(), Some(SideState::default()));
    }

    async fn a_page_that_cannot_land_leaves_nothing(bed: Bed) {
        let lease = bed.lease().await;
        bed.settle(&lease, |settlement| settlement.links = vec![link("l1", "a1", "b1")]).await.unwrap();
        bed.store.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap();
        let before = bed.store.image(&bed.mapping).await.unwrap();
        let mut taken = with_work(vec![changed(Side::B, task("b2"))]);
        taken.links = vec![link("l2", "a2", "b1")];
        taken.intents_over = vec!["i1".to_owned()];
        taken.events = vec![event("e1", "r1", 0)];
        taken.state = Some((Side::B, state("c1")));
        let refused = bed.store.take_in(&lease, taken).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Taken(item, Side::B) if *item == task("b1")), "{refused:?}");
        assert_eq!(bed.store.image(&bed.mapping).await.unwrap(), before);
        assert_eq!(bed.store.events(&bed.mapping, None).await.unwrap(), []);
    }

    async fn work_that_comes_again_is_not_cleared_by_who_saw_it_before(bed: Bed) {
        let lease = bed.lease().await;
        bed.take_in(&lease, vec![changed(Side::A, task("t1"))]).await;
        let seen = bed.due(0).await.remove(0);
        bed.take_in(&lease, vec![changed(Side::A, task("t1"))]).await;
        let again = bed.due(0).await.remove(0);
        assert!(again.generation > seen.generation);
        bed.settle(&lease, |settlement| settlement.done = vec![seen.clone()]).await.unwrap();
        bed.store.put_off(&lease, vec![Work { attempts: 1, not_before: Some(at(9)), ..seen }]).await.unwrap();
        assert_eq!(bed.due(0).await, std::slice::from_ref(&again));
        bed.settle(&lease, |settlement| settlement.done = vec![again.clone()]).await.unwrap();
        assert_eq!(bed.store.all_work(&bed.mapping).await.unwrap(), []);
        // Also not where the row went and came in between.
        bed.take_in(&lease, vec![changed(Side::A, task("t1"))]).await;
        bed.settle(&lease, |settlement| settlement.done = vec![again]).await.unwrap();
        assert_eq!(bed.due(0).await.len(), 1);
    }

    async fn work_done_and_written_down_in_one_step_is_there(bed: Bed) {
        let lease = bed.lease().await;
        bed.take_in(&lease, vec![changed(Side::A, task("t1"))]).await;
        let seen = bed.due(0).await.remove(0);
        let later = Work { not_before: Some(at(50)), reason: WorkReason::Missing, ..seen.clone() };
        bed.settle(&lease, |settlement| {
            settlement.done = vec![seen.clone()];
            settlement.work = vec![later.clone()];
        }).await.unwrap();
        assert_eq!(bed.due(49).await, []);
        let due = bed.due(50).await.remove(0);
        assert!(due.generation > seen.generation);
        assert_eq!(due, Work { generation: due.generation, ..later });
    }

    async fn new_work_forgets_failures_and_keeps_its_urgency(bed: Bed) {
        let lease = bed.lease().await;
        let urgent = Work { priority: -3, ..Work::new(Side::A, task("t1"), WorkReason::Asked) };
        bed.take_in(&lease, vec![urgent]).await;
        let seen = bed.due(0).await.remove(0);
        let failed = Work { attempts: 5, last_error: Some("\0no\0".to_owned()), ..seen };
        bed.store.put_off(&lease, vec![failed]).await.unwrap();
        assert_eq!(bed.due(1_000_000).await, []);
        bed.take_in(&lease, vec![Work { attempts: 7, priority: 2, ..changed(Side::A, task("t1")) }]).await;
        let due = bed.due(0).await.remove(0);
        assert_eq!(due, Work { generation: due.generation, priority: -3, ..changed(Side::A, task("t1")) });
    }

    async fn of_two_rows_of_one_item_in_a_page_the_last_counts(bed: Bed) {
        let lease = bed.lease().await;
        let first = Work { priority: -1, ..changed(Side::A, task("t1")) };
        let gone = Work::new(Side::A, task("t1"), WorkReason::Deleted);
        bed.take_in(&lease, vec![first, changed(Side::B, task("t1")), gone]).await;
        let due = bed.due(0).await;
        assert_eq!(due.iter().map(|work| (work.side, work.reason, work.priority)).collect::<Vec<_>>(), [
            (Side::A, WorkReason::Deleted, -1),
            (Side::B, WorkReason::Changed, 0),
        ]);
        assert!(due[0].generation != due[1].generation);
    }

    async fn the_most_pressing_work_comes_first(bed: Bed) {
        let lease = bed.lease().await;
        let comment = ItemKey::new(Kind::Comment, "t/1");
        let sprint = ItemKey::new(Kind::Sprint, "s");
        bed.take_in(&lease, vec![changed(Side::A, comment.clone()), changed(Side::A, task("z"))]).await;
        bed.take_in(&lease, vec![changed(Side::B, task("y")), changed(Side::A, task("a"))]).await;
        let asked = Work { priority: -1, ..changed(Side::A, ItemKey::new(Kind::Comment, "t/2")) };
        let later = Work { priority: 9, ..changed(Side::A, ItemKey::new(Kind::Sprint, "s2")) };
        bed.take_in(&lease, vec![changed(Side::B, sprint), later, asked]).await;
        let order = |work: Vec<Work>| work.into_iter().map(|work| work.item.id).collect::<Vec<_>>();
        let all = ["t/2", "s", "z", "y", "a", "t/1", "s2"];
        assert_eq!(order(bed.due(0).await), all);
        assert_eq!(order(bed.store.all_work(&bed.mapping).await.unwrap()), all);
        assert_eq!(order(bed.store.due_work(&bed.mapping, at(0), 3).await.unwrap()), all[..3]);
        // What is put off to last, is last.
        let first = bed.due(0).await.remove(0);
        bed.store.put_off(&lease, vec![Work { priority: 10, ..first }]).await.unwrap();
        assert_eq!(order(bed.due(0).await).last().unwrap(), "t/2");
    }

    async fn work_waits_and_goes_into_quarantine(bed: Bed) {
        let lease = bed.lease().await;
        let items = ["t1", "t2", "t3"].map(|id| changed(Side::A, task(id)));
        bed.take_in(&lease, items.to_vec()).await;
        let due = bed.due(0).await;
        let waits = Work { attempts: 1, not_before: Some(at(100)), last_error: Some("busy".to_owned()), ..due[0].clone() };
        let kept = |work: &Work| Work { attempts: 5, not_before: None, last_error: Some("no".to_owned()), ..work.clone() };
        bed.store.put_off(&lease, vec![waits.clone(), kept(&due[1]), kept(&due[2])]).await.unwrap();
        assert_eq!(bed.due(99).await, []);
        assert_eq!(bed.due(100).await, std::slice::from_ref(&waits));
        let all = bed.store.all_work(&bed.mapping).await.unwrap();
        assert_eq!(all.iter().map(Work::is_quarantined).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(all[1], kept(&due[1]));

        assert_eq!(bed.store.retry(&bed.mapping, Some((Side::B, task("t2")))).await.unwrap(), 0);
        assert_eq!(bed.store.retry(&bed.mapping, Some((Side::A, task("t1")))).await.unwrap(), 0);
        assert_eq!(bed.store.retry(&bed.other, None).await.unwrap(), 0);
        assert_eq!(bed.store.retry(&bed.mapping, Some((Side::A, task("t2")))).await.unwrap(), 1);
        assert_eq!(bed.due(0).await, [due[1].clone()]);
        assert_eq!(bed.store.retry(&bed.mapping, None).await.unwrap(), 1);
        assert_eq!(bed.due(99).await, due[1..]);
        assert_eq!(bed.due(100).await[0], waits);
    }

    async fn links_come_back_as_they_were(bed: Bed) {
        let lease = bed.lease().await;
        let sprint = Link { kind: Kind::Sprint, ..link("l2", "a1", "b1") };
        let open = Link { ids: Pair::new(None, Some("b3".to_owned())), state: LinkState::Tombstoned, ..link("l3", "", "") };
        let open = Link { absence: Some(Absence { side: None, since: at(3) }), ..open };
        let mut links = vec![full_link("l1", "a1", "b1"), sprint.clone(), open.clone()];
        bed.settle(&lease, |settlement| settlement.links = links.clone()).await.unwrap();
        assert_eq!(bed.links().await, links);
        let of = async |side, items: &[ItemKey]| {
            let mut links = bed.store.links_of(&bed.mapping, side, items).await.unwrap();
            links.sort_by(|one, other| one.id.cmp(&other.id));
            links.into_iter().map(|link| link.id).collect::<Vec<_>>()
        };
        assert_eq!(of(Side::A, &[task("a1"), ItemKey::new(Kind::Sprint, "a1"), task("a9"), task("b3")]).await, ["l1", "l2"]);
        assert_eq!(of(Side::B, &[task("b3"), task("b3"), ItemKey::new(Kind::Comment, "b1")]).await, ["l3"]);
        assert_eq!(of(Side::B, &[]).await, Vec::<String>::new());
        let counts = BTreeMap::from([(Kind::Sprint, 1), (Kind::Task, 1)]);
        assert_eq!(bed.store.count_links(&bed.mapping).await.unwrap(), counts);

        links[0] = link("l1", "a1", "b7");
        bed.settle(&lease, |settlement| {
            settlement.links = vec![links[0].clone()];
            settlement.unlinked = vec!["l2".to_owned(), "unknown".to_owned()];
        }).await.unwrap();
        assert_eq!(bed.links().await, [links[0].clone(), open]);
        assert_eq!(of(Side::B, &[task("b1"), task("b7")]).await, ["l1"]);
        assert_eq!(bed.store.count_links(&bed.mapping).await.unwrap(), BTreeMap::from([(Kind::Task, 1)]));
    }

    async fn comments_are_found_by_their_task(bed: Bed) {
        let lease = bed.lease().await;
        let comment = |id: &str, a: &str| Link { kind: Kind::Comment, ..link(id, a, &format!("b{id}/1")) };
        let links = [comment("l1", "t/1"), comment("l2", "t/2"), comment("l3", "t/2/9"), comment("l4", "t0/1"), link("l5", "t/3", "b5")];
        bed.settle(&lease, |settlement| settlement.links = links.to_vec()).await.unwrap();
        let of = async |side, task: &str| {
            let mut links = bed.store.comment_links(&bed.mapping, side, task).await.unwrap();
            links.sort_by(|one, other| one.id.cmp(&other.id));
            links.into_iter().map(|link| link.id).collect::<Vec<_>>()
        };
        assert_eq!(of(Side::A, "t").await, ["l1", "l2"]);
        assert_eq!(of(Side::A, "t/2").await, ["l3"]);
        assert_eq!(of(Side::B, "bl4").await, ["l4"]);
        assert_eq!(of(Side::A, "bl4").await, Vec::<String>::new());
        assert_eq!(bed.store.comment_links(&bed.other, Side::A, "t").await.unwrap(), []);
    }

    async fn children_wait_for_their_parents(bed: Bed) {
        let lease = bed.lease().await;
        let child = |id: &str| Link { pending_parent: true, ..link(id, id, id) };
        let links = vec![child("l3"), link("l2", "l2", "l2"), child("l1")];
        bed.settle(&lease, |settlement| settlement.links = links).await.unwrap();
        assert_eq!(bed.store.pending_children(&bed.mapping).await.unwrap(), [child("l1"), child("l3")]);
        bed.settle(&lease, |settlement| settlement.links = vec![link("l1", "l1", "l1")]).await.unwrap();
        assert_eq!(bed.store.pending_children(&bed.mapping).await.unwrap(), [child("l3")]);
        assert_eq!(bed.store.pending_children(&bed.other).await.unwrap(), []);
    }

    async fn work_is_found_by_its_item(bed: Bed) {
        let lease = bed.lease().await;
        let sprint = ItemKey::new(Kind::Sprint, "t1");
        let kept = Work { last_error: Some("no".to_owned()), ..changed(Side::A, task("t2")) };
        bed.take_in(&lease, vec![changed(Side::A, task("t1")), kept, changed(Side::A, sprint.clone()), changed(Side::B, task("t3"))]).await;
        let of = async |side, items: &[ItemKey]| {
            let mut work = bed.store.work_of(&bed.mapping, side, items).await.unwrap();
            work.sort_by_key(|work| work.generation);
            work.into_iter().map(|work| (work.item.clone(), work.is_quarantined())).collect::<Vec<_>>()
        };
        assert_eq!(of(Side::A, &[task("t2"), task("t1"), task("t2"), task("t3")]).await, [(task("t1"), false), (task("t2"), true)]);
        assert_eq!(of(Side::A, std::slice::from_ref(&sprint)).await, [(sprint, false)]);
        assert_eq!(of(Side::B, &[task("t1"), task("t3")]).await, [(task("t3"), false)]);
        assert_eq!(of(Side::B, &[]).await, []);
    }

    async fn links_are_walked_in_order(bed: Bed) {
        let lease = bed.lease().await;
        let links: Vec<_> = (0..1_201)
            .map(|number| {
                let kind = if number % 2 == 0 { Kind::Task } else { Kind::Comment };
                Link { kind, ..link(&format!("l{number:04}"), &format!("a{number}"), &format!("b{number}")) }
            })
            .collect();
        bed.settle(&lease, |settlement| settlement.links = links.iter().rev().cloned().collect()).await.unwrap();
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = bed.store.links_after(&bed.mapping, Some(Kind::Task), after.as_deref(), 250).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            walked.extend(page);
        }
        assert_eq!(walked, links.iter().filter(|link| link.kind == Kind::Task).cloned().collect::<Vec<_>>());
        let items: Vec<_> = links.iter().filter_map(|link| link.item(Side::B)).collect();
        assert_eq!(bed.store.links_of(&bed.mapping, Side::B, &items).await.unwrap().len(), links.len());
        assert_eq!(bed.store.count_links(&bed.mapping).await.unwrap()[&Kind::Task], 601);
        bed.settle(&lease, |settlement| settlement.unlinked = links.into_iter().map(|link| link.id).collect()).await.unwrap();
        assert_eq!(bed.links().await, []);
    }

    async fn no_item_has_two_twins(bed: Bed) {
        let lease = bed.lease().await;
        let tombstone = Link { state: LinkState::Tombstoned, ..link("l1", "a1", "b1") };
        bed.settle(&lease, |settlement| settlement.links = vec![tombstone]).await.unwrap();
        let before = bed.store.image(&bed.mapping).await.unwrap();
        for (links, side, id) in [
            (vec![link("l2", "a1", "b2")], Side::A, "a1"),
            (vec![link("l2", "a2", "b1")], Side::B, "b1"),
            (vec![link("l2", "a2", "b2"), link("l3", "a2", "b3")], Side::A, "a2"),
        ] {
            let refused = bed.settle(&lease, |settlement| {
                settlement.links = links;
                settlement.work = vec![changed(Side::A, task("t1"))];
                settlement.conflicts = vec![conflict("c1", "l1", 0)];
                settlement.events = vec![event("e1", "r1", 0)];
            });
            let refused = refused.await.unwrap_err();
            assert!(matches!(&refused, StoreError::Taken(item, of) if *item == task(id) && *of == side), "{refused:?}");
            assert!(refused.to_string().contains("another twin"), "{refused}");
        }
        assert_eq!(bed.store.image(&bed.mapping).await.unwrap(), before);
        assert_eq!(bed.store.conflicts(&bed.mapping, false).await.unwrap(), []);
        assert_eq!(bed.store.events(&bed.mapping, None).await.unwrap(), []);
        // The same item of another kind, or in another mapping, is another item.
        let comment = Link { kind: Kind::Comment, ..link("l2", "a1", "b1") };
        bed.settle(&lease, |settlement| settlement.links = vec![comment]).await.unwrap();
    }

    async fn an_item_passes_from_one_link_to_another_in_one_step(bed: Bed) {
        let lease = bed.lease().await;
        bed.settle(&lease, |settlement| settlement.links = vec![link("l1", "a1", "b1"), link("l2", "a2", "b2")]).await.unwrap();
        let gives = Link { ids: Pair::new(None, Some("b1".to_owned())), state: LinkState::Tombstoned, ..link("l1", "", "") };
        bed.settle(&lease, |settlement| settlement.links = vec![link("l3", "a1", "b3"), gives.clone()]).await.unwrap();
        bed.settle(&lease, |settlement| {
            settlement.unlinked = vec!["l2".to_owned()];
            settlement.links = vec![link("l4", "a2", "b2")];
        }).await.unwrap();
        assert_eq!(bed.links().await, [gives, link("l3", "a1", "b3"), link("l4", "a2", "b2")]);
        let found = bed.store.links_of(&bed.mapping, Side::A, &[task("a1"), task("a2")]).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|link| link.id != "l1"));
    }

    async fn intents_stay_until_they_are_over(bed: Bed) {
        let lease = bed.lease().await;
        let intents = [intent("i3", IntentOp::Create, 0), intent("i1", IntentOp::Delete, 5), intent("i2", IntentOp::Archive, 5)];
        bed.store.begin(&lease, vec![intents[2].clone(), intents[1].clone()]).await.unwrap();
        bed.store.begin(&lease, vec![intents[0].clone()]).await.unwrap();
        // A begin whose commit was not answered is made again.
        bed.store.begin(&lease, vec![intents[0].clone()]).await.unwrap();
        assert_eq!(bed.store.open_intents(&bed.mapping).await.unwrap(), intents);
        bed.settle(&lease, |settlement| settlement.intents_over = vec!["i1".to_owned()]).await.unwrap();
        assert_eq!(bed.store.open_intents(&bed.mapping).await.unwrap(), [intents[0].clone(), intents[2].clone()]);
        assert_eq!(bed.store.open_intents(&bed.other).await.unwrap(), []);
    }

    async fn conflicts_keep_both_values(bed: Bed) {
        let lease = bed.lease().await;
        let mut decided = conflict("c2", "l1", 7);
        (decided.winner, decided.decided_by, decided.resolved_at) = (Some(Side::A), Some("primary".to_owned()), Some(at(7)));
        let mut whole = conflict("c3", "l2", 7);
        (whole.field, whole.cause, whole.kind) = (None, Cause::DeletedEdited, Kind::Sprint);
        let open = conflict("c1", "l1", 3);
        bed.settle(&lease, |settlement| settlement.conflicts = vec![open.clone(), decided.clone(), whole.clone()]).await.unwrap();
        assert_eq!(bed.store.conflicts(&bed.mapping, false).await.unwrap(), [whole.clone(), decided, open.clone()]);
        assert_eq!(bed.store.conflicts(&bed.mapping, true).await.unwrap(), [whole.clone(), open.clone()]);
        let anew = pm_sync::store::Conflict { values: Pair::new(json!("x"), odd()), ..open };
        bed.settle(&lease, |settlement| settlement.conflicts = vec![anew.clone()]).await.unwrap();
        assert_eq!(bed.store.conflicts(&bed.mapping, true).await.unwrap(), [whole, anew]);
    }

    async fn a_person_decides(bed: Bed) {
        let lease = bed.lease().await;
        let (parked, open) = (full_link("l1", "a1", "b1"), conflict("c1", "l1", 3));
        bed.settle(&lease, |settlement| {
            settlement.links = vec![parked.clone()];
            settlement.conflicts = vec![open.clone(), conflict("c2", "gone", 4)];
        }).await.unwrap();
        let missing = bed.store.resolve(&bed.mapping, "c9", Side::B, "ada").await.unwrap_err();
        assert!(matches!(&missing, StoreError::Failed(error) if error.kind() == ErrorKind::NotFound), "{missing:?}");
        assert!(bed.store.resolve(&bed.other, "c1", Side::B, "ada").await.is_err());

        let resolved = bed.store.resolve(&bed.mapping, "c1", Side::B, "ada").await.unwrap();
        assert_eq!((resolved.winner, resolved.decided_by.as_deref()), (Some(Side::B), Some("ada")));
        assert!(resolved.resolved_at.is_some());
        assert_eq!(bed.store.conflicts(&bed.mapping, false).await.unwrap()[1], resolved);
        let told = bed.links().await.remove(0);
        assert_eq!(told.parked.values().map(|parked| parked.winner).collect::<Vec<_>>(), [Some(Side::B)]);
        let due = bed.due(0).await;
        assert_eq!(due, [Work { generation: due[0].generation, ..Work::new(Side::A, task("a1"), WorkReason::Asked) }]);

        // Once more the same is no harm, the other way is too late.
        assert_eq!(bed.store.resolve(&bed.mapping, "c1", Side::B, "bob").await.unwrap(), resolved);
        let late = bed.store.resolve(&bed.mapping, "c1", Side::A, "bob").await.unwrap_err();
        assert!(matches!(&late, StoreError::Failed(error) if error.kind() == ErrorKind::Conflict && error.hint_text().is_some()), "{late:?}");
        assert_eq!(bed.due(0).await, due);
        // Without a link there is nothing left to be done.
        assert_eq!(bed.store.resolve(&bed.mapping, "c2", Side::A, "ada").await.unwrap().winner, Some(Side::A));
        assert_eq!(bed.due(0).await, due);

        // A run that read link and conflict before knows nothing of it, and takes nothing back.
        bed.settle(&lease, |settlement| {
            settlement.links = vec![parked];
            settlement.conflicts = vec![open];
        }).await.unwrap();
        assert_eq!(bed.links().await, [told]);
        assert_eq!(bed.store.conflicts(&bed.mapping, false).await.unwrap()[1], resolved);
    }

    async fn each_user_is_one_other_user(bed: Bed) {
        let lease = bed.lease().await;
        let user = |a: &str, b: &str, how| UserLink { ids: Pair::new(a.to_owned(), b.to_owned()), how };
        let first = [user("a1", "b1", UserMatch::Email), user("a2", "b2", UserMatch::Login), user("a3", "b3", UserMatch::Explicit)];
        bed.store.save_users(&lease, first.to_vec()).await.unwrap();
        assert_eq!(bed.store.users(&bed.mapping).await.unwrap(), first);
        let crossed = user("a1", "b2", UserMatch::Explicit);
        bed.store.save_users(&lease, vec![user("a1", "b9", UserMatch::Login), crossed.clone()]).await.unwrap();
        assert_eq!(bed.store.users(&bed.mapping).await.unwrap(), [crossed, first[2].clone()]);
        bed.store.save_users(&lease, vec![]).await.unwrap();
        assert_eq!(bed.store.users(&bed.mapping).await.unwrap().len(), 2);
    }

    async fn runs_and_what_they_did_are_remembered(bed: Bed) {
        let lease = bed.lease().await;
        let mut first = run("r1", 0);
        first.counters.remove("updated");
        bed.store.save_run(&lease, &first).await.unwrap();
        (first.phase, first.ended_at, first.outcome) = (RunPhase::Ended, Some(at(9)), Some("done".to_owned()));
        bed.store.save_run(&lease, &first).await.unwrap();
        bed.store.save_run(&lease, &run("r0", 5)).await.unwrap();
        assert_eq!(bed.store.runs(&bed.mapping, 9).await.unwrap(), [run("r0", 5), first]);
        assert_eq!(bed.store.runs(&bed.mapping, 1).await.unwrap(), [run("r0", 5)]);

        let mut bare = event("e1", "r1", 7);
        (bare.item, bare.intent) = (None, None);
        let events = [event("e2", "r1", 3), event("e3", "r0", 3), bare];
        bed.settle(&lease, |settlement| settlement.events = vec![events[2].clone(), events[0].clone()]).await.unwrap();
        bed.settle(&lease, |settlement| settlement.events = vec![events[0].clone(), events[1].clone()]).await.unwrap();
        assert_eq!(bed.store.events(&bed.mapping, None).await.unwrap(), events);
        assert_eq!(bed.store.events(&bed.mapping, Some("r1")).await.unwrap(), [events[0].clone(), events[2].clone()]);
    }

    async fn an_image_shows_all_that_a_plan_has_to_know(bed: Bed) {
        let lease = bed.lease().await;
        bed.store.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap();
        let user = UserLink { ids: Pair::new("a1".to_owned(), "b1".to_owned()), how: UserMatch::Email };
        bed.store.save_users(&lease, vec![user]).await.unwrap();
        let mut taken = with_work(vec![changed(Side::A, task("t1")), changed(Side::B, task("t2"))]);
        taken.links = vec![full_link("l1", "a1", "b1"), link("l2", "a2", "b2")];
        taken.state = Some((Side::A, state("c1")));
        bed.store.take_in(&lease, taken).await.unwrap();

        let image = bed.store.image(&bed.mapping).await.unwrap();
        assert_eq!((image.links.len(), image.work.len(), image.intents.len(), image.users.len()), (2, 2, 1, 1));
        assert_eq!(image.states, Pair::new(Some(state("c1")), None));
        assert_eq!(bed.store.image(&bed.other).await.unwrap(), Default::default());
        let copy = MemoryStore::from_image(Arc::new(HandClock::new()), "copy", image.clone());
        assert_eq!(copy.image("copy").await.unwrap(), image);
        assert_eq!(copy.links_of("copy", Side::B, &[task("b2")]).await.unwrap(), [link("l2", "a2", "b2")]);
        let lease = copy.claim("copy", "plan", LONG).await.unwrap().unwrap();
        copy.take_in(&lease, with_work(vec![changed(Side::A, task("t1"))])).await.unwrap();
        let generations: Vec<_> = copy.all_work("copy").await.unwrap().into_iter().map(|work| work.generation).collect();
        assert_eq!(generations, [2, 3]);
    }

    async fn mappings_know_nothing_of_each_other(bed: Bed) {
        for mapping in [&bed.mapping, &bed.other] {
            let lease = bed.store.claim(mapping, "worker", LONG).await.unwrap().unwrap();
            bed.store.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap();
            bed.store.save_run(&lease, &run("r1", 0)).await.unwrap();
            let mut settlement = Settlement::default();
            settlement.links = vec![full_link("l1", "a1", "b1")];
            settlement.conflicts = vec![conflict("c1", "l1", 0)];
            settlement.events = vec![event("e1", "r1", 0)];
            settlement.work = vec![changed(Side::A, task("t1"))];
            bed.store.settle(&lease, settlement).await.unwrap();
        }
        let before = bed.store.image(&bed.other).await.unwrap();
        let lease = bed.lease().await;
        bed.store.resolve(&bed.mapping, "c1", Side::A, "ada").await.unwrap();
        let done = bed.store.all_work(&bed.mapping).await.unwrap();
        bed.settle(&lease, |settlement| {
            settlement.intents_over = vec!["i1".to_owned()];
            settlement.unlinked = vec!["l1".to_owned()];
            settlement.done = done;
        }).await.unwrap();
        assert_eq!(bed.store.image(&bed.other).await.unwrap(), before);
        assert_eq!(bed.store.conflicts(&bed.other, true).await.unwrap().len(), 1);
        let field = before.links[0].base.a.as_ref().map(|base| base.get(&Field::Title.into()).clone());
        assert_eq!(field, Some(json!("T")));
    }
}
