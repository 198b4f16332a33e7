//! The same with several items: all are tried, and each that fails is named.

use std::collections::BTreeSet;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Written, note};

/// Each item once, also where somebody names it twice: by its key and by its title.
#[derive(Debug, Default)]
pub(crate) struct Once(BTreeSet<String>);

impl Once {
    /// The item, unless it was there before.
    pub(crate) fn new_one<T: Written>(&mut self, item: T) -> Option<T> {
        self.0.insert(item.id().to_owned()).then_some(item)
    }
}

/// What came of several items.
#[derive(Debug)]
pub(crate) struct Tally {
    several: bool,
    done: usize,
    failed: Option<Code>,
}

impl Tally {
    /// Expects so many items.
    pub(crate) fn of(count: usize) -> Self {
        Self { several: count > 1, done: 0, failed: None }
    }

    /// Notes what came of an item: of several, a failure is said and the others are tried all the same.
    pub(crate) fn note<T>(&mut self, word: &str, outcome: Result<T>) -> Result<Option<T>> {
        let item = self.look(word, outcome)?;
        self.done += usize::from(item.is_some());
        Ok(item)
    }

    /// The same for an item that is only looked at so far.
    pub(crate) fn look<T>(&mut self, word: &str, outcome: Result<T>) -> Result<Option<T>> {
        match outcome {
            Ok(item) => Ok(Some(item)),
            Err(failure) if !self.several || failure.is_silent() => Err(failure),
            Err(failure) => {
                note(format_args!("error: `{word}`: {failure}"));
                self.failed.get_or_insert(failure.code);
                Ok(None)
            }
        }
    }

    /// How the command ends: in part done and in part not is a code of its own.
    pub(crate) fn code(&self) -> Code {
        match self.failed {
            None => Code::Success,
            Some(_) if self.done > 0 => Code::Partial,
            Some(code) => code,
        }
    }

    /// Ends the command where nothing is left to go on with.
    pub(crate) fn go_on_with<T>(&self, items: &[T]) -> Result<()> {
        match self.failed {
            Some(code) if items.is_empty() => Err(Failure::silent(code)),
            _ => Ok(()),
        }
    }
}
