//! Making a write again where the next attempt may succeed.

use std::time::{Duration, Instant};

use super::fault::Trouble;
use crate::error::{Failure, Result};

/// How long a write is made again before its failure is told.
pub(super) struct Patience {
    started: Instant,
    attempts: u32,
}

impl Patience {
    const ATTEMPTS: u32 = 10;
    const TIME: Duration = Duration::from_secs(30);
    const LONGEST_PAUSE: Duration = Duration::from_millis(100);

    pub(super) fn new() -> Self {
        Self { started: Instant::now(), attempts: 0 }
    }

    /// Pauses where another attempt may succeed, gives the failure back where not.
    pub(super) async fn bear(&mut self, failure: Failure) -> Result<()> {
        self.attempts += 1;
        if !self.may_pass(&failure) {
            return Err(failure);
        }
        let pause = Duration::from_millis(2 << self.attempts.min(6)).min(Self::LONGEST_PAUSE);
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// A duplicate or a missing target is tried again too: on PostgreSQL the checks before the write may have looked
    /// before another program committed; looking again words the error, or finds the item.
    fn may_pass(&self, failure: &Failure) -> bool {
        match failure.trouble() {
            Some(Trouble::Busy) => self.started.elapsed() < Self::TIME,
            Some(Trouble::Collision) => self.attempts < Self::ATTEMPTS,
            Some(Trouble::Duplicate | Trouble::Dangling) => self.attempts < 3,
            _ => false,
        }
    }
}
