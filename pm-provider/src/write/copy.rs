//! Copies across systems: what is kept, what is dropped, and why.

use chrono::{DateTime, Utc};

use crate::capability::{Capabilities, Field};
use crate::check::FieldsOf;
use crate::model::Entity;

/// A copy that is ready to be created elsewhere, and what could not come along.
///
/// Creating it twice makes one item: its idempotency key comes from the source, where that has a time of creation or
/// an address. Where it has neither there is no key: give one that names the source.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Copied<T> {
    /// What to create.
    pub item: T,
    /// What was dropped on the way.
    pub dropped: Vec<Dropped>,
}

/// A value that did not come along.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// The field.
    pub field: Field,
    /// Why its value means nothing over there.
    pub reason: String,
}

impl<T> Copied<T> {
    pub(crate) fn new(item: T) -> Self {
        Self { item, dropped: Vec::new() }
    }

    /// Notes that a field held something that had to stay behind.
    pub(crate) fn drop_if(mut self, held: bool, field: Field, reason: &str) -> Self {
        if held {
            self.dropped.push(Dropped { field, reason: reason.to_owned() });
        }
        self
    }
}

impl<T: FieldsOf> Copied<T> {
    /// Drops what the target cannot hold, so that it does not refuse the whole copy.
    #[must_use]
    pub fn fit(mut self, target: &Capabilities) -> Self {
        let fitting = target.fit(self.item);
        self.dropped.extend(fitting.dropped);
        Self { item: fitting.item, dropped: self.dropped }
    }
}

impl Capabilities {
    /// Takes out of a `New*` what this backend cannot hold, and says what that was.
    ///
    /// For programs that would rather create less than be refused; required fields stay, and are refused.
    #[must_use]
    pub fn fit<T: FieldsOf>(&self, mut item: T) -> Copied<T> {
        let entity = self.entity(T::ENTITY);
        let mut dropped = Vec::new();
        for field in item.present() {
            if !entity.field(field).on_create.is_possible() && item.unset(field) {
                let reason = format!("`{}` cannot take it on create", self.provider);
                dropped.push(Dropped { field, reason });
            }
        }
        Copied { item, dropped }
    }
}

/// The idempotency key of a copy: the same source into the same target is the same copy.
///
/// Ids of different systems collide (`42` is everywhere), so the key also holds something that tells two sources
/// apart: the time of creation, else an address. Without either there is no key: rather a copy twice than one item
/// taken for another.
pub(crate) fn copy_key(
    entity: Entity,
    id: &str,
    created_at: Option<DateTime<Utc>>,
    address: Option<&str>,
    target: &str,
) -> Option<String> {
    let created = created_at.map(|time| time.timestamp_micros().to_string());
    let source = created.or_else(|| address.map(str::to_owned))?;
    Some(format!("copy:{entity}:{id}:{source}:{target}"))
}
