//! Facts about Markdown's source that writers must know.

const LONGEST_ENTITY: usize = 32;

/// How long the entity is that `text` begins with, known or not.
pub(crate) fn entity_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('&')?;
    let length = rest.bytes().take(LONGEST_ENTITY).take_while(|b| *b == b'#' || b.is_ascii_alphanumeric()).count();
    (length > 0 && rest[length..].starts_with(';')).then_some(length + 2)
}

/// The longest run of a character in a text.
pub(crate) fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or_default()
}

/// Pushes text that Markdown reads for escapes and entities, as info strings and titles.
pub(crate) fn push_escaped(text: &str, escaped: &[char], out: &mut String) {
    for (at, c) in text.char_indices() {
        if c == '&' && entity_length(&text[at..]).is_some() {
            out.push_str("&amp;");
            continue;
        }
        if c == '\\' || escaped.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Tells whether an address may stand between `<` and `>`.
pub(crate) fn is_autolink(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    named && (2..=32).contains(&scheme.len()) && scheme.len() < url.len() && is_clean(url)
}

/// Tells whether an address of mail may stand between `<` and `>`.
pub(crate) fn is_mail_autolink(address: &str) -> bool {
    let Some((name, host)) = address.split_once('@') else { return false };
    let word =
        |part: &str| !part.is_empty() && part.len() < 64 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    !name.is_empty() && name.split(['.', '-', '_', '+']).all(word) && host.split('.').all(word)
}

fn is_clean(url: &str) -> bool {
    url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>&|`\\".contains(&byte))
}
