//! The address of a backend.

use pm_provider::{Error, Result};
use url::{Host, Url};

use super::Names;

/// Reads a base URL; its path always ends with a slash, so that paths can be added to it.
///
/// # Errors
/// `Configuration`; what was written is repeated only where no password can stand in it.
pub(crate) fn base(text: &str, names: &Names) -> Result<Url> {
    let refuse = |what: &str| {
        let message = format!("the backend's address {what}; allowed is `https://host` or `https://host/path`");
        Err(Error::configuration(message).hint(format!("correct {}", names.env("base_url"))))
    };
    let Ok(mut url) = Url::parse(text.trim()) else { return refuse("is no URL") };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("is not one of the web");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds a user name or a password, which belong into settings of their own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("holds a query or a fragment");
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Says whether an address is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_are_kept_with_and_without_a_slash() {
        for (text, url) in [
            ("https://pm.example.org", "https://pm.example.org/"),
            (" https://pm.example.org/redmine ", "https://pm.example.org/redmine/"),
            ("http://[::1]:3000/a/b/", "http://[::1]:3000/a/b/"),
        ] {
            assert_eq!(base(text, &Names::default()).unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_is_no_base_is_refused_without_its_password() {
        for text in [
            "",
            "pm.example.org",
            "ftp://pm.example.org",
            "https://user:hidden@pm.example.org",
            "https://hidden@pm.example.org",
            "https://pm.example.org/?key=hidden",
            "https://pm.example.org/#hidden",
            "https://user:hidden@:99999/",
        ] {
            let error = base(text, &Names { provider: "redmine".into(), specs: &[] }).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hidden") && text.contains("REDMINE_URL"), "{text}");
        }
    }

    #[test]
    fn this_machine_is_known_by_any_name() {
        for (text, expected) in [
            ("http://localhost:1", true),
            ("http://LOCALHOST.:1", true),
            ("http://a.localhost", true),
            ("http://127.3.2.1", true),
            ("http://[::1]", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://localhost.example.org", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
