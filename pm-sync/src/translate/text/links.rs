//! Addresses of issues on GitHub: entering one there makes an entry on the issue that it leads to.
//!
//! `redirect.github.com` leads to the same page and makes none; it is where the addresses of Dependabot's texts lead
//! (dependabot/dependabot-core, `link_and_mention_sanitizer.rb`).

const STRAIGHT: [&str; 2] = ["github.com", "www.github.com"];
const BY_WAY: &str = "redirect.github.com";
/// What makes entries.
const KINDS: [&str; 5] = ["issues", "pull", "pulls", "discussions", "commit"];

/// The address that makes no entry, if this one does.
pub(super) fn by_way(link: &str) -> Option<String> {
    let (scheme, host, path) = parts(link)?;
    STRAIGHT.contains(&host.to_lowercase().as_str()).then(|| format!("{scheme}://{BY_WAY}/{path}"))
}

/// The address that it stands for.
pub(super) fn straight(link: &str) -> Option<String> {
    let (scheme, host, path) = parts(link)?;
    (host.to_lowercase() == BY_WAY).then(|| format!("{scheme}://{}/{path}", STRAIGHT[0]))
}

fn parts(link: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = link.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let mut segments = path.split('/');
    let (_owner, _repository) = (segments.next()?, segments.next()?);
    let kind = segments.next()?;
    let named = segments.next().is_some_and(|segment| segment.starts_with(|c: char| c.is_ascii_alphanumeric()));
    (KINDS.contains(&kind) && named).then_some((scheme, host, path))
}
