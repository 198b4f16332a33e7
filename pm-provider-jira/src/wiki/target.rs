//! The targets of links and images, in the form that both formats can say.

/// The target of a link as wiki markup can say it; nothing for one that it cannot, or that runs a script.
pub(super) fn link(url: &str) -> Option<String> {
    let url = encode(url.trim());
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let script = ["data", "javascript", "vbscript"].contains(&scheme.as_str());
    (!script && !url.is_empty()).then_some(url)
}

/// The source of an image: an address, or the name of an attachment.
pub(super) fn image(source: &str) -> Option<String> {
    let source = encode(source.trim()).replace(['^', '~'], "_").replace(',', "%2C");
    (is_file(&source)).then_some(source)
}

/// Jira takes any five characters between exclamation marks for an image; we want it to look like a file.
pub(super) fn is_file(source: &str) -> bool {
    source.chars().count() >= 5 && source.contains(['.', '/']) && !source.starts_with(')') && !source.contains(' ')
}

/// Text without what would end it where nothing can be escaped: look-alikes stand in.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().map(stand_in).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stand_in(c: char) -> char {
    match c {
        '!' => 'ǃ',
        '|' => '¦',
        ',' => '‚',
        '=' => '＝',
        '[' | '{' => '(',
        ']' | '}' => ')',
        '\\' => '/',
        '"' => '\'',
        '<' => '‹',
        '>' => '›',
        '*' => '∗',
        '_' => '‗',
        '~' => '∼',
        '`' => '\'',
        '&' => '＆',
        other => other,
    }
}

/// Parameters of an image without what would end them.
pub(super) fn params(text: &str) -> String {
    let keep = |c: &char| !c.is_control() && !"!|[]{}\\\"<>*_~`&\u{200b}".contains(*c);
    let kept: String = text.chars().filter(keep).collect();
    let parts = kept.split(',').map(str::trim).filter(|part| !part.is_empty() && !part.starts_with("alt="));
    parts.collect::<Vec<_>>().join(",")
}

/// Percent-encodes what one of the formats takes for something in a target.
fn encode(url: &str) -> String {
    let mut done = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || "\"<>|()[]{}!\\`*\u{200b}".contains(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| done.push_str(&format!("%{byte:02X}")));
        } else {
            done.push(c);
        }
    }
    done
}
