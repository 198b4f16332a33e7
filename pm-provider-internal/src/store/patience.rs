//! Making a write again where the next attempt may succeed.

use std::time::{Duration, Instant};

use super::fault::Trouble;
use crate::error::{Failure, Result};

/// How long a write is made again before its failure is told.
pub(super) struct Patience {
    started: Instant,
    attempts: u32,
    collisions: u32,
    doubts: u32,
}

impl Patience {
    const COLLISIONS: u32 = 10;
    const DOUBTS: u32 = 3;
    const TIME: Duration = Duration::from_secs(30);
    const LONGEST_PAUSE: Duration = Duration::from_millis(100);

    pub(super) fn new() -> Self {
        Self { started: Instant::now(), attempts: 0, collisions: 0, doubts: 0 }
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
    ///
    /// Each kind has a count of its own: collisions must not use up the second look that a duplicate needs.
    fn may_pass(&mut self, failure: &Failure) -> bool {
        match failure.trouble() {
            Some(Trouble::Busy) => self.started.elapsed() < Self::TIME,
            Some(Trouble::Collision) => {
                self.collisions += 1;
                self.collisions < Self::COLLISIONS
            }
            Some(Trouble::Duplicate | Trouble::Dangling) => {
                self.doubts += 1;
                self.doubts < Self::DOUBTS
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fault::DatabaseFault;

    /// How many failures of a kind are borne.
    async fn borne(patience: &mut Patience, trouble: Trouble) -> u32 {
        let mut borne = 0;
        while patience.bear(DatabaseFault::new(trouble, "").into()).await.is_ok() {
            borne += 1;
        }
        borne
    }

    #[tokio::test]
    async fn collisions_and_doubts_are_counted_apart() {
        let mut patience = Patience::new();
        assert_eq!(borne(&mut patience, Trouble::Collision).await, 9);
        assert_eq!(borne(&mut patience, Trouble::Duplicate).await, 2);
        assert_eq!(borne(&mut patience, Trouble::Dangling).await, 0);
        assert_eq!(borne(&mut patience, Trouble::Full).await, 0);
    }
}
