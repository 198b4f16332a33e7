//! Addresses: where a secret would go, and how much of an address may be shown.

use url::Url;

use super::setting::printable;

/// Databases in a file: nothing is sent anywhere.
const LOCAL: &str = "sqlite";
/// Parameters that say which server is meant, in addresses of PostgreSQL.
const SERVER: [&str; 3] = ["host", "hostaddr", "port"];

/// Where whatever goes with an address would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Nowhere: a file, or the machine's own default.
    Nowhere,
    /// To `scheme://host:port`.
    Origin(String),
    /// It cannot be told; the backend may know better.
    Unclear,
}

/// Tells where an address leads; what has no scheme may still be a host to a backend that adds one.
pub(crate) fn destination(text: &str) -> Destination {
    let Ok(url) = Url::parse(text) else { return Destination::Unclear };
    match (url.scheme(), url.host_str().filter(|host| !host.is_empty())) {
        (LOCAL, _) => Destination::Nowhere,
        (scheme, Some(host)) => Destination::Origin(origin(scheme, host, &url)),
        ("file", None) => Destination::Nowhere,
        (scheme @ ("postgres" | "postgresql"), None) if !url.cannot_be_a_base() => match server(&url) {
            parameters if parameters.is_empty() => Destination::Nowhere,
            parameters => Destination::Origin(format!("{scheme}://{parameters}")),
        },
        _ => Destination::Unclear,
    }
}

/// Says whether PostgreSQL's driver looks for a password by itself, since the address has none.
pub(crate) fn looks_for_password(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql") && !has_password(&url))
}

/// Says whether a password stands in an address.
pub(crate) fn holds_password(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return text.contains('@') };
    // `me:12/34@host` without a scheme, and `x://me:12/34@host`, which is read as the host `me` and its port.
    let is_misread = (url.cannot_be_a_base() || url.port().is_some()) && url.path().contains('@');
    url.scheme() != LOCAL && (has_password(&url) || is_misread)
}

fn has_password(url: &Url) -> bool {
    url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
}

fn origin(scheme: &str, host: &str, url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let parameters = if scheme.starts_with("http") { String::new() } else { server(url) };
    format!("{scheme}://{host}{port}{parameters}")
}

/// The parameters that name a server, as they are written: nothing that a terminal would obey is in them.
fn server(url: &Url) -> String {
    let names_server = |pair: &&str| {
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded.is_some_and(|(name, _)| SERVER.contains(&&*name))
    };
    let named: Vec<_> = url.query().unwrap_or_default().split('&').filter(names_server).collect();
    if named.is_empty() { String::new() } else { format!("/?{}", named.join("&")) }
}

/// An address without user, password, parameters, and whatever else may be a secret.
pub(crate) fn shown(text: &str) -> String {
    const HIDDEN: &str = "***";
    let Ok(mut url) = Url::parse(text) else { return HIDDEN.to_owned() };
    // An unescaped `/` in a password makes the rest of it a path.
    if url.scheme() != LOCAL && (url.path().contains('@') || destination(text) == Destination::Unclear) {
        return HIDDEN.to_owned();
    }
    url.set_query(None);
    url.set_fragment(None);
    if url.has_host() {
        let cleaned = url.set_username("").and_then(|()| url.set_password(None));
        if cleaned.is_err() {
            return HIDDEN.to_owned();
        }
    }
    printable(url.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_told_however_an_address_is_written() {
        for (address, origin) in [
            ("https://evil.example", "https://evil.example"),
            ("HTTPS://EVIL.example:443/x?y#z", "https://evil.example"),
            (" https://evil.example", "https://evil.example"),
            ("ht\ntps://evil.example", "https://evil.example"),
            ("https:evil.example", "https://evil.example"),
            ("https:\\\\evil.example\\x", "https://evil.example"),
            ("https://good.example@evil.example/", "https://evil.example"),
            ("https://me:s3cr3t@evil.example:8443", "https://evil.example:8443"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://[2001:DB8::1]/", "http://[2001:db8::1]"),
            ("http://0x7f.1/", "http://127.0.0.1"),
            ("https://аpple.example", "https://xn--pple-43d.example"),
            ("postgres://me@evil/db", "postgres://evil"),
            ("postgresql://evil:5433/db?sslmode=require", "postgresql://evil:5433"),
            ("postgres:///db?host=evil", "postgres:///?host=evil"),
            ("postgres://localhost/db?h%6Fst=evil&port=1", "postgres://localhost/?h%6Fst=evil&port=1"),
            ("file://share/x", "file://share"),
            ("ws://evil/x", "ws://evil"),
        ] {
            assert_eq!(destination(address), Destination::Origin(origin.to_owned()), "{address}");
        }
    }

    #[test]
    fn a_file_leads_nowhere_and_what_is_unclear_is_not_waved_through() {
        for address in ["sqlite:a/b.sqlite3", "sqlite://a/b", "sqlite::memory:", "file:///x", "postgres:///db"] {
            assert_eq!(destination(address), Destination::Nowhere, "{address}");
        }
        for address in [
            "evil.example",
            "evil.example:443",
            "//evil.example",
            "https://",
            "https://host:99999",
            "postgres:evil",
            "",
        ] {
            assert_eq!(destination(address), Destination::Unclear, "{address}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        for (address, visible) in [
            ("https://me:s3cr3t@host/api?token=s3cr3t#s3cr3t", "https://host/api"),
            ("https://s3cr3t@host", "https://host/"),
            ("postgres://me:s3cr3t@host:5432/db?password=s3cr3t", "postgres://host:5432/db"),
            ("postgres://me:12/s3cr3t@host/db", "***"),
            ("postgres://me:s3/cr3t@host/db", "***"),
            ("me:s3cr3t@host/db", "***"),
            ("s3cr3t", "***"),
            ("sqlite:some/file@home.sqlite3?mode=ro", "sqlite:some/file@home.sqlite3"),
            ("sqlite:/a/b.sqlite3", "sqlite:/a/b.sqlite3"),
        ] {
            assert_eq!(shown(address), visible, "{address}");
        }
    }

    #[test]
    fn passwords_in_addresses_are_noticed() {
        for address in ["https://me:x@host", "postgres://me:1/x@host", "postgres:///db?password=x", "me:x@host"] {
            assert!(holds_password(address), "{address}");
        }
        for address in ["https://me@host", "https://host/@me", "sqlite:a@b", "postgres://host/db", "no address"] {
            assert!(!holds_password(address), "{address}");
        }
        assert!(looks_for_password("POSTGRES://me@host/db") && !looks_for_password("postgres://me:x@host/db"));
    }
}
