//! The targets of links and images, in the form that both formats can say.

/// The target of a link as Textile can say it; nothing for one that it cannot.
///
/// Redmine links what begins with a scheme and `//`, with `/`, `www.` or `mailto:`, but no script.
pub(super) fn link(url: &str) -> Option<String> {
    let url = encode(url.trim());
    let start = link_start(&url)?;
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let script = ["data", "javascript", "vbscript"].contains(&scheme.as_str());
    // Redmine wants two characters at least after the start, or it takes in what follows.
    let long_enough = url[start..].chars().count() >= 2;
    (!script && long_enough).then_some(url)
}

/// How long the start of a link's target is, when it is one.
pub(super) fn link_start(url: &str) -> Option<usize> {
    let start = ["/", "www.", "mailto:"].into_iter().find(|start| url.starts_with(start)).map(str::len);
    let start = start.or_else(|| scheme_start(url))?;
    url[start..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '/').then_some(start)
}

fn scheme_start(url: &str) -> Option<usize> {
    let letters = url.bytes().take(LONGEST_SCHEME).take_while(u8::is_ascii_alphabetic).count();
    (letters > 0 && url[letters..].starts_with("://")).then_some(letters + 3)
}

const LONGEST_SCHEME: usize = 32;

/// The source of an image as Textile can say it; nothing for one that Redmine would not load.
pub(super) fn image(source: &str) -> Option<String> {
    let source = encode(source.trim());
    let scheme = source.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let loads = scheme.is_none_or(|scheme| ["http", "https", "ftp"].contains(&scheme.as_str()));
    (loads && !source.is_empty()).then_some(source)
}

/// The alternative text of an image without what would end it in Textile: look-alikes stand in.
pub(super) fn image_text(text: &str) -> String {
    let text: String = text.chars().map(stand_in).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stand_in(c: char) -> char {
    match c {
        '(' => '[',
        ')' => ']',
        '<' => '‹',
        '>' => '›',
        '|' => '¦',
        '@' => '＠',
        other => other,
    }
}

/// Tells whether a title can stand in Textile's parentheses, where nothing can be escaped.
pub(super) fn is_plain_title(title: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " .,;/".contains(c);
    title.trim() == title && title.chars().all(plain) && !title.contains("  ")
}

/// Percent-encodes what neither format takes in a target, or takes for a mark.
fn encode(url: &str) -> String {
    let mut done = String::with_capacity(url.len());
    let mut rest = url.chars().peekable();
    let mut first = true;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let plain_follows = next.is_some_and(|next| next.is_ascii_alphanumeric());
        let keep = match c {
            '%' => is_escape(&rest),
            _ if c.is_whitespace() || c.is_control() => false,
            '"' | '<' | '>' | '|' | '(' | ')' | '!' | '*' | '[' | ']' | '{' | '}' | '\\' | '`' | '^' => false,
            '@' | '=' => !first && plain_follows,
            '_' | '-' | '+' | '~' | '?' => !first && next.is_some(),
            '.' | ',' | ':' | ';' | '&' | '#' | '$' | '\'' => next.is_some(),
            '/' => true,
            _ => c.is_alphanumeric(),
        };
        if keep {
            done.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| done.push_str(&format!("%{byte:02X}")));
        }
        first = false;
    }
    done
}

fn is_escape(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut digits = rest.clone();
    (0..2).all(|_| digits.next().is_some_and(|digit| digit.is_ascii_hexdigit()))
}
