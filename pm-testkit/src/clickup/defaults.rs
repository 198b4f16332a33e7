//! What new places begin with.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{Space, Status, StatusKind};
use super::store::Store;
use super::view::priority;

/// The four priorities, the most urgent first.
pub(super) fn priorities() -> Vec<Value> {
    (1..=4).map(priority).collect()
}

/// The statuses of a new space.
pub(super) fn statuses(store: &mut Store) -> Vec<Status> {
    named(store, &[("to do", StatusKind::Open), ("in progress", StatusKind::Custom), ("complete", StatusKind::Closed)])
}

/// Statuses of these names, which are in lower case as the vendor keeps them.
pub(super) fn named<N: AsRef<str>>(store: &mut Store, names: &[(N, StatusKind)]) -> Vec<Status> {
    let status = |(name, kind): &(N, StatusKind)| {
        let id = format!("sc{}", store.next_id("statuses"));
        Status { id, name: name.as_ref().to_lowercase(), kind: *kind }
    };
    names.iter().map(status).collect()
}

/// Adds a space; its id.
pub(super) fn space(store: &mut Store, workspace: u64, name: &str) -> u64 {
    let id = store.next_id("spaces");
    let statuses = statuses(store);
    let space = Space {
        id,
        workspace,
        name: name.to_owned(),
        private: false,
        members: Vec::new(),
        archived: false,
        statuses,
        tags: BTreeMap::new(),
        prefix: None,
        last_custom: 0,
    };
    store.spaces.insert(id, space);
    id
}
