//! The end of a sequence: everything is well again, and both sides come in step.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pm_sync::engine::RunOptions;
use pm_sync::item::Side;
use pm_testkit::pair::Script;

use super::oracle::Oracle;
use super::world::{Ended, MAPPING, World};

/// How many runs both sides need at most to come in step once everything is well again.
const IN_STEP_AFTER: usize = 3;
/// How many runs are watched then.
const RUNS: usize = 12;
/// After so many of them whatever fails each time was given up.
const QUIET_AFTER: usize = 8;
/// The calls of one run with nothing to do, on one side: who we are, a sign of life, and the feed, in pages of one.
const IDLE_CALLS: usize = 3;

/// How many sequences wrote for the last time in their first run after everything was well again, in their second, and so on.
static LAST_WRITES: [AtomicUsize; RUNS + 1] = [const { AtomicUsize::new(0) }; RUNS + 1];

/// How many runs the sequences of this process needed to come in step, shortest first: runs, and sequences.
pub(crate) fn runs_needed() -> Vec<(usize, usize)> {
    let counts = LAST_WRITES.iter().map(|count| count.load(Ordering::Relaxed));
    counts.enumerate().filter(|(_, count)| *count > 0).collect()
}

/// Heals everything, lets the engine run until nothing is left to do, and says what is wrong then.
pub(crate) fn verdict(world: &World) -> Vec<String> {
    let mut wrong = come_in_step(world);
    world.absorb();
    wrong.extend(world.history.lock().violations.clone());
    wrong.extend(Oracle::new(world).check());
    if !wrong.is_empty() {
        let work = world.ask(pm_sync::store::SyncStore::all_work(&world.store, MAPPING));
        let left: Vec<_> =
            work.iter().map(|work| format!("{} `{}` {:?}", work.item, work.side, work.last_error)).collect();
        let runs = world.ask(pm_sync::store::SyncStore::runs(&world.store, MAPPING, RUNS + 2));
        let runs: Vec<_> = runs.iter().map(|run| format!("{:?} {:?}", run.outcome, run.counters)).collect();
        wrong.push(format!("left: {left:?}\nruns, newest first: {}", runs.join("; ")));
        wrong.push(format!("conflicts: {:?}", world.conflicts()));
        if std::env::var_os("PM_SYNC_TRACE").is_some() {
            let notes = world.history.lock();
            wrong.extend(notes.points.iter().map(|points| format!("run: {}", points.join(", "))));
            for side in Side::BOTH {
                wrong.extend(notes.log.get(side).iter().map(|entry| {
                    format!(
                        "@{} {} {} `{side}` {:?} {:?}",
                        entry.event,
                        entry.caller,
                        entry.operation,
                        entry.shown,
                        entry.wrote.as_ref().map(|wrote| (&wrote.item, &wrote.key))
                    )
                }));
            }
        }
    }
    wrong
}

fn come_in_step(world: &World) -> Vec<String> {
    for side in Side::BOTH {
        world.black_out(side, None);
    }
    let (mut last, mut needed) = (String::new(), 0);
    for run in 0..RUNS {
        world.pass(Duration::from_secs(2 * 3600));
        if run == 0 {
            world.ask(pm_sync::store::SyncStore::retry(&world.store, MAPPING, None));
        }
        let (before, _) = world.traffic();
        // What was hidden and is back no feed tells: people have everything read again.
        let options = RunOptions::new().full_scan(run == 0 && world.history.lock().hidden);
        last = match world.run_with(Script::new(), options) {
            Ended::Answered(answer) => match *answer {
                Ok(report) => format!("{:?}", report.run.counters),
                Err(error) => return vec![format!("G1: with everything well, a run ended with {error:?}")],
            },
            other => return vec![format!("G1: with everything well, a run ended with {other:?}")],
        };
        let wrote = world.traffic().0 != before;
        needed = if wrote { run + 1 } else { needed };
        if run >= QUIET_AFTER && !wrote && !world.trackers.a.is_expecting() && !world.trackers.b.is_expecting() {
            LAST_WRITES[needed].fetch_add(1, Ordering::Relaxed);
            // A run that reads everything again proves no deletions.
            let most = IN_STEP_AFTER + usize::from(world.history.lock().hidden);
            if needed > most {
                return vec![format!("G1: run {needed} still wrote, where both are in step after {most}")];
            }
            return idle(world);
        }
    }
    vec![format!("G4: still writing after {RUNS} runs: {last}")]
}

/// One more run, at once: nothing has changed.
fn idle(world: &World) -> Vec<String> {
    let (writes, calls) = world.traffic();
    if let Ended::Answered(answer) = world.run(Script::new())
        && let Err(error) = *answer
    {
        return vec![format!("G1: an idle run failed: {error}")];
    }
    let (after, calls_after) = world.traffic();
    let mut wrong = Vec::new();
    if after != writes {
        wrong.push(format!("G4: an idle run made {} writes", after - writes));
    }
    let has_work = !world.ask(pm_sync::store::SyncStore::all_work(&world.store, MAPPING)).is_empty();
    for side in Side::BOTH {
        let pages = world.setup.vices.get(side).page.map_or(1, |size| 1 + told_again(world, side) / size as usize);
        let made = calls_after.get(side) - calls.get(side);
        if !has_work && made > IDLE_CALLS + pages {
            let log = world.history.lock().log.get(side)[*calls.get(side)..]
                .iter()
                .map(|one| one.operation.clone())
                .collect::<Vec<_>>();
            wrong.push(format!("G4: an idle run made {made} calls to `{side}`: {log:?}"));
        }
    }
    wrong
}

/// How many rows a feed by time tells again.
fn told_again(world: &World, side: Side) -> usize {
    2 * world.items(side).len() + 2
}
