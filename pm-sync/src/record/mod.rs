//! An item as comparable fields: what is merged, what a base is made of, what an intent has sent.

use std::collections::BTreeMap;
use std::fmt;

use pm_provider::Field;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A field of an item: one of the contract's, or one that a project defined itself.
///
/// As text: `title`, `custom:Story Points`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FieldKey {
    /// A field of the contract.
    Of(Field),
    /// A field of the project's own, by name.
    Custom(String),
}

impl FieldKey {
    /// The field of that text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix("custom:") {
            return Some(Self::Custom(name.to_owned()));
        }
        Field::ALL.iter().find(|field| field.word() == text).map(|field| Self::Of(*field))
    }

    /// Whether the field's value is a set, of which single members are added and removed.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Of(Field::Labels | Field::Assignees))
    }

    /// Whether the field's value is a text of many lines.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Of(Field::Description | Field::Body | Field::Goal))
    }
}

impl From<Field> for FieldKey {
    fn from(field: Field) -> Self {
        Self::Of(field)
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(field) => f.write_str(field.word()),
            Self::Custom(name) => write!(f, "custom:{name}"),
        }
    }
}

impl Serialize for FieldKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("there is no field `{text}`")))
    }
}

/// The fields of an item in the terms of one side, each as canonical JSON: equal values are equal JSON.
///
/// A field that is unset is not there; `null` is never held. Values: text as it is, statuses and priorities as
/// `{"category": …, "name": …}` (`level` for priorities) without ids, people, parents and sprints by the side's own ids,
/// dates as `YYYY-MM-DD`, hours as the contract writes them, sets as sorted lists without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(BTreeMap<FieldKey, Value>);

/// What a patch does to some fields: `null` clears. A field that is not there is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(BTreeMap<FieldKey, Value>);

static NULL: Value = Value::Null;

impl Record {
    /// An item without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a field, `null` where it is unset.
    #[must_use]
    pub fn get(&self, field: &FieldKey) -> &Value {
        self.0.get(field).unwrap_or(&NULL)
    }

    /// Sets a field; `null` unsets it.
    pub fn set(&mut self, field: impl Into<FieldKey>, value: Value) {
        match value {
            Value::Null => self.0.remove(&field.into()),
            value => self.0.insert(field.into(), value),
        };
    }

    /// The same with a field set.
    #[must_use]
    pub fn with(mut self, field: impl Into<FieldKey>, value: impl Into<Value>) -> Self {
        self.set(field, value.into());
        self
    }

    /// Makes the fields of a patch what the patch says.
    pub fn apply(&mut self, patch: &Patch) {
        for (field, value) in patch.iter() {
            self.set(field.clone(), value.clone());
        }
    }

    /// The fields that are set.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldKey, &Value)> {
        self.0.iter()
    }

    /// Whether no field is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A short text that is equal for equal records: 32 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut json = serde_json::to_value(self).unwrap_or_default();
        json.sort_all_objects();
        let hash = Sha256::digest(json.to_string().as_bytes());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromIterator<(FieldKey, Value)> for Record {
    fn from_iter<I: IntoIterator<Item = (FieldKey, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().filter(|(_, value)| !value.is_null()).collect())
    }
}

impl Patch {
    /// A patch that changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what becomes of a field; `null` clears it.
    pub fn set(&mut self, field: impl Into<FieldKey>, value: Value) {
        self.0.insert(field.into(), value);
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, field: impl Into<FieldKey>, value: impl Into<Value>) -> Self {
        self.set(field, value.into());
        self
    }

    /// What becomes of a field, if the patch names it.
    #[must_use]
    pub fn get(&self, field: &FieldKey) -> Option<&Value> {
        self.0.get(field)
    }

    /// Takes a field out: it is kept.
    pub fn remove(&mut self, field: &FieldKey) -> Option<Value> {
        self.0.remove(field)
    }

    /// The fields that it names.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldKey, &Value)> {
        self.0.iter()
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields it names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Keeps some fields.
    pub fn retain(&mut self, keep: impl Fn(&FieldKey) -> bool) {
        self.0.retain(|field, _| keep(field));
    }

    /// Takes over what another patch says.
    pub fn take_over(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Extend<(FieldKey, Value)> for Patch {
    fn extend<I: IntoIterator<Item = (FieldKey, Value)>>(&mut self, fields: I) {
        self.0.extend(fields);
    }
}

impl FromIterator<(FieldKey, Value)> for Patch {
    fn from_iter<I: IntoIterator<Item = (FieldKey, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}
