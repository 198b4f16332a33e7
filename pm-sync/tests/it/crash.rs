//! Every point at which a process can die: each of these runs dies once at each of its points, and is set right by the
//! next ones.
//!
//! `PM_SYNC_PAIRS` says how many pairs of points are tried as well, at random places.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the long form tells how far it came")]

use std::time::Duration;

use pm_provider::ErrorKind;
use pm_sync::config::Deletions;
use pm_sync::item::Side;
use pm_testkit::pair::{Act, Guarantee, Script, Trouble};

use crate::machine::human::{Deed, What};
use crate::machine::planted::Garden;
use crate::machine::setup::Setup;
use crate::machine::world::World;
use crate::machine::{healing, parameter};

/// What happens before the run that dies, by runs: the last one dies.
struct Play {
    name: &'static str,
    setup: Setup,
    acts: Vec<Vec<Deed>>,
}

fn deed(side: Side, what: What, pick: u8, value: u8) -> Deed {
    Deed { side, what, pick, value }
}

fn lagging(mut setup: Setup) -> Setup {
    setup.vices.b.guarantee = Guarantee::Marker;
    setup.vices.b.index_lag = Duration::from_secs(5);
    setup.vices.b.granularity = Duration::from_secs(1);
    setup.vices.b.lockless = true;
    setup
}

fn lossy(setup: Setup) -> Setup {
    let mut setup = setup.coarse_statuses();
    setup.vices.b.trims = true;
    setup.vices.b.lower_labels = true;
    setup.vices.b.own_comments = true;
    setup
}

fn deleting(mut setup: Setup) -> Setup {
    setup.config.deletions = Deletions::Delete;
    setup
}

fn plays() -> Vec<Play> {
    use Side::{A, B};
    use What::*;
    let plain = Setup::plain;
    let play = |name, setup, acts| Play { name, setup, acts };
    let task = || vec![deed(A, NewTask, 0, 1)];
    vec![
        play("a task gets a twin", lagging(plain()), vec![task()]),
        play(
            "a family gets twins",
            lagging(plain()),
            vec![vec![deed(B, NewSprint, 0, 0), deed(B, NewTask, 0, 2), deed(B, NewChild, 0, 0), deed(B, Plan, 0, 0)]],
        ),
        play("a comment gets a twin", lossy(lagging(plain())), vec![task(), vec![deed(A, NewComment, 0, 0)]]),
        play("a title goes out", lagging(plain()), vec![task(), vec![deed(A, Title, 0, 0)]]),
        play("a title comes in", plain(), vec![task(), vec![deed(B, Title, 0, 0), deed(B, Status, 0, 3)]]),
        play("two titles meet", lagging(plain()), vec![task(), vec![deed(A, Title, 0, 0), deed(B, Title, 0, 0)]]),
        play(
            "labels and lines meet",
            lossy(lagging(plain())),
            vec![
                vec![deed(A, NewTask, 0, 1)],
                vec![deed(A, AddLabel, 0, 0), deed(B, AddLabel, 0, 0), deed(A, AddLine, 0, 0), deed(B, AddLine, 0, 1)],
            ],
        ),
        play("a task is given up", lagging(plain()), vec![task(), vec![deed(A, DeleteTask, 0, 0)]]),
        play("a task is deleted", deleting(plain()), vec![task(), vec![deed(B, DeleteTask, 0, 0)]]),
        play(
            "an edit meets a deletion",
            deleting(lagging(plain())),
            vec![task(), vec![deed(A, DeleteTask, 0, 0), deed(B, Title, 0, 0)]],
        ),
        play(
            "a child moves",
            plain(),
            vec![
                vec![deed(A, NewTask, 0, 0), deed(A, NewTask, 0, 0), deed(A, NewChild, 0, 0)],
                vec![deed(B, Move, 2, 1), deed(A, Status, 0, 3), deed(A, NewSprint, 0, 0), deed(A, Plan, 1, 0)],
            ],
        ),
        play(
            "many things at once",
            lossy(lagging(plain())),
            vec![
                vec![deed(A, NewTask, 0, 0), deed(B, NewTask, 0, 1), deed(B, NewComment, 0, 0)],
                vec![
                    deed(A, Title, 0, 0),
                    deed(B, Status, 0, 2),
                    deed(A, NewChild, 1, 0),
                    deed(B, EditComment, 0, 0),
                    deed(A, Assign, 0, 0),
                    deed(B, NewTask, 0, 0),
                ],
            ],
        ),
    ]
}

/// What goes wrong at a point.
type Wrong = fn() -> Act;

impl Play {
    /// Everything until the run that dies.
    fn begin(&self) -> World {
        let world = World::new(&self.setup, Garden::default());
        let (last, first) = self.acts.split_last().unwrap();
        for acts in first {
            acts.iter().for_each(|deed| deed.done(&world));
            world.run(Script::new());
            world.pass(Duration::from_secs(400));
        }
        last.iter().for_each(|deed| deed.done(&world));
        world.pass(Duration::from_secs(1));
        world
    }

    fn points(&self) -> usize {
        let world = self.begin();
        let script = Script::new();
        world.run(script.clone());
        script.passed()
    }

    /// Something goes wrong at some points; the next run comes as soon as it may.
    fn survives(&self, wrong: &[(usize, Wrong)]) {
        let world = self.begin();
        let script = Script::new();
        for (point, act) in wrong {
            script.at(*point, act());
        }
        world.run(script);
        world.pass(Duration::from_secs(61));
        world.run(Script::new());
        let verdict = healing::verdict(&world);
        let points: Vec<_> = wrong.iter().map(|(point, act)| format!("{point}: {:?}", act())).collect();
        assert!(verdict.is_empty(), "{} ({}):\n{}", self.name, points.join(", "), verdict.join("\n"));
    }
}

#[test]
fn dying_at_any_point_loses_nothing_and_doubles_nothing() {
    let mut all = 0;
    for play in plays() {
        let points = play.points();
        for point in 1..=points {
            play.survives(&[(point, || Act::Crash)]);
        }
        all += points;
    }
    println!("{all} points at which a process died");
}

/// What can go wrong with one call or commit.
const TROUBLES: [Wrong; 6] = [
    || Trouble::FailAfter.into(),
    || Trouble::FailBefore.into(),
    || Trouble::Late(Duration::from_secs(29)).into(),
    || Trouble::CrashLate(Duration::from_secs(29)).into(),
    || Trouble::Vanish.into(),
    || Trouble::Refuse(ErrorKind::PermissionDenied).into(),
];

#[test]
fn any_trouble_at_any_point_loses_nothing_and_doubles_nothing() {
    let every = usize::try_from(parameter("PM_SYNC_TROUBLES_EVERY", 7)).unwrap();
    for play in plays() {
        let points = play.points();
        for (number, trouble) in TROUBLES.into_iter().enumerate() {
            for point in (1..=points).skip(number % every).step_by(every) {
                play.survives(&[(point, trouble)]);
            }
        }
    }
}

#[test]
fn dying_twice_loses_nothing_and_doubles_nothing() {
    let pairs = parameter("PM_SYNC_PAIRS", 60);
    let plays = plays();
    let mut number = parameter("PM_SYNC_SEED", 1);
    for pair in 0..pairs {
        let play = &plays[usize::try_from(pair).unwrap() % plays.len()];
        let points = play.points() as u64;
        // Any sequence that jumps about will do.
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (first, second) = ((number >> 33) % points + 1, (number >> 17) % points + 1);
        let world = play.begin();
        for point in [first, second] {
            let script = Script::new();
            script.at(usize::try_from(point).unwrap(), Act::Crash);
            world.run(script);
            world.pass(Duration::from_secs(61));
        }
        let verdict = healing::verdict(&world);
        assert!(verdict.is_empty(), "{} ({first}, then {second}):\n{}", play.name, verdict.join("\n"));
    }
}
