//! What the engine is proved with is the store in memory: the one in a database answers the same to whatever it is asked.

use std::sync::Arc;
use std::time::Duration;

use pm_provider_internal::store::{Store, StoreOptions};
use pm_sync::item::{ItemKey, Kind, Pair, Side};
use pm_sync::store::{
    IntentOp, Lease, Link, LinkState, MemoryStore, Settlement, SqlStore, StoreError, StoreResult, SyncStore, TakeIn,
    UserLink, UserMatch, Work, WorkReason,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::store_bed::HandClock;
use crate::store_bed::sql::mapping;
use crate::store_rows::{at, conflict, event, full_link, intent, link, run, state};

const LONG: Duration = Duration::from_secs(3_600);

/// Numbers out of which a step is made, so that shrinking makes them small.
#[derive(Clone, Copy, Debug)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        let number = self.0 % limit;
        // A permuted congruential step; any will do.
        self.0 = (self.0 / limit).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 1;
        number
    }

    fn pick<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        let index = self.below(u64::try_from(all.len()).unwrap().max(1));
        all.get(usize::try_from(index).unwrap())
    }

    fn few<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| make(self)).collect()
    }

    fn id(&mut self, letter: char, limit: u64) -> String {
        format!("{letter}{}", self.below(limit))
    }

    fn side(&mut self) -> Side {
        Side::BOTH[usize::from(self.below(2) == 1)]
    }

    fn item(&mut self) -> ItemKey {
        match self.below(4) {
            0 => ItemKey::new(Kind::Comment, format!("t/{}", self.below(2))),
            1 => ItemKey::new(Kind::Sprint, self.id('t', 2)),
            _ => ItemKey::new(Kind::Task, self.id('t', 3)),
        }
    }

    fn work(&mut self) -> Work {
        let reason = [WorkReason::Changed, WorkReason::Deleted, WorkReason::Asked][self.below(3) as usize];
        Work {
            priority: self.below(3) as i32 - 1,
            not_before: (self.below(4) == 0).then(|| at(50)),
            last_error: (self.below(4) == 0).then(|| "no".to_owned()),
            ..Work::new(self.side(), self.item(), reason)
        }
    }

    fn link(&mut self) -> Link {
        let id = self.id('l', 4);
        let made = if self.below(2) == 0 { full_link(&id, "", "") } else { link(&id, "", "") };
        let held = |dice: &mut Self, letter| (dice.below(4) > 0).then(|| dice.id(letter, 4));
        Link {
            kind: if self.below(4) == 0 { Kind::Comment } else { Kind::Task },
            ids: Pair::new(held(self, 'a'), held(self, 'b')),
            state: [LinkState::Linked, LinkState::Tombstoned][self.below(2) as usize],
            pending_parent: self.below(3) == 0,
            ..made
        }
    }
}

/// The same asked of both.
struct Both {
    memory: MemoryStore,
    sql: SqlStore,
    mapping: String,
    leases: Vec<Lease>,
    seen: Vec<Work>,
}

/// What came of it, as far as both must agree.
fn said<T>(result: StoreResult<T>) -> Result<T, String> {
    result.map_err(|error| match error {
        StoreError::Failed(error) => format!("{:?}: {}", error.kind(), error.message()),
        // Which one is named first, where there are several, is nobody's concern.
        StoreError::Taken(..) => "taken".to_owned(),
        error => format!("{error:?}"),
    })
}

/// Asks both stores and compares the answers.
macro_rules! both {
    ($both:ident.$method:ident($($argument:expr),*)) => {{
        let memory = said($both.memory.$method($($argument),*).await);
        let sql = said($both.sql.$method($($argument),*).await);
        prop_assert_eq!(&memory, &sql);
        memory
    }};
}

impl Both {
    async fn new() -> Self {
        let clock = Arc::new(HandClock::new());
        let store = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
        let mapping = mapping(&store, "one").await;
        let sql = SqlStore::new(store.clock(clock.clone()));
        Self { memory: MemoryStore::new(clock), sql, mapping, leases: Vec::new(), seen: Vec::new() }
    }

    async fn claim(&mut self, dice: &mut Dice) -> TestCaseResult {
        let owner = dice.id('w', 2);
        let memory = self.memory.claim(&self.mapping, &owner, LONG).await.unwrap();
        let sql = self.sql.claim(&self.mapping, &owner, LONG).await.unwrap();
        prop_assert_eq!(memory.as_ref().map(|lease| lease.epoch), sql.as_ref().map(|lease| lease.epoch));
        self.leases.extend(memory);
        Ok(())
    }

    /// Mostly the lease that holds.
    fn lease(&self, dice: &mut Dice) -> Option<Lease> {
        if dice.below(5) == 0 { dice.pick(&self.leases).cloned() } else { self.leases.last().cloned() }
    }

    async fn take_in(&self, dice: &mut Dice, lease: &Lease) -> TestCaseResult {
        let mut taken = TakeIn::default();
        taken.work = dice.few(Dice::work);
        taken.links = dice.few(Dice::link);
        taken.intents_over = dice.few(|dice| dice.id('i', 3));
        taken.state = (dice.below(2) == 0).then(|| (dice.side(), state(&dice.id('c', 9))));
        let _ = both!(self.take_in(lease, taken.clone()));
        Ok(())
    }

    async fn settle(&self, dice: &mut Dice, lease: &Lease) -> TestCaseResult {
        let mut settlement = Settlement::default();
        settlement.links = dice.few(Dice::link);
        settlement.unlinked = dice.few(|dice| dice.id('l', 4));
        settlement.intents_over = dice.few(|dice| dice.id('i', 3));
        settlement.conflicts = dice.few(|dice| {
            let mut made = conflict(&dice.id('c', 3), &dice.id('l', 4), dice.below(3) as i64);
            made.winner = (dice.below(3) == 0).then(|| dice.side());
            made
        });
        settlement.events = dice.few(|dice| {
            let number = dice.below(9);
            event(&format!("e{number}"), &format!("r{}", number % 2), (number / 2) as i64)
        });
        settlement.done = dice.few(|dice| dice.pick(&self.seen).cloned()).into_iter().flatten().collect();
        settlement.work = dice.few(Dice::work);
        let _ = both!(self.settle(lease, settlement.clone()));
        Ok(())
    }

    async fn write(&self, dice: &mut Dice, lease: &Lease) -> TestCaseResult {
        match dice.below(7) {
            0 | 1 => self.take_in(dice, lease).await?,
            2 | 3 => self.settle(dice, lease).await?,
            4 => {
                let ops = [IntentOp::Create, IntentOp::Update];
                let intents =
                    dice.few(|dice| intent(&dice.id('i', 3), ops[dice.below(2) as usize], dice.below(3) as i64));
                let _ = both!(self.begin(lease, intents.clone()));
            }
            5 => {
                let seen = dice.few(|dice| dice.pick(&self.seen).cloned()).into_iter().flatten();
                let rows: Vec<_> = seen
                    .map(|seen| Work {
                        attempts: 1,
                        ..Work { generation: seen.generation, side: seen.side, item: seen.item, ..dice.work() }
                    })
                    .collect();
                let _ = both!(self.put_off(lease, rows.clone()));
            }
            _ => {
                let users = dice
                    .few(|dice| UserLink { ids: Pair::new(dice.id('u', 3), dice.id('v', 3)), how: UserMatch::Login });
                let _ = both!(self.save_users(lease, users.clone()));
                let begun = run(&dice.id('r', 3), dice.below(3) as i64);
                let _ = both!(self.save_run(lease, &begun));
            }
        }
        Ok(())
    }

    async fn step(&mut self, dice: &mut Dice) -> TestCaseResult {
        let mapping = self.mapping.clone();
        match (dice.below(9), self.lease(dice)) {
            (0, _) | (_, None) => self.claim(dice).await?,
            (1, Some(lease)) if dice.below(2) == 0 => {
                let _ = both!(self.release(&lease));
            }
            (1, _) => {
                let one = (dice.below(2) == 0).then(|| (dice.side(), dice.item()));
                let _ = both!(self.retry(&mapping, one.clone()));
            }
            (2, _) => {
                let (conflict, winner) = (dice.id('c', 4), dice.side());
                let _ = both!(self.resolve(&mapping, &conflict, winner, "ada"));
            }
            (_, Some(lease)) => self.write(dice, &lease).await?,
        }
        self.compare().await
    }

    async fn compare(&mut self) -> TestCaseResult {
        let mapping = &self.mapping;
        let _ = both!(self.image(mapping));
        let _ = both!(self.conflicts(mapping, false));
        let _ = both!(self.conflicts(mapping, true));
        let _ = both!(self.events(mapping, None));
        let _ = both!(self.runs(mapping, 2));
        let _ = both!(self.count_links(mapping));
        let _ = both!(self.pending_children(mapping));
        let _ = both!(self.due_work(mapping, at(0), 3));
        let work = both!(self.all_work(mapping)).unwrap();
        self.seen.extend(work);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(), max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn both_say_the_same(steps in prop::collection::vec(any::<u64>(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new().await;
            for step in steps {
                both.step(&mut Dice(step)).await?;
            }
            TestCaseResult::Ok(())
        })?;
    }
}

/// A database is made for each case.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}
