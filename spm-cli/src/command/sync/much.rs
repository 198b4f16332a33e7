//! Too much to be done without somebody's yes.

use pm_core::sync::engine::PlanReport;

use super::desk::Known;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::prompt::confirm;

/// So many of a kind are done without a question.
const CREATES: usize = 20;
const UPDATES: usize = 50;
const DELETES: usize = 10;

/// How much a run would write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    creates: usize,
    updates: usize,
    deletes: usize,
}

impl Amount {
    pub(super) fn of(plan: &PlanReport) -> Self {
        Self { creates: plan.count("create"), updates: plan.count("update"), deletes: plan.count("delete") }
    }

    fn is_much(self) -> bool {
        self.creates > CREATES || self.updates > UPDATES || self.deletes > DELETES
    }

    /// Asks somebody, where it is much; without a person to ask it is refused.
    pub(super) fn ask(self, host: &Host, known: &Known) -> Result<()> {
        if !self.is_much() {
            return Ok(());
        }
        let Self { creates, updates, deletes } = self;
        let amount = format!("{creates} creates, {updates} updates and {deletes} deletes");
        if host.terminal.input {
            return confirm(host, false, &format!("{known}: {amount}. Go on?"));
        }
        let message = format!("{amount} are too much to be done without a yes");
        Err(Failure::new(Code::Refused, message).hint("look at them with `spm sync plan`, then say --yes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_still_done() {
        let amount = |creates, updates, deletes| Amount { creates, updates, deletes };
        assert!(!amount(20, 50, 10).is_much());
        for much in [amount(21, 0, 0), amount(0, 51, 0), amount(0, 0, 11)] {
            assert!(much.is_much(), "{much:?}");
        }
    }
}
