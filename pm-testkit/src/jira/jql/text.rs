//! What `~` finds: words, not substrings.
//!
//! <https://confluence.atlassian.com/jirasoftwareserver/search-syntax-for-text-fields-939938747.html>: words are joined by
//! AND in any order, phrases stand in quotation marks, `*` and `?` are wildcards inside and at the end of a word,
//! capitals make no difference. Fuzzy terms (`roam~`) find the word itself only; words have no stems here.

use serde_json::Value;

use super::error::JqlError;

/// What a text must contain: alternatives, each of them a list of conditions.
#[derive(Clone, Debug)]
pub(super) struct TextQuery(Vec<Vec<Term>>);

#[derive(Clone, Debug)]
struct Term {
    wanted: bool,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// Words that follow each other.
    Phrase(Vec<String>),
    /// A word with wildcards.
    Pattern(Vec<char>),
    Group(TextQuery),
    /// A term of another field (`name:word`), which no text has.
    Nothing,
}

impl TextQuery {
    /// Reads the value behind `~`.
    ///
    /// Signs with a meaning (`+ - & | ! ( ) { } [ ] ^ ~ * ? \ /` and quotation marks) need a backslash to stand for
    /// themselves. The message about what cannot be read is unverified.
    pub(super) fn read(value: &str, field: &str) -> Result<Self, JqlError> {
        if let Some(wildcard) = value.trim_start().chars().next().filter(|first| matches!(first, '*' | '?')) {
            let rule = format!("is not allowed to start with '{wildcard}'.");
            return Err(JqlError::new(format!("The text query '{value}' for field '{field}' {rule}")));
        }
        let signs: Vec<char> = value.chars().collect();
        let mut reader = Reader { signs: &signs, place: 0 };
        let query = reader.alternatives(false);
        query.ok_or_else(|| JqlError::new(format!("Unable to parse the text '{value}' for field '{field}'.")))
    }

    pub(super) fn finds(&self, words: &[String]) -> bool {
        self.0.iter().any(|terms| {
            let wanted = terms.iter().any(|term| term.wanted);
            wanted && terms.iter().all(|term| term.what.is_in(words) == term.wanted)
        })
    }
}

impl What {
    fn is_in(&self, words: &[String]) -> bool {
        match self {
            Self::Phrase(phrase) => !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase),
            Self::Pattern(pattern) => words.iter().any(|word| fits(pattern, &word.chars().collect::<Vec<_>>())),
            Self::Group(query) => query.finds(words),
            Self::Nothing => false,
        }
    }
}

fn fits(pattern: &[char], word: &[char]) -> bool {
    match (pattern.split_first(), word.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => fits(rest, word) || word.split_first().is_some_and(|(_, word)| fits(pattern, word)),
        (Some((sign, rest)), Some((letter, word))) => (*sign == '?' || sign == letter) && fits(rest, word),
        _ => false,
    }
}

struct Reader<'a> {
    signs: &'a [char],
    place: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.signs.get(self.place).copied()
    }

    fn alternatives(&mut self, inside: bool) -> Option<TextQuery> {
        let mut alternatives = vec![Vec::new()];
        loop {
            match self.peek() {
                None if inside => return None,
                None => break,
                Some(')') if inside => {
                    self.place += 1;
                    break;
                }
                Some(space) if space.is_whitespace() => self.place += 1,
                Some(_) if self.word("OR") || self.word("||") => alternatives.push(Vec::new()),
                Some(_) if self.word("AND") || self.word("&&") => {}
                Some(_) => {
                    let term = self.term()?;
                    alternatives.last_mut()?.push(term);
                }
            }
        }
        Some(TextQuery(alternatives))
    }

    /// An operator that stands alone.
    fn word(&mut self, word: &str) -> bool {
        let length = word.chars().count();
        let ahead = self.signs[self.place..].iter().take(length).copied().eq(word.chars());
        let alone = self.signs.get(self.place + length).is_none_or(|next| next.is_whitespace());
        if ahead && alone {
            self.place += length;
        }
        ahead && alone
    }

    fn term(&mut self) -> Option<Term> {
        let wanted = match self.peek()? {
            '-' | '!' => false,
            '+' => true,
            _ if self.word("NOT") => {
                while self.peek().is_some_and(char::is_whitespace) {
                    self.place += 1;
                }
                return Some(Term { wanted: false, what: self.what()? });
            }
            _ => return Some(Term { wanted: true, what: self.what()? }),
        };
        self.place += 1;
        Some(Term { wanted, what: self.what()? })
    }

    fn what(&mut self) -> Option<What> {
        match self.peek()? {
            '"' => self.phrase(),
            '(' => {
                self.place += 1;
                self.alternatives(true).map(What::Group)
            }
            ')' | '[' | ']' | '{' | '}' | '^' | '~' | ':' | '/' | '*' | '?' => None,
            _ => self.single(),
        }
    }

    fn phrase(&mut self) -> Option<What> {
        self.place += 1;
        let mut text = String::new();
        loop {
            let sign = self.peek()?;
            self.place += 1;
            match sign {
                '"' => return Some(What::Phrase(words(&text))),
                '\\' => {
                    text.push(self.peek()?);
                    self.place += 1;
                }
                sign => text.push(sign),
            }
        }
    }

    fn single(&mut self) -> Option<What> {
        let (mut text, mut wildcards) = (String::new(), false);
        while let Some(sign) = self.peek() {
            match sign {
                sign if sign.is_whitespace() || sign == ')' => break,
                '\\' => {
                    self.place += 1;
                    text.push(self.peek()?);
                }
                ':' => {
                    self.place += 1;
                    self.what()?;
                    return Some(What::Nothing);
                }
                '~' | '^' => {
                    self.skip_modifier();
                    break;
                }
                '"' | '(' | '[' | ']' | '{' | '}' => return None,
                sign => {
                    wildcards |= matches!(sign, '*' | '?');
                    text.push(sign);
                }
            }
            self.place += 1;
        }
        Some(match wildcards {
            true => What::Pattern(text.to_lowercase().chars().collect()),
            false => What::Phrase(words(&text)),
        })
    }

    /// The number behind `~` or `^`.
    fn skip_modifier(&mut self) {
        self.place += 1;
        while self.peek().is_some_and(|sign| sign.is_ascii_digit() || sign == '.') {
            self.place += 1;
        }
    }
}

/// A text's words in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The text of a value: of a string, or of all text nodes of a document.
pub(in crate::jira) fn plain(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::String(string) => text.push_str(string),
        document => collect(document, &mut text),
    }
    text
}

fn collect(node: &Value, text: &mut String) {
    let own = node.get("text").or_else(|| node.get("attrs").and_then(|attributes| attributes.get("text")));
    text.push_str(own.and_then(Value::as_str).unwrap_or_default());
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        collect(child, text);
    }
    if node.get("text").is_none() {
        text.push(' ');
    }
}
