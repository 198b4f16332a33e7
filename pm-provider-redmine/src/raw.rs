//! Raw data without secrets in it.

use std::fmt;

use pm_provider::{RawData, Result};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The member in which Redmine sends a user's key, to that user and to administrators.
const SECRET: &str = "api_key";

/// Takes a user's API key out of the raw data; everything else keeps its text and its order.
pub(crate) fn without_api_key(raw: &RawData) -> Result<RawData> {
    match raw.as_str() {
        Some(text) if text.contains(SECRET) => RawData::from_value(&raw.parse::<Members>()?),
        _ => Ok(raw.clone()),
    }
}

/// The members of an object in their order, but the secret one.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
            if name != SECRET {
                members.push((name, value));
            }
        }
        Ok(Members(members))
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_key_goes_and_nothing_else() {
        let raw = RawData::from_json(r#"{"id":1,"x":{"y": 1.0},"api_key":"s3cr3t","status":1}"#).unwrap();
        assert_eq!(without_api_key(&raw).unwrap().as_str(), Some(r#"{"id":1,"x":{"y": 1.0},"status":1}"#));
    }

    #[test]
    fn without_a_key_not_a_byte_changes() {
        let raw = RawData::from_json(r#"{ "id": 1 }"#).unwrap();
        assert_eq!(without_api_key(&raw).unwrap().as_str(), Some(r#"{ "id": 1 }"#));
    }
}
