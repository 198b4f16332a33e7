//! The backend's own JSON, kept untouched.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};

/// The JSON text that the backend sent for an item, byte for byte.
///
/// Cheap to clone, parsed only when asked, never printed by `Debug`, and ignored by `==`, because two
/// reads of one unchanged item may differ in it (links, counters, order of members); [`RawData::is_same`] compares it.
#[derive(Clone, Default)]
pub struct RawData(Option<Arc<RawValue>>);

impl RawData {
    /// Holds nothing: the item did not come from a backend.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Keeps a JSON text as it is.
    ///
    /// # Errors
    /// `InvalidInput` when the text is not one JSON value.
    pub fn from_json(text: impl Into<String>) -> Result<Self> {
        let raw = RawValue::from_string(text.into())
            .map_err(|source| Error::new(ErrorKind::InvalidInput, format!("raw data is not JSON: {source}")))?;
        Ok(Self(Some(Arc::from(raw))))
    }

    /// Keeps the JSON of a value.
    ///
    /// # Errors
    /// `InvalidInput` when the value has no JSON form (a map with keys that are not text, say).
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        let raw = serde_json::value::to_raw_value(value)
            .map_err(|source| Error::new(ErrorKind::InvalidInput, format!("raw data has no JSON form: {source}")))?;
        Ok(Self(Some(Arc::from(raw))))
    }

    /// Returns the JSON text, or `None` where there is none.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref().map(RawValue::get)
    }

    /// Says whether there is no raw data.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Says whether two hold the same text, which `==` does not look at.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }

    /// Parses the JSON into a type of the caller's.
    ///
    /// # Errors
    /// `InvalidResponse` when there is no raw data or it does not have the shape of `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        let text = self.as_str().unwrap_or("null");
        serde_json::from_str(text)
            .map_err(|source| Error::new(ErrorKind::InvalidResponse, format!("raw data has another shape: {source}")))
    }
}

impl fmt::Debug for RawData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => write!(f, "RawData({} bytes)", text.len()),
            None => f.write_str("RawData(none)"),
        }
    }
}

impl PartialEq for RawData {
    /// Always true: raw data is no part of an item's identity.
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for RawData {}

impl Serialize for RawData {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for RawData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        // Not `Option<Box<RawValue>>`: JSON's own `null` and a missing member both mean "none".
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self((raw.get() != "null").then(|| Arc::from(raw))))
    }
}
