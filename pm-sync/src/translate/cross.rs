//! What is not to be synchronised at all.

use pm_provider::{Field, StatusCategory, Vocabulary};
use serde_json::Value;

use crate::config::SyncConfig;
use crate::item::Kind;
use crate::side::Row;

/// Whether an item may be shown on the other side: what not everybody may see stays, unless the mapping says otherwise.
#[must_use]
pub fn may_cross(row: &Row, config: &SyncConfig) -> bool {
    config.include_restricted || !row.restricted
}

/// Whether an item is one of those that the mapping is about. Filters speak of tasks; other kinds are all in.
#[must_use]
pub fn in_filter(config: &SyncConfig, row: &Row) -> bool {
    if row.item.kind != Kind::Task {
        return config.kinds.contains(&row.item.kind);
    }
    let filter = &config.filter;
    let category = row.record.get(&Field::Status.into()).get("category").and_then(Value::as_str);
    let category = category.and_then(StatusCategory::find).unwrap_or(StatusCategory::Unknown);
    let since = filter.since.is_none_or(|since| row.created_at.is_some_and(|created| created >= since));
    config.kinds.contains(&Kind::Task)
        && (filter.statuses.is_empty() || filter.statuses.contains(&category))
        && since
        && filter.labels.iter().all(|label| has_label(row, label))
}

fn has_label(row: &Row, wanted: &str) -> bool {
    let labels = row.record.get(&Field::Labels.into()).as_array().into_iter().flatten();
    labels.filter_map(Value::as_str).any(|label| label.to_lowercase() == wanted.to_lowercase())
}
