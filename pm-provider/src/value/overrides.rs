//! What a user says about native names: which category they belong to.

use std::str::FromStr;

use super::Vocabulary;
use crate::error::{Error, Result};

/// Which native names belong to which category, where a backend's own names do not tell: `Resolved=done, On ice=backlog`.
///
/// Reading, a name that is in here is of the category that it says. Writing a category, the first name that is in here
/// for it wins over all others.
///
/// ```
/// use pm_provider::{Overrides, StatusCategory};
/// let overrides: Overrides<StatusCategory> = "Resolved=done, On ice=backlog".parse()?;
/// assert_eq!(overrides.category_of("on ice"), Some(StatusCategory::Backlog));
/// assert_eq!(overrides.category_of("New"), None);
/// # Ok::<(), pm_provider::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overrides<C>(Vec<(C, String)>);

impl<C> Default for Overrides<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: Vocabulary> Overrides<C> {
    /// Overrides nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The category of a native name, without regard to case.
    #[must_use]
    pub fn category_of(&self, name: &str) -> Option<C> {
        let lower = name.to_lowercase();
        self.0.iter().find(|(_, known)| known.to_lowercase() == lower).map(|(category, _)| *category)
    }

    /// The names that win for their category: what [`Wanted::resolve`](super::Wanted::resolve) takes.
    #[must_use]
    pub fn preferred(&self) -> &[(C, String)] {
        &self.0
    }

    fn entry(text: &str) -> Result<(C, String)> {
        let Some((name, word)) = text.rsplit_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            let message = format!("`{text}` says nothing of a {}; allowed is NAME=CATEGORY", C::WHAT);
            return Err(Error::configuration(message));
        };
        let category = C::parse(word.trim()).map_err(|error| Error::configuration(error.message().to_owned()))?;
        if !category.is_writable() {
            return Err(Error::configuration(format!("`{}` is only ever read; `{name}` needs another", word.trim())));
        }
        Ok((category, name.trim().to_owned()))
    }
}

/// Reads `NAME=CATEGORY` entries that are separated by commas; names hold no comma.
impl<C: Vocabulary> FromStr for Overrides<C> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let entries: Vec<(C, String)> = entries.map(Self::entry).collect::<Result<_>>()?;
        for (index, (_, name)) in entries.iter().enumerate() {
            if entries[..index].iter().any(|(_, known)| known.to_lowercase() == name.to_lowercase()) {
                return Err(Error::configuration(format!("the {} `{name}` is named twice", C::WHAT)));
            }
        }
        Ok(Self(entries))
    }
}
