//! What servers take for mentions and references, by other means than the code under test.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The plain text that GitHub shows, where it looks for mentions: without code, links and addresses.
fn plain_text(markdown: &str) -> Vec<String> {
    let (mut texts, mut depth) = (vec![String::new()], 0_u32);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => {
                depth -= 1;
                texts.push(String::new());
            }
            Event::Text(text) if depth == 0 => texts.last_mut().unwrap().push_str(&text),
            Event::Text(_) => {}
            Event::Code(_) => texts.push("x".to_owned()),
            _ => texts.push(String::new()),
        }
    }
    texts
}

/// What GitHub takes for mentions and references.
pub(super) fn on_github(markdown: &str) -> Vec<String> {
    let texts = plain_text(markdown);
    let words = texts.iter().flat_map(|text| text.split_whitespace()).map(before_address);
    words
        .flat_map(|word| {
            [signs(word, '@', |c| c.is_ascii_alphanumeric()), signs(word, '#', |c| c.is_ascii_digit())].concat()
        })
        .collect()
}

/// What stands before an address that GitHub makes a link.
fn before_address(word: &str) -> &str {
    let begins = |at: &usize| *at == 0 || word[..*at].ends_with(['*', '_', '~', '(']);
    let found = word.match_indices("https://").map(|(at, _)| at).find(begins);
    &word[..found.unwrap_or(word.len())]
}

/// A sign with a name or number behind it; before `@` no letter or digit.
fn signs(word: &str, sign: char, begins: fn(char) -> bool) -> Vec<String> {
    let all: Vec<char> = word.chars().collect();
    let live = |at: &usize| {
        let free = *at == 0 || sign == '#' || !is_word(all[at - 1]);
        all[*at] == sign && free && all.get(at + 1).is_some_and(|next| begins(*next))
    };
    (0..all.len()).filter(live).map(|at| all[at..].iter().collect()).collect()
}

/// Whom Redmine notifies: `MENTION_PATTERN` of its `acts_as_mentionable`, on the text without fenced code.
pub(super) fn on_redmine(markdown: &str) -> Vec<String> {
    let mut rest = markdown;
    let mut found = Vec::new();
    loop {
        let fence = ["```", "~~~"].iter().filter_map(|fence| rest.find(fence)).min();
        let inside = fence.map(|at| (at, &rest[at + 3..]));
        let end = inside.and_then(|(at, inside)| {
            let end = ["```", "~~~"].iter().filter_map(|fence| inside.find(fence)).min()?;
            Some((at, &inside[end + 3..]))
        });
        let Some((at, behind)) = end else {
            found.extend(logins(rest));
            return found;
        };
        found.extend(logins(&rest[..at]));
        rest = behind;
    }
}

fn logins(text: &str) -> Vec<String> {
    let all: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for at in 0..all.len() {
        if all[at] != '@' || (at > 0 && is_word(all[at - 1])) {
            continue;
        }
        let mut end = at + 1;
        while all.get(end).is_some_and(|c| is_word(*c) || "-@.".contains(*c)) {
            end += 1;
            let next = |ahead: usize| all.get(end + ahead).copied();
            let mark = |c: char| c.is_ascii_punctuation();
            let ends = match (next(0), next(1)) {
                (None, _) => true,
                (Some(c), _) if c.is_whitespace() => true,
                (Some(c), None) => mark(c),
                (Some(c), Some(d)) => mark(c) && (d == '\n' || !(is_word(d) || d == '/')),
            };
            if ends {
                found.push(all[at..end].iter().collect());
                break;
            }
        }
    }
    found
}

/// Whom OpenProject notifies: the patterns of its `CreateFromModelService`, on the text as it is.
pub(super) fn on_openproject(text: &str) -> Vec<String> {
    let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let mut found = Vec::new();
    for (word, quoted) in [("user#", false), ("group#", false), ("user:\"", true), ("data-id=\"", false)] {
        for (at, _) in text.match_indices(word) {
            let behind = &text[at + word.len()..];
            let free = word.starts_with("data") || !text[..at].ends_with(is_word);
            if free && (digit(behind) || (quoted && behind.find('"').is_some_and(|end| end > 0))) {
                found.push(text[at..].to_owned());
            }
        }
    }
    found
}
