//! The engine between two model trackers, by random sequences of everything that happens to such a pair.
//!
//! `PM_SYNC_CASES` says how many sequences, `PM_SYNC_SEED` which ones, `PM_SYNC_SECONDS` how long at most.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the long form tells how far it came")]

mod action;
mod facts;
pub(crate) mod healing;
mod history;
pub(crate) mod human;
mod oracle;
pub(crate) mod planted;
mod races;
mod seam;
pub(crate) mod setup;
mod story;
pub(crate) mod world;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use action::{Action, any_action};
use planted::Garden;
use setup::{Setup, any_setup};
use world::World;

/// What both the machine and its reference know: nothing but which trackers there are. What must be true is not told by a
/// second engine, but by an observer.
struct Pairs;

impl ReferenceStateMachine for Pairs {
    type State = Setup;
    type Transition = Action;

    fn init_state() -> BoxedStrategy<Setup> {
        any_setup().boxed()
    }

    fn transitions(_state: &Setup) -> BoxedStrategy<Action> {
        any_action().boxed()
    }

    fn apply(state: Setup, _action: &Action) -> Setup {
        state
    }
}

thread_local! {
    static GARDEN: RefCell<Garden> = RefCell::default();
    /// Whether a panic is only what a sequence answers.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

struct Machine;

impl StateMachineTest for Machine {
    type SystemUnderTest = World;
    type Reference = Pairs;

    fn init_test(setup: &Setup) -> World {
        World::new(setup, GARDEN.with_borrow(Clone::clone))
    }

    fn apply(world: World, _setup: &Setup, action: Action) -> World {
        action.happen(&world);
        world
    }

    fn teardown(world: World, _setup: Setup) {
        let wrong = healing::verdict(&world);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// What the environment says.
pub(crate) fn parameter(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn runner(seed: u64) -> TestRunner {
    // Half of the time would go into better random numbers.
    let mut bytes = [1; 16];
    bytes[..8].copy_from_slice(&seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &bytes))
}

fn run_one(
    (setup, actions, seen): (Setup, Vec<Action>, Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>),
) -> Result<(), TestCaseError> {
    QUIET.set(true);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        Machine::test_sequential(Config::default(), setup, actions, seen);
    }));
    QUIET.set(false);
    ran.map_err(|panic| TestCaseError::fail(message(&*panic)))
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_else(|| "a panic".to_owned())
}

/// Runs one sequence; what is wrong with it, made as short as `shrinks` attempts can, if something is.
fn wrong_one(runner: &mut TestRunner, shrinks: u32) -> Option<(String, Setup, Vec<Action>)> {
    let mut tree = Pairs::sequential_strategy(5..60).new_tree(runner).ok()?;
    let mut shortest = None;
    for _ in 0..=shrinks {
        let (setup, actions, seen) = tree.current();
        let wrong = run_one((setup.clone(), actions.clone(), seen)).err();
        let goes_on = match wrong {
            Some(why) => {
                shortest = Some((why.to_string(), setup, actions));
                shrinks > 0 && tree.simplify()
            }
            None => shortest.is_some() && tree.complicate(),
        };
        if !goes_on {
            break;
        }
    }
    shortest
}

/// Runs sequences until one is wrong. Answers how many were run, and what was wrong with the last.
pub(crate) fn search(garden: Garden, seed: u64, cases: u64, time: Duration, shrinks: u32) -> (u64, Option<String>) {
    GARDEN.set(garden);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| {
        if !QUIET.get() {
            eprintln!("{panic}");
        }
    }));
    let began = Instant::now();
    let mut found: Option<String> = None;
    let (mut count, mut failures) = (0, parameter("PM_SYNC_FAILURES", 1));
    while count < cases && began.elapsed() < time && failures > 0 {
        let this = seed.wrapping_add(count);
        let mut runner = runner(this);
        count += 1;
        if let Some((why, setup, actions)) = wrong_one(&mut runner, shrinks) {
            let told = || story::story(&setup, &actions, GARDEN.with_borrow(Clone::clone));
            let story = catch_unwind(AssertUnwindSafe(told)).unwrap_or_else(|panic| message(&*panic));
            failures -= 1;
            found = Some(
                found.unwrap_or_default()
                    + &format!(
                        "the sequence of `PM_SYNC_SEED={this} PM_SYNC_CASES=1` is wrong:
{why}
{setup:?}
{story}"
                    ),
            );
        }
    }
    std::panic::set_hook(hook);
    GARDEN.set(Garden::default());
    (count, found)
}

#[test]
fn nothing_is_lost_and_nothing_twice() {
    let cases = parameter("PM_SYNC_CASES", 60);
    let time = Duration::from_secs(parameter("PM_SYNC_SECONDS", 3600));
    let shrinks = u32::try_from(parameter("PM_SYNC_SHRINKS", 3000)).unwrap();
    let began = Instant::now();
    let (count, found) = search(Garden::default(), parameter("PM_SYNC_SEED", 1), cases, time, shrinks);
    if let Some(found) = found {
        panic!("after {count} sequences: {found}");
    }
    println!("{count} sequences without a violation in {:.1} s", began.elapsed().as_secs_f64());
    let needed = healing::runs_needed().into_iter().map(|(runs, sequences)| format!("{runs}: {sequences}"));
    println!("last write in run, when everything was well again: {}", needed.collect::<Vec<_>>().join(", "));
}
