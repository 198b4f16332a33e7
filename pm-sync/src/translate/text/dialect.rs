//! What the servers of a backend look at in texts.

use std::collections::BTreeSet;

use super::scan::Place;
use crate::item::Pair;

/// What the servers of a backend look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// `@name`.
    at: bool,
    /// `@name` in inline code and in addresses as well.
    at_everywhere: bool,
    /// `#12`.
    hash: bool,
    /// `#WEB-12`.
    hash_keys: bool,
    /// `GH-12`.
    gh: bool,
    /// `[~name]`.
    wiki: bool,
    /// `user#4`, `user:"login"`, `data-id="4"`, wherever they stand.
    macros: bool,
    /// `WEB-12`, whatever the project.
    any_key: bool,
    /// Whether an address of an issue makes an entry on it.
    pub(super) makes_entries: bool,
    /// How people name tasks.
    pub(super) names: Names,
}

/// How people name tasks in texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Names {
    /// In no way that says which task it is.
    #[default]
    None,
    /// By keys: `WEB-12`.
    Keys,
    /// By their ids: `#12`.
    Numbers,
    /// By their numbers in the project; ids are `PROJECT#12`.
    NumbersInProject,
}

impl Dialect {
    /// That of a provider, by its name.
    pub(super) fn of(provider: &str) -> Self {
        let none = Self::default();
        match provider {
            "github" => {
                Self { at: true, hash: true, gh: true, makes_entries: true, names: Names::NumbersInProject, ..none }
            }
            "redmine" => Self { at: true, at_everywhere: true, hash: true, names: Names::Numbers, ..none },
            "openproject" => {
                Self { at: true, hash: true, hash_keys: true, macros: true, names: Names::Numbers, ..none }
            }
            "jira" => Self { wiki: true, any_key: true, names: Names::Keys, ..none },
            "clickup" => Self { at: true, ..none },
            "internal" => Self { names: Names::Keys, ..none },
            _ => Self { at: true, hash: true, names: Names::Keys, ..none },
        }
    }
}

/// What is looked at on either of two sides: both ways must find the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    all: Dialect,
    /// The projects whose keys are looked for, besides all that look like one where `any_key` holds.
    projects: BTreeSet<String>,
}

/// What is looked at in one place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    pub(super) at: bool,
    pub(super) at_in_links: bool,
    pub(super) hash: bool,
    pub(super) hash_keys: bool,
    pub(super) gh: bool,
    pub(super) wiki: bool,
    pub(super) macros: bool,
    pub(super) keys: bool,
    pub(super) links: bool,
}

impl Rules {
    pub(super) fn of(dialects: &Pair<Dialect>) -> Self {
        let Pair { a, b } = dialects;
        let all = Dialect {
            at: a.at || b.at,
            at_everywhere: a.at_everywhere || b.at_everywhere,
            hash: a.hash || b.hash,
            hash_keys: a.hash_keys || b.hash_keys,
            gh: a.gh || b.gh,
            wiki: a.wiki || b.wiki,
            macros: a.macros || b.macros,
            any_key: a.any_key || b.any_key,
            makes_entries: a.makes_entries || b.makes_entries,
            names: Names::None,
        };
        Self { all, projects: BTreeSet::new() }
    }

    pub(super) fn know_project(&mut self, project: &str) {
        if !self.projects.contains(project) {
            self.projects.insert(project.to_owned());
        }
    }

    /// What is looked at in a place.
    pub(super) fn within(&self, place: Place) -> Looked {
        let Dialect { at, at_everywhere, hash, hash_keys, gh, wiki, macros, .. } = self.all;
        let body = place == Place::Body;
        let inline = place == Place::InlineCode;
        Looked {
            at: (body && at) || (inline && at_everywhere),
            at_in_links: at_everywhere && (body || inline),
            hash: body && hash,
            hash_keys: body && hash_keys,
            gh: body && gh,
            wiki: (body || inline) && wiki,
            macros,
            keys: body,
            links: body,
        }
    }

    /// Whether a word of that project's key is a reference.
    pub(super) fn is_key_of(&self, project: &str) -> bool {
        self.projects.contains(project) || (self.all.any_key && !WORDS.contains(&project))
    }
}

/// What looks like keys and is everyday language: nobody's task is meant by `UTF-8`.
const WORDS: [&str; 12] = ["UTF", "ISO", "SHA", "MD", "RFC", "CVE", "CWE", "AES", "RSA", "IEEE", "COVID", "HTTP"];
