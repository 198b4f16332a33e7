//! Reading a row column by column, in the order of the statement.

use chrono::{DateTime, Utc};
use pm_provider::{Hours, RawData, Version, Visibility, Vocabulary};
use sea_orm::{QueryResult, TryGetable};

use crate::error::{Failure, Result};
use crate::time::from_micros;

/// A row that is read from the left to the right.
pub(crate) struct Row<'r> {
    result: &'r QueryResult,
    table: &'static str,
    next: usize,
}

impl<'r> Row<'r> {
    pub(crate) fn new(table: &'static str, result: &'r QueryResult) -> Self {
        Self { result, table, next: 0 }
    }

    /// The next column.
    pub(crate) fn take<T: TryGetable>(&mut self) -> Result<T> {
        let index = self.next;
        self.next += 1;
        Ok(self.result.try_get_by_index(index)?)
    }

    /// The next column, a text of ours that is some other type's, or nothing.
    pub(crate) fn optional_id<T: From<String>>(&mut self) -> Result<Option<T>> {
        Ok(self.take::<Option<String>>()?.map(T::from))
    }

    pub(crate) fn version(&mut self) -> Result<Option<Version>> {
        Ok(Some(Version::new(self.take::<i64>()?.to_string())))
    }

    pub(crate) fn time(&mut self) -> Result<Option<DateTime<Utc>>> {
        let micros: Option<i64> = self.take()?;
        let read = |micros| from_micros(micros).ok_or_else(|| self.damaged("a time", micros));
        micros.map(read).transpose()
    }

    pub(crate) fn hours(&mut self) -> Result<Option<Hours>> {
        let seconds: Option<i64> = self.take()?;
        let read = |seconds: i64| match u64::try_from(seconds) {
            Ok(seconds) => Ok(Hours::from_seconds(seconds)),
            Err(_) => Err(self.damaged("a duration", seconds)),
        };
        seconds.map(read).transpose()
    }

    pub(crate) fn category<C: Vocabulary>(&mut self) -> Result<C> {
        let word: String = self.take()?;
        let known = C::ALL.iter().copied().find(|category| category.word() == word);
        known.ok_or_else(|| self.damaged(C::WHAT, word))
    }

    pub(crate) fn optional_category<C: Vocabulary>(&mut self) -> Result<Option<C>> {
        let Some(word) = self.take::<Option<String>>()? else { return Ok(None) };
        let known = C::ALL.iter().copied().find(|category| category.word() == word);
        known.map(Some).ok_or_else(|| self.damaged(C::WHAT, word))
    }

    pub(crate) fn visibility(&mut self) -> Result<Visibility> {
        let word: String = self.take()?;
        visibility_from_word(&word).ok_or_else(|| self.damaged("visibility", word))
    }

    pub(crate) fn raw_data(&mut self) -> Result<RawData> {
        match self.take::<Option<String>>()? {
            Some(json) => RawData::from_json(json).map_err(|error| self.damaged("raw data", error.message())),
            None => Ok(RawData::none()),
        }
    }

    /// The next column, a JSON text; an empty value where there is none.
    pub(crate) fn json<T: serde::de::DeserializeOwned + Default>(&mut self, what: &'static str) -> Result<T> {
        match self.take::<Option<String>>()? {
            None => Ok(T::default()),
            Some(text) if text == "[]" => Ok(T::default()),
            Some(text) => serde_json::from_str(&text).map_err(|error| self.damaged(what, error)),
        }
    }

    fn damaged(&self, what: &'static str, found: impl std::fmt::Display) -> Failure {
        Failure::Damaged { table: self.table, what, found: found.to_string() }
    }
}

/// Seconds as a column; the contract's longest duration fits easily.
pub(crate) fn seconds(hours: Option<Hours>) -> Option<i64> {
    hours.map(|hours| i64::try_from(hours.as_seconds()).unwrap_or(i64::MAX))
}

/// The word that tables hold for a visibility.
pub(crate) fn visibility_word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Restricted => "restricted",
        // The contract may get more; whatever is not known to be restricted was public when this was written.
        _ => "public",
    }
}

fn visibility_from_word(word: &str) -> Option<Visibility> {
    match word {
        "public" => Some(Visibility::Public),
        "restricted" => Some(Visibility::Restricted),
        _ => None,
    }
}
