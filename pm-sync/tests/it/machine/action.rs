//! What happens to a pair of trackers: humans, time, runs, and what goes wrong in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pm_provider::ErrorKind;
use pm_sync::config::Policy;
use pm_sync::engine::RunOptions;
use pm_sync::item::Side;
use pm_testkit::pair::{Act, Blackout, Script, Trouble};
use proptest::prelude::*;

use super::human::{Deed, What, any_deed, any_edit, any_side};
use super::world::{Ended, Process, World};

/// One step of a sequence.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// A human does something.
    Human(Deed),
    /// Time passes.
    Pass(Duration),
    /// The engine runs, and something happens at some of its points.
    Run(Vec<(usize, Happening)>),
    /// One process runs, is stopped at a point for some time in which another one runs, and goes on.
    Overtaken { at: usize, time: Duration, other: Vec<(usize, Happening)> },
    /// Two processes run side by side; the bits say whose turn it is.
    Side { turns: u64, wait: Duration },
    /// A side shows us nothing from now on, or all again.
    Blackout(Side, Option<Blackout>),
    /// A human decides one of the conflicts that are left to people.
    Decide(u8, Side),
    /// A human changes what a conflict is left about, and the engine is at it when that is decided.
    DecideAmid { deed: Deed, at: usize, pick: u8, winner: Side },
}

/// Something that happens at a point of a run.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Crash,
    Trouble(Trouble),
    Human(Deed),
    Pass(Duration),
    Blackout(Side, Option<Blackout>),
    Decide(u8, Side),
    /// The next change that the engine makes is overwritten by a human before its answer is there.
    Meddle(Deed),
}

pub(crate) fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        30 => any_deed().prop_map(Action::Human),
        8 => any_time().prop_map(Action::Pass),
        16 => happenings(4).prop_map(Action::Run),
        6 => Just(Action::Run(Vec::new())),
        4 => (any_point(), any_time(), happenings(2)).prop_map(|(at, time, other)| Action::Overtaken { at, time, other }),
        2 => (any::<u64>(), any_time()).prop_map(|(turns, wait)| Action::Side { turns, wait }),
        4 => (any_side(), any_blackout()).prop_map(|(side, blackout)| Action::Blackout(side, blackout)),
        2 => (any::<u8>(), any_side()).prop_map(|(pick, side)| Action::Decide(pick, side)),
        3 => (any_edit(), 15..50_usize, any::<u8>(), any_side())
            .prop_map(|(deed, at, pick, winner)| Action::DecideAmid { deed, at, pick, winner }),
    ]
}

fn any_time() -> impl Strategy<Value = Duration> {
    proptest::sample::select(vec![1_u64, 5, 20, 31, 61, 100, 200, 650, 1300, 3700]).prop_map(Duration::from_secs)
}

fn any_point() -> impl Strategy<Value = usize> {
    prop_oneof![1..20_usize, 1..60_usize, 1..150_usize]
}

fn any_blackout() -> impl Strategy<Value = Option<Blackout>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Blackout::Unauthenticated)),
        1 => Just(Some(Blackout::Forbidden)),
        2 => Just(Some(Blackout::NotFound)),
        2 => Just(Some(Blackout::Empty)),
    ]
}

fn happenings(most: usize) -> impl Strategy<Value = Vec<(usize, Happening)>> {
    let one = (any_point(), any_happening());
    proptest::collection::vec(one, 0..=most)
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let late = proptest::sample::select(vec![1_u64, 10, 29]).prop_map(Duration::from_secs);
    let trouble = prop_oneof![
        Just(Trouble::FailBefore),
        Just(Trouble::Refuse(ErrorKind::RateLimited)),
        Just(Trouble::Refuse(ErrorKind::InvalidInput)),
        Just(Trouble::Refuse(ErrorKind::PermissionDenied)),
        Just(Trouble::FailAfter),
        Just(Trouble::FailAfter),
        Just(Trouble::Vanish),
        late.clone().prop_map(Trouble::Late),
        late.prop_map(Trouble::CrashLate),
    ];
    prop_oneof![
        3 => Just(Happening::Crash),
        5 => trouble.prop_map(Happening::Trouble),
        4 => any_deed().prop_map(Happening::Human),
        2 => (any::<u8>(), any_side()).prop_map(|(pick, side)| Happening::Decide(pick, side)),
        1 => any_deed().prop_map(Happening::Meddle),
        1 => any_time().prop_map(Happening::Pass),
        1 => (any_side(), any_blackout()).prop_map(|(side, blackout)| Happening::Blackout(side, blackout)),
        // Single items that are hidden for longer are given up like deleted ones: no backend tells them apart.
        1 => any_side().prop_map(|side| Happening::Blackout(side, Some(Blackout::Half))),
    ]
}

/// A script by which these things happen.
pub(crate) fn script(world: &World, happenings: &[(usize, Happening)]) -> Script {
    let script = Script::new();
    for (point, happening) in happenings {
        let world = world.clone();
        let act = match happening.clone() {
            Happening::Meddle(deed) => {
                meddle(&world, &script, *point, &deed);
                continue;
            }
            Happening::Crash => Act::Crash,
            Happening::Trouble(trouble) => Act::Trouble(trouble),
            Happening::Human(deed) => Act::deed(move || deed.done(&world)),
            Happening::Decide(pick, side) => Act::deed(move || world.decide(pick, side)),
            Happening::Pass(time) => Act::deed(move || world.pass(time)),
            Happening::Blackout(side, blackout) => Act::deed(move || world.black_out(side, blackout)),
        };
        script.at(*point, act);
    }
    script
}

/// For how many points somebody waits for a change to overwrite.
const WATCHED: usize = 60;

/// A human overwrites the first change that the engine makes from a point on, before it has the answer.
fn meddle(world: &World, script: &Script, from: usize, deed: &Deed) {
    let is_done = Arc::new(AtomicBool::new(false));
    for point in from..from + WATCHED {
        let (world, deed, is_done) = (world.clone(), deed.clone(), Arc::clone(&is_done));
        let overwrite = move || {
            if !is_done.load(Ordering::Relaxed) {
                is_done.store(deed.overwrites(&world), Ordering::Relaxed);
            }
        };
        script.at(point, Act::deed(overwrite));
    }
}

impl Action {
    /// Lets it happen.
    pub(crate) fn happen(&self, world: &World) {
        match self {
            Self::Human(deed) => deed.done(world),
            Self::Pass(time) => world.pass(*time),
            Self::Decide(pick, side) => world.decide(*pick, *side),
            Self::DecideAmid { deed, at, pick, winner } => decide_amid(world, deed, *at, *pick, *winner),
            Self::Run(happenings) => {
                drop(world.run(script(world, happenings)));
                world.show_single_items();
            }
            Self::Overtaken { at, time, other } => overtaken(world, *at, *time, other),
            Self::Side { turns, wait } => side_by_side(world, *turns, *wait),
            Self::Blackout(side, blackout) => world.black_out(*side, *blackout),
        }
    }
}

/// The time after which every feed shows what was done.
const SHOWN: Duration = Duration::from_secs(200);

/// Where people decide about titles, two of them disagree; one of them goes on, and the decision falls into the run that
/// sees this.
fn decide_amid(world: &World, deed: &Deed, at: usize, pick: u8, winner: Side) {
    if world.open_conflict(pick).is_none() && world.setup.config.policy == Some(Policy::Manual) {
        let titled = world.linked_task(pick);
        for side in Side::BOTH {
            let title = Deed { what: What::Title, side, ..deed.clone() };
            titled.iter().filter_map(|ids| ids.get(side).as_deref()).for_each(|id| title.to(world, id).done(world));
        }
        world.pass(SHOWN);
        drop(world.run(Script::new()));
    }
    let disputed = world.open_conflict(pick).and_then(|conflict| conflict.ids.get(deed.side).clone());
    disputed.iter().fold(deed.clone(), |deed, task| deed.to(world, task)).done(world);
    world.pass(SHOWN);
    drop(world.run(script(world, &[(at, Happening::Decide(pick, winner))])));
}

fn overtaken(world: &World, at: usize, time: Duration, other: &[(usize, Happening)]) {
    let first = Script::new();
    first.at(at, Act::Pause);
    let mut process = world.start(first, RunOptions::new());
    if !matches!(world.go_on(&mut process), Ended::Paused) {
        return;
    }
    world.pass(time);
    drop(world.run(script(world, other)));
    world.show_single_items();
    process.script.resume();
    drop(world.go_on(&mut process));
}

fn side_by_side(world: &World, turns: u64, wait: Duration) {
    let mut processes: Vec<Process> = Vec::new();
    for number in 0..2 {
        let script = Script::new();
        script.yield_often();
        if number == 0 {
            // The first one holds still for so long that the second one may have the lease.
            script.at(1 + (turns % 60) as usize, {
                let world = world.clone();
                Act::deed(move || world.pass(wait))
            });
        }
        processes.push(world.start(script, RunOptions::new()));
    }
    let mut turn = 0;
    while !processes.is_empty() {
        let who = (turns >> (turn % 64)) as usize & 1;
        let who = who.min(processes.len() - 1);
        turn += 1;
        if world.poll(&mut processes[who]).is_some() {
            processes.swap_remove(who);
        }
    }
}
