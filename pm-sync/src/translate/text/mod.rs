//! Texts: what in them would call people or refer to items over there.
//!
//! A copied text must not call people who happen to have that name over there, nor refer to items that happen to have that
//! number. So each mention (`@ann`) and each reference (`#12`, `WEB-12`, `octo-org/web#7`) that means something on
//! either side is either rewritten, where the item has a twin and both sides can say so in one word, or pulled apart by an
//! invisible character: nothing that a server takes for a name or a number begins with it. References behind words that
//! do something (`fixes #12`, `duplicate of #12`) are always pulled apart.
//!
//! The way back is exact. Each side has an invisible character of its own for what came from the other one (U+2063 in texts
//! of `A`, U+2060 in texts of `B`), so what is live on the side where it was written is live there again after a round trip,
//! and nowhere else.
//!
//! # What servers look at
//!
//! | Backend | Calls people | Refers to items | Where, besides plain text |
//! |---|---|---|---|
//! | GitHub | `@name`, `@team/name` | `#12`, `GH-12`, `owner/repo#12`, addresses of issues | – |
//! | Redmine | `@login` | `#12` | inline code and addresses; not fenced code |
//! | OpenProject | `user#4`, `group#4`, `user:"login"`, `<mention data-id="4">` | `#12`, `##12`, `#WEB-12` | titles and all code |
//! | Jira | `[~name]` (Data Center) | `WEB-12` | monospaced text |
//! | ClickUp | `@name` (unverified: its API has mentions as data) | – | – |
//! | the internal database | – | `WEB-12` | – |
//!
//! Sources: <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>;
//! Redmine's `lib/plugins/acts_as_mentionable`; OpenProject's `app/services/notifications/create_from_model_service.rb` and
//! `lib/open_project/text_formatting/matchers/resource_links_matcher.rb`; Atlassian's text formatting notation. Backends of
//! others are taken to look at `@name` and `#12` in plain text.
//!
//! Addresses of GitHub's issues, which make an entry on the issue that they lead to, lead by way of
//! `redirect.github.com` in texts written to GitHub, as Dependabot's do: of these only the meaning comes back, an address
//! that was entered on GitHub may be of that form after an edit on the other side.

mod code;
mod dialect;
mod links;
mod marks;
mod scan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{References, Twin};
use crate::item::{ItemKey, Kind, Pair, Side};
use dialect::{Dialect, Names, Rules};
use scan::{Place, Token, What, tokens};

/// What has to be known to carry texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    dialects: Pair<Dialect>,
    rules: Rules,
    /// The ids of the projects.
    projects: Pair<String>,
    /// Ids by human keys.
    ids: Pair<BTreeMap<String, String>>,
    /// Human keys by ids.
    keys: Pair<BTreeMap<String, String>>,
}

impl Texts {
    /// `providers` are the names by which providers call themselves.
    pub(super) fn new(providers: &Pair<&str>, projects: Pair<String>, ids: &Pair<BTreeMap<String, String>>) -> Self {
        let dialects = Pair::of(|side| Dialect::of(providers.get(side)));
        let rules = Rules::of(&dialects);
        let mut texts = Self { dialects, rules, projects, ..Self::default() };
        for side in Side::BOTH {
            for (key, id) in ids.get(side) {
                texts.learn_key(side, key.clone(), id.clone());
            }
        }
        texts
    }

    /// Learns the key of a task.
    pub(super) fn learn_key(&mut self, side: Side, key: String, id: String) {
        if let (Names::Keys, Some((project, _))) = (self.dialects.get(side).names, scan::key_parts(&key)) {
            self.rules.know_project(project);
            self.ids.get_mut(side).insert(key.clone(), id.clone());
            self.keys.get_mut(side).insert(id, key);
        }
    }

    /// The tasks of a side that a text of it names, as far as its words say which.
    pub(super) fn tasks_in(&self, from: Side, text: &str) -> Vec<ItemKey> {
        let named = tokens(text, &self.rules, Place::Body);
        named.iter().filter_map(|token| self.named(from, text, token)).collect()
    }

    /// A text of side `from` as it is to stand on the other side, where `present` stands now.
    pub(super) fn carry(&self, from: Side, text: &str, references: &References, present: Option<&str>) -> String {
        self.carry_in(Place::Body, from, text, references, present)
    }

    /// A title: people are called in those of few backends, and nothing else means anything there.
    pub(super) fn carry_title(&self, from: Side, text: &str) -> String {
        self.carry_in(Place::Title, from, text, &References::default(), None)
    }

    fn carry_in(&self, place: Place, from: Side, text: &str, references: &References, present: Option<&str>) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut done = 0;
        for token in tokens(text, &self.rules, place) {
            out.push_str(&text[done..token.start]);
            done = match token.what {
                What::Link => {
                    out.push_str(&self.link(from, &text[token.start..token.end], present));
                    token.end
                }
                _ => match self.rewritten(from, text, &token, references) {
                    Some(spelled) => {
                        out.push_str(&spelled);
                        token.end
                    }
                    None => {
                        out.push_str(&text[token.start..token.marks.start]);
                        out.push_str(&marks::carry(from, &text[token.marks.clone()]));
                        token.marks.end
                    }
                },
            };
        }
        out.push_str(&text[done..]);
        out
    }

    fn rewritten(&self, from: Side, text: &str, token: &Token, references: &References) -> Option<String> {
        let item = self.named(from, text, token)?;
        let spelled = self.spell(from.other(), references.twin(&item)?)?;
        // Only what will be read as the same reference on its way back.
        let found = tokens(&spelled, &self.rules, Place::Body);
        let same =
            found.len() == 1 && found[0].what == What::Name && found[0].start == 0 && found[0].end == spelled.len();
        same.then_some(spelled)
    }

    /// The task that a reference names, if it stands alone and does nothing.
    fn named(&self, from: Side, text: &str, token: &Token) -> Option<ItemKey> {
        if token.what != What::Name || !token.marks.is_empty() || !scan::stands_alone(text, token) {
            return None;
        }
        let word = &text[token.start..token.end];
        let id = match self.dialects.get(from).names {
            Names::None => None,
            Names::Keys => self.ids.get(from).get(word).cloned(),
            Names::Numbers => number(word).map(str::to_owned),
            Names::NumbersInProject => number(word).map(|number| format!("{}#{number}", self.projects.get(from))),
        };
        id.map(|id| ItemKey::new(Kind::Task, id))
    }

    /// How texts of a side name a task of it.
    fn spell(&self, side: Side, twin: &Twin) -> Option<String> {
        let numeric =
            |id: &str| (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("#{id}"));
        match self.dialects.get(side).names {
            Names::None => None,
            Names::Keys => twin.key.clone().or_else(|| self.keys.get(side).get(&twin.id).cloned()),
            Names::Numbers => numeric(&twin.id),
            Names::NumbersInProject => {
                let (project, number) = twin.id.rsplit_once('#')?;
                (project == self.projects.get(side)).then(|| numeric(number)).flatten()
            }
        }
    }

    fn link(&self, from: Side, link: &str, present: Option<&str>) -> String {
        let to_github = self.dialects.get(from.other()).makes_entries;
        let stands_there = || present.is_some_and(|present| present.contains(link));
        let by_way = links::by_way(link).filter(|_| to_github && !stands_there());
        let straight = || links::straight(link).filter(|_| self.dialects.get(from).makes_entries);
        by_way.or_else(straight).unwrap_or_else(|| link.to_owned())
    }
}

/// The number in `#12`.
fn number(word: &str) -> Option<&str> {
    word.strip_prefix('#').filter(|digits| !digits.starts_with('0'))
}
