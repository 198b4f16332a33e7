//! What is accounted for: by kind, how many of how many, and what is missing.

use std::collections::BTreeMap;
use std::fmt;

/// How many of how many, by what is counted, in the order in which it came up.
#[derive(Default)]
pub(super) struct Account {
    order: Vec<&'static str>,
    counts: BTreeMap<&'static str, (usize, usize)>,
    missing: Vec<String>,
}

impl Account {
    /// Counts one thing, which is as it should be if both are equal.
    pub(super) fn same<T: PartialEq + fmt::Debug>(&mut self, what: &'static str, of: &str, wanted: &T, found: &T) {
        self.there(what, wanted == found, || format!("{what} of {of}: {wanted:?} became {found:?}"));
    }

    /// Counts one thing, which is as it should be or not.
    pub(super) fn there(&mut self, what: &'static str, is_there: bool, else_say: impl FnOnce() -> String) {
        if !self.counts.contains_key(what) {
            self.order.push(what);
        }
        let (held, all) = self.counts.entry(what).or_default();
        *held += usize::from(is_there);
        *all += 1;
        if !is_there {
            self.missing.push(else_say());
        }
    }

    /// Says it to whoever reads along, then insists on everything.
    ///
    /// # Panics
    /// When anything is missing.
    pub(super) fn close(&self, title: &str) {
        println!("{title}: {self}");
        assert!(self.missing.is_empty(), "{title}:\n  {}", self.missing.join("\n  "));
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.order.iter().map(|what| {
            let (held, all) = self.counts[what];
            format!("{what} {held} of {all}")
        });
        f.write_str(&counts.collect::<Vec<_>>().join(", "))
    }
}

/// A text without the invisible characters that keep copies from calling people and naming foreign items.
pub(super) fn visible(text: &str) -> String {
    text.chars().filter(|c| !('\u{2060}'..='\u{2064}').contains(c)).collect()
}
