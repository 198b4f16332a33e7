//! Changes of single fields and of sets.

use std::collections::BTreeSet;

use serde::de::{SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a patch does to one field.
///
/// JSON: a missing member keeps, `null` clears, a value sets.
///
/// ```
/// use pm_provider::{FieldPatch, TaskPatch};
/// let patch: TaskPatch = serde_json::from_str(r#"{"due_date": null, "title": "Paint it"}"#)?;
/// assert_eq!(patch.due_date, FieldPatch::Clear);
/// assert_eq!(patch.description, FieldPatch::Keep);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldPatch<T> {
    /// Leave the field as it is.
    #[default]
    Keep,
    /// Empty the field.
    Clear,
    /// Give the field this value.
    Set(T),
}

impl<T> FieldPatch<T> {
    /// Says whether the field is left as it is.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The value that is set, if one is.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Changes `current` as the patch says.
    pub fn apply(self, current: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *current = None,
            Self::Set(value) => *current = Some(value),
        }
    }
}

impl<T> From<Option<T>> for FieldPatch<T> {
    /// `Some` sets, `None` clears: the patch that makes a field equal to this one.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<T: Serialize> Serialize for FieldPatch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => serializer.serialize_some(value),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for FieldPatch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(Self::from)
    }
}

/// What a patch does to a set: labels, assignees.
///
/// JSON: a missing member keeps, a list replaces, `null` empties, one text replaces by that one,
/// `{"add": […], "remove": […]}` edits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetPatch<T> {
    /// Leave the set as it is.
    #[default]
    Keep,
    /// Make it these.
    Replace(Vec<T>),
    /// Add some, remove some, leave the others alone. What is in both lists is removed.
    Edit {
        /// What must be in the set afterwards.
        add: Vec<T>,
        /// What must not.
        remove: Vec<T>,
    },
}

impl<T> SetPatch<T> {
    /// Says whether the set is left as it is.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Clone + Ord> SetPatch<T> {
    /// What the set is after the patch, without duplicates, in order.
    pub fn apply(&self, current: &[T]) -> Vec<T> {
        match self {
            Self::Keep => current.to_vec(),
            Self::Replace(values) => distinct(values.iter()),
            Self::Edit { add, remove } => {
                let removed: BTreeSet<_> = remove.iter().collect();
                distinct(current.iter().chain(add).filter(|value| !removed.contains(value)))
            }
        }
    }

    /// Adds to what the patch adds already.
    pub(crate) fn adding(self, values: Vec<T>) -> Self {
        match self {
            Self::Keep => Self::Edit { add: values, remove: Vec::new() },
            Self::Replace(mut present) => {
                present.extend(values);
                Self::Replace(present)
            }
            Self::Edit { mut add, remove } => {
                add.extend(values);
                Self::Edit { add, remove }
            }
        }
    }

    /// Removes, on top of what the patch removes already.
    pub(crate) fn removing(self, values: Vec<T>) -> Self {
        match self {
            Self::Keep => Self::Edit { add: Vec::new(), remove: values },
            Self::Replace(mut present) => {
                present.retain(|value| !values.contains(value));
                Self::Replace(present)
            }
            Self::Edit { add, mut remove } => {
                remove.extend(values);
                Self::Edit { add, remove }
            }
        }
    }
}

fn distinct<'a, T: Clone + Ord + 'a>(values: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    values.filter(|value| seen.insert(*value)).cloned().collect()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit<T> {
    #[serde(default = "Vec::new")]
    add: Vec<T>,
    #[serde(default = "Vec::new")]
    remove: Vec<T>,
}

impl<T: Serialize + Clone> Serialize for SetPatch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => serializer.serialize_none(),
            Self::Replace(values) => values.serialize(serializer),
            Self::Edit { add, remove } => Edit { add: add.clone(), remove: remove.clone() }.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de> + From<String>> Deserialize<'de> for SetPatch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SetPatchVisitor(std::marker::PhantomData))
    }
}

/// Reads a list of texts, or one text as a list of one; `null` is the empty list.
pub(crate) fn one_or_more<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<String> + Clone + PartialEq,
{
    match SetPatch::deserialize(deserializer)? {
        SetPatch::Replace(values) => Ok(values),
        SetPatch::Keep => Ok(Vec::new()),
        SetPatch::Edit { .. } => {
            Err(serde::de::Error::custom("`add` and `remove` make sense in a patch only; give a list"))
        }
    }
}

struct SetPatchVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de> + From<String>> Visitor<'de> for SetPatchVisitor<T> {
    type Value = SetPatch<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list, one text, null, or an object with `add` and `remove`")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(SetPatch::Replace(Vec::new()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(SetPatch::Replace(vec![T::from(text.to_owned())]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            values.push(value);
        }
        Ok(SetPatch::Replace(values))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let Edit { add, remove } = Edit::deserialize(MapAccessDeserializer::new(map))?;
        Ok(SetPatch::Edit { add, remove })
    }
}
