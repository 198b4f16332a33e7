//! The wire types: what OpenProject sends, member by member.
//!
//! Every member that a permission, a module or an old release can hide is optional, and unknown ones are skipped:
//! servers from release 12 to 17 differ widely.

mod dictionary;
mod hal;
mod item;
mod schema;

pub(crate) use dictionary::{Label, Priority, Root, Status, Type};
pub(crate) use hal::{Collection, Formattable, Link, id_of, last_segment};
pub(crate) use item::{
    Activity, Attachment, Principal, Project, Relation, Sprint, Version, WorkPackage, WorkPackageLinks,
};
pub(crate) use schema::{Form, Property, Schema};

/// The id of an item, which the paging goes by.
pub(crate) trait HasId {
    /// The id.
    fn id(&self) -> u64;
}

macro_rules! has_id {
    ($($name:ty),*) => { $(
        impl HasId for $name {
            fn id(&self) -> u64 {
                self.id
            }
        }
    )* };
}
has_id!(Project, WorkPackage, Version, Sprint, Principal, Activity, Attachment, Relation);
