//! New ids, as something that tests can repeat.

use std::fmt::Debug;

/// Gives new ids.
pub trait Ids: Debug + Send + Sync + 'static {
    /// An id that nobody else has.
    fn new_id(&self) -> String;
}

/// UUIDs of version 7: they sort by time.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn new_id(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
