//! Addresses: where a secret would go, and how much of an address may be shown.

use std::borrow::Cow;

use url::Url;

use super::setting::printable;

/// Databases in a file: nothing is sent anywhere.
const LOCAL: &str = "sqlite";
/// The schemes of PostgreSQL.
const POSTGRES: [&str; 2] = ["postgres", "postgresql"];
/// Parameters of PostgreSQL's addresses that say which server is meant, and how safe the way to it is.
const SERVER: [&str; 13] = [
    "host",
    "hostaddr",
    "port",
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "options",
];

/// Where whatever goes with an address would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Nowhere: a file, or a socket in a folder of this machine.
    Nowhere,
    /// To `scheme://host:port`, with the parameters that say more about the way there.
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
        (scheme, None) if POSTGRES.contains(&scheme) && !url.cannot_be_a_base() => {
            // Without a host the driver takes the one that the environment names: somebody's real server.
            if is_socket(&url) { Destination::Nowhere } else { Destination::Origin(origin(scheme, "", &url)) }
        }
        _ => Destination::Unclear,
    }
}

/// Tells where a text leads that is not declared as an address; `None` where nobody would take it for one.
///
/// A backend may put the text into an address of its own, so that what only begins like a host counts as well.
pub(crate) fn hidden_destination(text: &str) -> Option<Destination> {
    match destination(text) {
        Destination::Origin(origin) => Some(Destination::Origin(origin)),
        // Nobody declared that the text is the name of a file or a database.
        Destination::Nowhere => Some(Destination::Unclear),
        Destination::Unclear => begins_like_address(text).then_some(Destination::Unclear),
    }
}

/// `//host`, `\\host`, `host:443`: whoever reads addresses passes over blanks before them, and line ends within.
fn begins_like_address(text: &str) -> bool {
    let visible = |c: &char| !matches!(c, '\t' | '\n' | '\r');
    let text: String = text.chars().skip_while(|c| *c <= ' ').filter(visible).collect();
    let is_slash = |c| matches!(c, '/' | '\\');
    text.contains("://") || text.chars().take(2).filter(|c| is_slash(*c)).count() == 2 || has_port(&text)
}

fn has_port(text: &str) -> bool {
    let authority = text.split(['/', '\\', '?', '#']).next().unwrap_or(text);
    let Some((host, port)) = authority.rsplit_once(':') else { return false };
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port && !host.is_empty() && !host.contains(char::is_whitespace)
}

/// Says whether PostgreSQL's driver takes something by itself that the address lacks: a password, or even the server.
pub(crate) fn borrows(text: &str) -> bool {
    let lacks = |url: &Url| !has_password(url) || !names_server(url);
    Url::parse(text).is_ok_and(|url| POSTGRES.contains(&url.scheme()) && lacks(&url))
}

fn names_server(url: &Url) -> bool {
    let named = url.host_str().is_some_and(|host| !host.is_empty());
    named || url.query_pairs().any(|(name, value)| matches!(&*name, "host" | "hostaddr") && !value.is_empty())
}

/// Every server that the address names is the folder of a socket, and there is one at least.
fn is_socket(url: &Url) -> bool {
    let mut is_named = false;
    let is_folder = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        is_named |= name == "host";
        name != "hostaddr" && (name != "host" || value.starts_with('/'))
    };
    let are_folders = url.query_pairs().all(is_folder);
    is_named && are_folders
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
    let parameters = if POSTGRES.contains(&scheme) { server(url) } else { String::new() };
    format!("{scheme}://{host}{port}{parameters}")
}

/// The parameters that say where the server is and how it is spoken to, as they are written: nothing that a terminal
/// would obey is in them.
fn server(url: &Url) -> String {
    let matters = |pair: &&str| {
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded.is_some_and(|(name, _)| SERVER.contains(&&*name) || name.starts_with("options["))
    };
    let named: Vec<_> = url.query().unwrap_or_default().split('&').filter(matters).collect();
    match named.is_empty() {
        true if url.has_host() => String::new(),
        true => "/".to_owned(),
        false => format!("/?{}", named.join("&")),
    }
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
            ("postgresql://evil:5433/db?sslmode=require", "postgresql://evil:5433/?sslmode=require"),
            ("postgres://evil/db?password=x&application_name=y&options[a]=b", "postgres://evil/?options[a]=b"),
            ("postgres:///db", "postgres:///"),
            ("postgres:/db", "postgres:///"),
            ("postgres:///db?sslmode=disable", "postgres:///?sslmode=disable"),
            ("postgres:///db?host=/run&hostaddr=192.0.2.1", "postgres:///?host=/run&hostaddr=192.0.2.1"),
            ("postgres:///db?host=/run&host=evil", "postgres:///?host=/run&host=evil"),
            ("postgres:///db?host=", "postgres:///?host="),
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
        for address in [
            "sqlite:a/b.sqlite3",
            "sqlite://a/b",
            "sqlite::memory:",
            "file:///x",
            "postgres:///db?host=/run/postgresql&sslmode=disable",
            "postgres:///db?host=%2Frun%2Fpostgresql",
        ] {
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
    }

    #[test]
    fn what_an_address_of_postgresql_lacks_is_noticed() {
        for address in ["POSTGRES://me@host/db", "postgres:///db", "postgres:///db?password=x"] {
            assert!(borrows(address), "{address}");
        }
        for address in ["postgres://me:x@host/db", "postgres:///db?password=x&host=h", "sqlite:x", "https://host"] {
            assert!(!borrows(address), "{address}");
        }
    }

    #[test]
    fn an_address_in_any_text_is_noticed() {
        let evil = Some(Destination::Origin("https://evil.example".to_owned()));
        for text in ["https:evil.example", "https:\\\\evil.example", "https:/\n/evil.example", " HTTPS:/evil.example"] {
            assert_eq!(hidden_destination(text), evil, "{text}");
        }
        for text in [
            "//evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            " /\n/evil.example",
            "evil.example:443",
            "evil:443/x",
            "me@evil:1?x",
            "[::1]:80",
            "x://",
            "file:/x",
            "sqlite:x",
        ] {
            assert_eq!(hidden_destination(text), Some(Destination::Unclear), "{text}");
        }
        for text in ["", "blue", "ada@example.org", "a/b:5", "C:\\data", "/data/pm", "a:b", "at 10:30", ":443", "a: 5"]
        {
            assert_eq!(hidden_destination(text), None, "{text}");
        }
    }
}
