//! What was asked of a tracker, and what it did.

use pm_provider::{Entity, Item, ItemRef};

/// One call that reached the tracker, or a write that it made later.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Logged {
    /// When, in the order of all events of the clock.
    pub event: u64,
    /// Who called.
    pub caller: String,
    /// The operation by its name in the contract.
    pub operation: String,
    /// What the answer showed of which items.
    pub shown: Vec<ItemRef>,
    /// What was written.
    pub wrote: Option<Wrote>,
}

/// A write that was made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wrote {
    /// The item.
    pub item: ItemRef,
    /// When the request was sent, in the order of all events of the clock.
    pub sent: u64,
    /// The item as it was; `None` of one that was made.
    pub before: Option<Item>,
    /// The item as it is since; `None` of one that is gone.
    pub after: Option<Item>,
    /// The idempotency key of a create.
    pub key: Option<String>,
}

/// The kind of item that an operation of a log entry made.
impl Wrote {
    /// Whether it made an item.
    #[must_use]
    pub fn is_create(&self) -> bool {
        self.before.is_none()
    }

    /// The kind of item.
    #[must_use]
    pub fn entity(&self) -> Entity {
        self.item.entity()
    }
}
