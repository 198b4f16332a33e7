//! Ids: UUIDs of version 7, so that they sort by the time of their making.

/// Says whether a text can be an id at all: PostgreSQL fails on a NUL where it should find nothing.
pub(crate) fn is_possible(text: &str) -> bool {
    !text.contains('\0')
}

/// Makes an id.
pub(crate) fn new() -> String {
    uuid::Uuid::now_v7().hyphenated().to_string()
}
