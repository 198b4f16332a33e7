//! What an application needs, checked at start-up.

use std::collections::BTreeSet;

use super::{Ability, Capabilities, Field, Filter, Operation};
use crate::error::{Error, Result};
use crate::model::Entity;

/// What an application needs of whatever backend it runs on.
///
/// ```
/// use pm_provider::{Ability, Capabilities, Entity, Field, Needs, Operation};
/// let needs = Needs::new()
///     .operation(Entity::Task, Operation::Create)
///     .write(Entity::Task, Field::DueDate)
///     .ability(Ability::Comments);
/// let error = needs.check(&Capabilities::new("trello")).unwrap_err();
/// assert!(error.to_string().contains("create task"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    operations: BTreeSet<(Entity, Operation)>,
    reads: BTreeSet<(Entity, Field)>,
    writes: BTreeSet<(Entity, Field)>,
    filters: BTreeSet<(Entity, Filter)>,
    locks: BTreeSet<Entity>,
    abilities: BTreeSet<Ability>,
}

impl Needs {
    /// Needs nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Needs an operation.
    #[must_use]
    pub fn operation(mut self, entity: Entity, operation: Operation) -> Self {
        self.operations.insert((entity, operation));
        self
    }

    /// Needs to read a field.
    #[must_use]
    pub fn read(mut self, entity: Entity, field: Field) -> Self {
        self.reads.insert((entity, field));
        self
    }

    /// Needs to write a field, on create or afterwards.
    #[must_use]
    pub fn write(mut self, entity: Entity, field: Field) -> Self {
        self.writes.insert((entity, field));
        self
    }

    /// Needs a filter.
    #[must_use]
    pub fn filter(mut self, entity: Entity, filter: Filter) -> Self {
        self.filters.insert((entity, filter));
        self
    }

    /// Needs optimistic locking.
    #[must_use]
    pub fn lock(mut self, entity: Entity) -> Self {
        self.locks.insert(entity);
        self
    }

    /// Needs an ability.
    #[must_use]
    pub fn ability(mut self, ability: Ability) -> Self {
        self.abilities.insert(ability);
        self
    }

    /// Lists everything that is lacking, in one error and without a request.
    ///
    /// # Errors
    /// `Unsupported` when anything is lacking.
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        let lacking = self.lacking(capabilities);
        if lacking.is_empty() {
            return Ok(());
        }
        let message = format!("`{}` lacks what this application needs: {}", capabilities.provider, lacking.join(", "));
        Err(Error::unsupported(message).in_provider(&capabilities.provider))
    }

    fn lacking(&self, has: &Capabilities) -> Vec<String> {
        let operations = self.operations.iter().filter(|(entity, operation)| !has.can(*entity, *operation));
        let reads =
            self.reads.iter().filter(|(entity, field)| !has.entity(*entity).field(*field).readable.is_possible());
        let writes = self.writes.iter().filter(|(entity, field)| {
            let support = has.entity(*entity).field(*field);
            !support.on_create.is_possible() && !support.on_update.is_possible()
        });
        let filters = self.filters.iter().filter(|(entity, filter)| !has.entity(*entity).filters.contains(filter));
        let locks = self.locks.iter().filter(|entity| !has.entity(**entity).optimistic_lock);
        let abilities = self.abilities.iter().filter(|ability| !has.abilities.contains(ability));
        operations
            .map(|(entity, operation)| format!("{operation} {entity}"))
            .chain(reads.map(|(entity, field)| format!("read `{field}` of {entity}")))
            .chain(writes.map(|(entity, field)| format!("write `{field}` of {entity}")))
            .chain(filters.map(|(entity, filter)| format!("filter {entity} by `{filter}`")))
            .chain(locks.map(|entity| format!("lock {entity}")))
            .chain(abilities.map(|ability| format!("ability `{ability}`")))
            .collect()
    }
}
