//! Values of fields that a project defined itself.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The custom fields of a task by their display name; ids and types are in the project's schema.
pub type CustomFields = BTreeMap<String, CustomValue>;

/// The value of a custom field: any JSON value but `null` (an unset field is left out).
///
/// Dates and times are text (`YYYY-MM-DD`, RFC 3339); the project's schema says which text is a date.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CustomValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number; always finite.
    Number(f64),
    /// A text.
    Text(String),
    /// Several values, in order.
    List(Vec<CustomValue>),
    /// Named values.
    Object(BTreeMap<String, CustomValue>),
}

impl CustomValue {
    /// Returns the text, when it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),*) => { $(
        impl From<$source> for CustomValue {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )* };
}
from!(bool => Bool, i32 => Integer, i64 => Integer, f64 => Number, &str => Text, String => Text, Vec<CustomValue> => List);

impl Serialize for CustomValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => value.serialize(serializer),
            Self::Integer(value) => value.serialize(serializer),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for CustomValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CustomValueVisitor)
    }
}

struct CustomValueVisitor;

impl<'de> Visitor<'de> for CustomValueVisitor {
    type Value = CustomValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a custom field's value: true, false, a number, a text, a list or an object")
    }

    fn visit_bool<E>(self, value: bool) -> Result<CustomValue, E> {
        Ok(CustomValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<CustomValue, E> {
        Ok(CustomValue::Integer(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<CustomValue, E> {
        let message = "a whole number beyond 9223372036854775807; send it as text";
        i64::try_from(value).map(CustomValue::Integer).map_err(|_| E::custom(message))
    }

    fn visit_f64<E>(self, value: f64) -> Result<CustomValue, E> {
        Ok(CustomValue::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<CustomValue, E> {
        Ok(CustomValue::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<CustomValue, E> {
        Ok(CustomValue::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<CustomValue, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            values.push(value);
        }
        Ok(CustomValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CustomValue, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, CustomValue>()? {
            if members.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
        }
        Ok(CustomValue::Object(members))
    }
}
