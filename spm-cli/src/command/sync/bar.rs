//! How far a run has come, for a person who watches.

use pm_core::sync::engine::RunProgress;
use pm_core::sync::store::RunPhase;

use super::desk::Known;
use crate::host::Host;
use crate::progress::Progress;

/// A bar on a terminal, nothing elsewhere.
pub(super) struct Bar {
    progress: Progress,
    name: String,
}

impl Bar {
    pub(super) fn new(host: &Host, known: &Known) -> Self {
        Self { progress: Progress::of_items(host), name: known.to_string() }
    }

    pub(super) fn show(&self, progress: &RunProgress) {
        self.progress.reach_of(progress.done, progress.queued);
        self.progress.say(format!("{}: {}", self.name, in_words(progress)));
    }

    pub(super) fn finish(&self) {
        self.progress.finish();
    }
}

fn in_words(progress: &RunProgress) -> String {
    let phase = match progress.phase {
        None | Some(RunPhase::Starting) => "looks at both sides",
        Some(RunPhase::Recovering) => "settles what was in doubt",
        Some(RunPhase::Pulling) => "reads what changed",
        Some(RunPhase::Working) => "writes",
        Some(RunPhase::Reconciling) => "looks for deletions",
        _ => "is over",
    };
    let calls = |name: &str, calls: u64, least: u64| match least {
        0 => format!("{name} {calls}"),
        least => format!("{name} {calls} (minimum {least})"),
    };
    let (used, least) = (&progress.calls, &progress.minimum_calls);
    let mut words = vec![phase.to_owned()];
    if progress.conflicts > 0 {
        words.push(format!("{} conflicts", progress.conflicts));
    }
    if progress.quarantined > 0 {
        words.push(format!("{} put aside", progress.quarantined));
    }
    words.push(format!("calls: {}, {}", calls("internal", used.a, least.a), calls("external", used.b, least.b)));
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stand_beside_the_minimum() {
        let mut progress = RunProgress::default();
        assert_eq!(in_words(&progress), "looks at both sides, calls: internal 0, external 0");
        progress.phase = Some(RunPhase::Working);
        progress.conflicts = 2;
        (progress.calls.a, progress.calls.b, progress.minimum_calls.b) = (3, 17, 16);
        assert_eq!(in_words(&progress), "writes, 2 conflicts, calls: internal 3, external 17 (minimum 16)");
    }
}
