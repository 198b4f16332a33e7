//! What both sides can do with a field of the two projects.

use pm_provider::{Ability, Capabilities, CustomField, Entity, Field, FieldSupport, Operation, ProjectSchema};

use crate::item::{Kind, Pair, Side};
use crate::record::FieldKey;

/// Both sides.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    names: Pair<&'a str>,
    capabilities: Pair<Capabilities>,
    schemas: Pair<&'a ProjectSchema>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(
        names: Pair<&'a str>,
        capabilities: Pair<&Capabilities>,
        schemas: Pair<&'a ProjectSchema>,
    ) -> Self {
        let here = Pair::of(|side| capabilities.get(side).in_project(schemas.get(side)));
        Self { names, capabilities: here, schemas }
    }

    /// What a side is called.
    pub(super) fn name(&self, side: Side) -> &str {
        self.names.get(side)
    }

    /// Whether a side has items of a kind at all.
    pub(super) fn has(&self, side: Side, kind: Kind) -> bool {
        let capabilities = self.capabilities.get(side);
        let listed = capabilities.can(kind.entity(), Operation::List);
        listed && (kind != Kind::Comment || capabilities.abilities.contains(&Ability::Comments))
    }

    /// What a side can do with a field, as far as its operations go.
    pub(super) fn support(&self, side: Side, kind: Kind, key: &FieldKey) -> FieldSupport {
        let entity = self.capabilities.get(side).entity(kind.entity());
        let mut support = match key {
            FieldKey::Of(field) => entity.field(*field),
            FieldKey::Custom(name) if self.custom(side, name).is_some() => entity.field(Field::CustomFields),
            FieldKey::Custom(_) => FieldSupport::default(),
        };
        let can = |operation| entity.operations.contains(&operation);
        if !can(Operation::Create) {
            support.on_create = pm_provider::Support::No;
        }
        if !can(Operation::Update) {
            support.on_update = pm_provider::Support::No;
        }
        support
    }

    /// Whether a side takes no writes whatsoever: it is wrapped to be read only.
    pub(super) fn is_read_only(&self, side: Side) -> bool {
        let capabilities = self.capabilities.get(side);
        let writes = |entity| [Operation::Create, Operation::Update].into_iter().any(|op| capabilities.can(entity, op));
        ![Entity::Task, Entity::Sprint, Entity::Comment].into_iter().any(writes)
    }

    /// A field of a project's own.
    pub(super) fn custom(&self, side: Side, name: &str) -> Option<&CustomField> {
        self.schemas.get(side).custom_fields.iter().find(|field| field.name == name)
    }
}
