//! Ids: UUIDs of version 7, so that they sort by the time of their making.

/// Makes an id.
pub(crate) fn new() -> String {
    uuid::Uuid::now_v7().hyphenated().to_string()
}
