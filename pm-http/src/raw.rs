//! An item together with the text that it came as.

use pm_provider::RawData;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

/// An item and the JSON text that it was read from, for `raw_data`.
///
/// ```
/// # use serde::Deserialize;
/// # use pm_http::Raw;
/// #[derive(Deserialize)]
/// struct Issue { id: u64 }
/// #[derive(Deserialize)]
/// struct Issues { issues: Vec<Raw<Issue>> }
/// let list: Issues = serde_json::from_str(r#"{"issues": [{"id": 7,  "subject": "x"}]}"#)?;
/// assert_eq!(list.issues[0].item.id, 7);
/// assert_eq!(list.issues[0].raw.as_str(), Some(r#"{"id": 7,  "subject": "x"}"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Raw<T> {
    /// The item.
    pub item: T,
    /// Its JSON, byte for byte.
    pub raw: RawData,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawData::deserialize(deserializer)?;
        let text = raw.as_str().unwrap_or("null");
        let item = serde_json::from_str(text).or_else(|_| with_path(text)).map_err(D::Error::custom)?;
        Ok(Self { item, raw })
    }
}

/// Reads again what cannot be read, to tell where.
///
/// The path is part of the message: the decoder around this one sees only where the whole item is.
fn with_path<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        format!("{}{}{path}", crate::body::describe(error.inner()), crate::body::INSIDE)
    })
}
