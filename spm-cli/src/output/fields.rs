//! `--json FIELDS`: which fields there are, and picking them without touching raw data.

use std::collections::BTreeMap;

use pm_core::{Error, ErrorKind};
use serde_json::value::{RawValue, to_raw_value};

use super::present::Presented;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::{Names, Wants};

/// The fields that were asked for, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Fields(Vec<&'static str>);

impl Fields {
    /// Reads a list of fields; an empty one, or an unknown field, is answered with all that there are.
    pub(crate) fn parse<T: Presented>(text: &str, flag: &str) -> Result<Self> {
        let words: Vec<_> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            let message = format!("{flag} takes one or more of these fields, with commas between them:");
            return Err(Failure::usage(format!("{message}\n  {}", known::<T>().join("\n  "))));
        }
        words.into_iter().map(Self::find::<T>).collect::<Result<_>>().map(Self)
    }

    fn find<T: Presented>(word: &str) -> Result<&'static str> {
        known::<T>().into_iter().find(|field| *field == word).ok_or_else(|| {
            let failure =
                Failure::usage(format!("there is no field `{word}`; {} have {}", T::PLURAL, known::<T>().join(", ")));
            match nearest(word, known::<T>()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            }
        })
    }

    /// Whose names the fields need.
    pub(crate) fn wants<T: Presented>(&self) -> Wants {
        self.0.iter().map(|field| T::companion_wants(field)).fold(Wants::NONE, Wants::and)
    }

    /// The JSON object with these fields of an item; raw data stays byte for byte.
    pub(crate) fn pick<T: Presented>(&self, item: &T, names: &Names) -> Result<String> {
        let json = serde_json::to_string(item).map_err(|source| unspeakable(&source))?;
        let members: BTreeMap<&str, &RawValue> = serde_json::from_str(&json).map_err(|source| unspeakable(&source))?;
        let mut object = String::from("{");
        for (place, field) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let companion = T::COMPANIONS.contains(field).then(|| to_raw_value(&item.companion(field, names)));
            let companion = companion.transpose().map_err(|source| unspeakable(&source))?;
            let value = companion.as_deref().or_else(|| members.get(field).copied()).map_or("null", RawValue::get);
            object.push_str(&format!("{comma}\"{field}\":{value}"));
        }
        object.push('}');
        Ok(object)
    }
}

fn known<T: Presented>() -> Vec<&'static str> {
    T::FIELDS.iter().chain(T::COMPANIONS).copied().collect()
}

/// The known word that a misspelt one is most likely meant to be.
pub(crate) fn nearest(word: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

fn unspeakable(source: &serde_json::Error) -> Failure {
    let error = Error::new(ErrorKind::Internal, format!("an item has no JSON form: {source}"));
    Failure::new(Code::Failure, error.to_string())
}

/// Asserts that the fields of a kind of item are the members of its JSON, in their order.
#[cfg(test)]
pub(crate) fn assert_fields<T: Presented>(item: &T) {
    #![allow(clippy::unwrap_used)]

    /// The names of the members of an object, in their order.
    struct Members(Vec<String>);

    impl<'de> serde::Deserialize<'de> for Members {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Members;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                    let mut names = Vec::new();
                    while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        names.push(name);
                    }
                    Ok(Members(names))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }

    let members: Members = serde_json::from_str(&serde_json::to_string(item).unwrap()).unwrap();
    assert_eq!(members.0, T::FIELDS);
    let mut all = known::<T>();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), T::FIELDS.len() + T::COMPANIONS.len(), "a field has the name of a companion");
}
