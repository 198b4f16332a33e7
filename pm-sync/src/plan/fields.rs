//! The fields that can be merged.

use std::collections::BTreeSet;

use pm_provider::{Field, ProjectSchema};

use crate::item::{Kind, Pair, Side};
use crate::record::FieldKey;

const SPRINT: &[Field] = &[
    Field::Name,
    Field::StartDate,
    Field::EndDate,
    Field::Status,
    Field::Goal,
    Field::CapacityHours,
    Field::PlannedHours,
];

const TASK: &[Field] = &[
    Field::Title,
    Field::Description,
    Field::Status,
    Field::Priority,
    Field::ParentTaskId,
    Field::SprintId,
    Field::Assignees,
    Field::EstimatedHours,
    Field::ActualHours,
    Field::StartDate,
    Field::DueDate,
    Field::Labels,
    Field::TaskType,
];

const COMMENT: &[Field] = &[Field::Body];

/// The fields of a kind of item, those of both projects' own included.
pub(super) fn fields_of(kind: Kind, schemas: Pair<&ProjectSchema>) -> BTreeSet<FieldKey> {
    let fields = match kind {
        Kind::Sprint => SPRINT,
        Kind::Task => TASK,
        Kind::Comment => COMMENT,
    };
    let own = |side| schemas.get(side).custom_fields.iter().map(|field| FieldKey::Custom(field.name.clone()));
    let own = Side::BOTH.into_iter().filter(|_| kind == Kind::Task).flat_map(own);
    fields.iter().copied().map(FieldKey::Of).chain(own).collect()
}
