//! Which trackers, and what the mapping says.

use std::time::Duration;

use pm_sync::config::{Deletions, Mode, Policy, Primary, SyncConfig};
use pm_sync::item::Pair;
use pm_testkit::pair::{Guarantee, Vices};
use proptest::prelude::*;

/// Two trackers and a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) vices: Pair<Vices>,
    pub(crate) config: SyncConfig,
}

/// The word that one tracker refuses in titles.
pub(crate) const REFUSED: &str = "poison";

/// Names of statuses of a tracker that knows three, by those of one that knows five.
pub(crate) const COARSE: [(&str, &str); 5] =
    [("Backlog", "Open"), ("To Do", "Open"), ("In Progress", "Doing"), ("Done", "Closed"), ("Cancelled", "Closed")];

impl Setup {
    /// Two trackers without vices, both ways.
    pub(crate) fn plain() -> Self {
        let mut config = SyncConfig::default();
        config.mode = Mode::Bidirectional;
        let mut vices: Pair<Vices> = Pair::default();
        vices.b.neighbours = 3;
        vices.b.refuses = Some(REFUSED.to_owned());
        Self { vices, config }
    }

    pub(crate) fn coarse_statuses(mut self) -> Self {
        self.vices.b.coarse_statuses = true;
        self.config.statuses = COARSE.map(|(fine, coarse)| (fine.to_owned(), coarse.to_owned())).into();
        self
    }
}

/// Any two trackers, and any mapping between them.
pub(crate) fn any_setup() -> impl Strategy<Value = Setup> {
    let sides = (any_vices(false), prop_oneof![3 => Just(Vices::default()), 1 => any_vices(true)]);
    (sides, any_config()).prop_map(|((b, a), config)| {
        let mut setup = Setup { vices: Pair::new(a, b), ..Setup::plain() };
        setup.vices.b.neighbours = 3;
        setup.vices.b.refuses = Some(REFUSED.to_owned());
        setup.config = config;
        if setup.vices.b.coarse_statuses { setup.coarse_statuses() } else { setup }
    })
}

fn any_config() -> impl Strategy<Value = SyncConfig> {
    let deletions = prop_oneof![
        4 => Just(Deletions::Archive),
        4 => Just(Deletions::Delete),
        1 => Just(Deletions::Unlink),
        1 => Just(Deletions::Manual),
    ];
    let policy = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Policy::External)),
        1 => Just(Some(Policy::Newest)),
        2 => Just(Some(Policy::Manual)),
        1 => Just(Some(Policy::Primary)),
    ];
    let primary = prop_oneof![3 => Just(Primary::Internal), 1 => Just(Primary::External)];
    (deletions, policy, primary, 1..4_usize).prop_map(|(deletions, policy, primary, parallel)| {
        let mut config = SyncConfig::default();
        config.mode = Mode::Bidirectional;
        (config.deletions, config.policy, config.primary, config.parallel) = (deletions, policy, primary, parallel);
        config
    })
}

fn seconds(choices: &'static [u64]) -> impl Strategy<Value = Duration> {
    proptest::sample::select(choices).prop_map(Duration::from_secs)
}

fn any_vices(fine: bool) -> impl Strategy<Value = Vices> {
    let time = (
        seconds(&[0, 0, 1, 60]),
        seconds(&[0, 0, 5, 90]),
        any::<bool>(),
        proptest::sample::select(vec![0_i64, 0, -120, 90]),
    );
    let fields = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let feed = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::of(1..4_u32));
    let guarantee = prop_oneof![
        2 => Just(Guarantee::Native),
        3 => Just(Guarantee::Marker),
        1 => Just(Guarantee::None),
    ];
    let writes = (any::<bool>(), any::<bool>(), proptest::option::of(2..5_u32));
    (time, fields, feed, guarantee, writes).prop_map(move |(time, fields, feed, guarantee, writes)| {
        let mut vices = Vices::default();
        (vices.granularity, vices.index_lag, vices.stale_index, vices.skew) = time;
        (vices.silent_deletions, vices.hides_absence, vices.rash, vices.repeats, vices.page) = feed;
        vices.guarantee = guarantee;
        (vices.lockless, vices.reads_back, vices.batch) = writes;
        if !fine {
            let (coarse, no_priorities, trims, lower, one, own) = fields;
            (vices.coarse_statuses, vices.no_priorities, vices.trims) = (coarse, no_priorities, trims);
            (vices.lower_labels, vices.one_assignee, vices.own_comments) = (lower, one, own);
        }
        vices
    })
}
