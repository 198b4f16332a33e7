//! Which call gets which fault.

use pm_provider::Call;

use super::Fault;
use super::log::{LoggedCall, Outcome};

/// Which calls are spoilt.
pub(super) enum Which {
    /// The n-th of all, counted from 1.
    Nth(usize),
    /// The n-th of an operation, counted from 1.
    NthOf(String, usize),
    /// Those that a function picks.
    Matching(Box<dyn Fn(&Call) -> bool + Send + Sync>),
}

impl Which {
    pub(super) fn matching(picks: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        Self::Matching(Box::new(picks))
    }
}

/// The planned faults and the calls so far.
#[derive(Default)]
pub(super) struct Plan {
    faults: Vec<(Which, Fault)>,
    calls: Vec<LoggedCall>,
}

impl Plan {
    pub(super) fn add(&mut self, which: Which, fault: Fault) {
        self.faults.push((which, fault));
    }

    pub(super) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(super) fn calls(&self) -> &[LoggedCall] {
        &self.calls
    }

    /// Logs that a call begins; says which one it is and what happens to it.
    pub(super) fn begin(&mut self, call: &Call) -> (usize, Option<Fault>) {
        let number = self.calls.len() + 1;
        let of_operation = self.calls.iter().filter(|earlier| earlier.operation == call.operation).count() + 1;
        let planned = self.faults.iter().find(|(which, _)| match which {
            Which::Nth(n) => *n == number,
            Which::NthOf(operation, n) => *operation == call.operation && *n == of_operation,
            Which::Matching(picks) => picks(call),
        });
        let fault = planned.map(|(_, fault)| fault.clone());
        self.calls.push(LoggedCall {
            operation: call.operation.clone(),
            subject: call.subject.clone(),
            writes: call.writes,
            fault: fault.clone(),
            outcome: Outcome::Running,
        });
        (number, fault)
    }

    /// Logs what came of a call.
    pub(super) fn end(&mut self, number: usize, outcome: Outcome) {
        if let Some(call) = self.calls.get_mut(number - 1) {
            call.outcome = outcome;
        }
    }
}
