//! What a backend can do, as data that needs no request.

mod entity;
mod field;
mod filter;
mod needs;
mod operation;
mod schema;

pub use entity::{CreateGuarantee, EntityCapabilities};
pub use field::{Field, FieldSupport, Support};
pub use filter::{Filter, TextSearch};
pub use needs::Needs;
pub use operation::{Ability, Operation};
pub use schema::{CustomField, CustomFieldKind, ParentTypes, ProjectSchema};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::{Entity, RelationKind};
use crate::setters::setters;

/// What a backend can do: operations, fields and filters per kind of item, and its limits.
///
/// What depends on the project is in [`ProjectSchema`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The provider's name.
    pub provider: String,
    /// What it can do with each kind of item; a kind that is not there is not supported at all.
    pub entities: BTreeMap<Entity, EntityCapabilities>,
    /// The optional abilities that it has: the accessors of the provider return `Some` for exactly these.
    pub abilities: BTreeSet<Ability>,
    /// How `text` filters match.
    pub text_search: TextSearch,
    /// The kinds of relations that can be made; empty where all can. Others are `Unsupported`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relation_kinds: Vec<RelationKind>,
    /// How many operations a batch takes, at most.
    pub max_batch_size: Option<u32>,
    /// Whether a batch can be asked to succeed or fail as a whole.
    pub atomic_batch: bool,
    /// Whether dropping a future that writes leaves all or nothing behind.
    pub atomic_writes: bool,
}

impl Capabilities {
    /// Makes the capabilities of a provider that can do nothing yet.
    #[must_use]
    pub fn new(provider: impl Into<String>) -> Self {
        Self { provider: provider.into(), ..Self::default() }
    }

    /// Says what the backend can do with a kind of item.
    #[must_use]
    pub fn with(mut self, entity: Entity, capabilities: EntityCapabilities) -> Self {
        self.entities.insert(entity, capabilities);
        self
    }

    /// What the backend can do with a kind of item: nothing, if it was never said.
    #[must_use]
    pub fn entity(&self, entity: Entity) -> &EntityCapabilities {
        static NOTHING: OnceLock<EntityCapabilities> = OnceLock::new();
        self.entities.get(&entity).unwrap_or_else(|| NOTHING.get_or_init(EntityCapabilities::default))
    }

    /// Says whether an operation can be done at all.
    #[must_use]
    pub fn can(&self, entity: Entity, operation: Operation) -> bool {
        self.entity(entity).operations.contains(&operation)
    }

    /// Says whether relations of a kind can be made, where any can.
    #[must_use]
    pub fn takes_relations(&self, kind: RelationKind) -> bool {
        self.relation_kinds.is_empty() || self.relation_kinds.contains(&kind)
    }

    /// The same capabilities with every write taken out: what a read-only layer promises.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        for entity in self.entities.values_mut() {
            entity.take_writes_out();
        }
        self
    }
}

setters!(Capabilities {
    list abilities: Ability,
    plain text_search: TextSearch,
    list relation_kinds: RelationKind,
    optional max_batch_size: u32,
    plain atomic_batch: bool,
    plain atomic_writes: bool,
});
