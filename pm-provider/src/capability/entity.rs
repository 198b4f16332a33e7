//! What a backend can do with one kind of item.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Field, FieldSupport, Filter, Operation, Support};
use crate::query::SortField;
use crate::setters::setters;

/// How an idempotency key keeps a create from happening twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CreateGuarantee {
    /// Not at all: a key is refused.
    #[default]
    None,
    /// The backend keeps the key and it is unique.
    Native,
    /// The key is written into the item and looked for before anything is created. Two programs that create with one key
    /// at the same moment can still make two, and the key of a deleted item is forgotten.
    Marker {
        /// Where it is written: `issue property`, `comment line`.
        place: String,
        /// How long it may take until a look-up sees it.
        visible_within: Duration,
    },
}

/// What a backend can do with one kind of item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EntityCapabilities {
    /// The operations that it has.
    pub operations: BTreeSet<Operation>,
    /// The fields that it has; one that is not there can neither be read nor written.
    pub fields: BTreeMap<Field, FieldSupport>,
    /// The filters that it honours.
    pub filters: BTreeSet<Filter>,
    /// The orders in which it lists.
    pub sorts: BTreeSet<SortField>,
    /// How idempotency keys are honoured.
    pub create_guarantee: CreateGuarantee,
    /// Whether `if_version` is honoured by a real lock.
    pub optimistic_lock: bool,
    /// The largest page.
    pub max_page_size: Option<u32>,
    /// Whether contents can be deleted along with an item.
    pub delete_with_contents: bool,
}

impl EntityCapabilities {
    /// Makes the capabilities of a kind of item that nothing can be done with yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has all five operations.
    #[must_use]
    pub fn all_operations(self) -> Self {
        self.operations(Operation::ALL)
    }

    /// Has some fields, all with the same support.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = Field>, support: &FieldSupport) -> Self {
        self.fields.extend(fields.into_iter().map(|field| (field, support.clone())));
        self
    }

    /// What can be done with a field: nothing, if it was never said.
    #[must_use]
    pub fn field(&self, field: Field) -> FieldSupport {
        self.fields.get(&field).cloned().unwrap_or_default()
    }

    pub(super) fn take_writes_out(&mut self) {
        self.operations.retain(|operation| !operation.writes());
        for support in self.fields.values_mut() {
            support.on_create = Support::No;
            support.on_update = Support::No;
            support.clearable = Support::No;
        }
        self.create_guarantee = CreateGuarantee::None;
        self.delete_with_contents = false;
    }
}

setters!(EntityCapabilities {
    list operations: Operation,
    list filters: Filter,
    list sorts: SortField,
    plain create_guarantee: CreateGuarantee,
    plain optimistic_lock: bool,
    optional max_page_size: u32,
    plain delete_with_contents: bool,
});
