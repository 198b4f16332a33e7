//! Filters by a reference that may be unset.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A filter by a field that may be unset: a sprint, a parent, an assignee.
///
/// JSON: a missing member takes any, `null` takes items without one, a value takes items with that one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Match<T> {
    /// Do not look at the field.
    #[default]
    Any,
    /// Only items in which the field is unset.
    Unset,
    /// Only items with this value.
    Is(T),
}

impl<T> Match<T> {
    /// Says whether the field is not looked at.
    pub fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// Says whether a field with this value passes.
    pub fn accepts(&self, value: Option<&T>) -> bool
    where
        T: PartialEq,
    {
        match self {
            Self::Any => true,
            Self::Unset => value.is_none(),
            Self::Is(wanted) => value == Some(wanted),
        }
    }
}

impl<T: Serialize> Serialize for Match<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(value) => serializer.serialize_some(value),
            Self::Any | Self::Unset => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Match<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Unset, Self::Is))
    }
}
