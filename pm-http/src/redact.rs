//! Keeps secrets out of everything that leaves this crate.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pm_provider::{Error, Secret};

/// What stands where a secret stood.
const MASK: &str = "***";
/// Shorter texts are no secrets, and taking them out would garble every message.
const SHORTEST: usize = 4;
/// Rotated secrets are remembered, but not for ever.
const MOST: usize = 64;

/// Knows the secrets of a client, in each form in which they travel, and takes them out of texts.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// The credentials that the client has had.
    rotating: Vec<Secret>,
    others: Vec<Secret>,
}

impl Redactor {
    /// Keeps a secret out from now on.
    pub(crate) fn know(&self, secret: &str) {
        Self::learn(&mut self.0.write().unwrap_or_else(PoisonError::into_inner).rotating, secret);
    }

    /// Keeps a secret out that is no credential of the client's. These are counted by themselves: however many there
    /// are, the credential stays known.
    pub(crate) fn know_another(&self, secret: &str) {
        Self::learn(&mut self.0.write().unwrap_or_else(PoisonError::into_inner).others, secret);
    }

    fn learn(known: &mut Vec<Secret>, secret: &str) {
        for form in forms(secret) {
            if form.len() >= SHORTEST && known.iter().all(|other| other.expose() != form) {
                known.push(Secret::new(form));
            }
        }
        let surplus = known.len().saturating_sub(MOST);
        known.drain(..surplus);
    }

    /// Takes all known secrets out of a text.
    pub(crate) fn text(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.rotating.iter().chain(&known.others);
        let mut found: Vec<_> = known.map(Secret::expose).filter(|secret| text.contains(*secret)).collect();
        // The longest first: one form may be part of another.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        found.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }

    /// Takes all known secrets out of an error, its source included.
    pub(crate) fn error(&self, error: &Error) -> Error {
        let clean = |text: &str| self.text(text);
        let mut cleaned = Error::new(error.kind(), clean(error.message()))
            .with_retry(error.retry())
            .with_effect(error.effect().clone());
        for field in error.field_errors() {
            cleaned = cleaned.on_field(field.field, clean(&field.message));
        }
        if let Some(hint) = error.hint_text() {
            cleaned = cleaned.hint(clean(hint));
        }
        if let Some(provider) = error.provider() {
            cleaned = cleaned.in_provider(provider);
        }
        if let Some(operation) = error.operation() {
            cleaned = cleaned.during(operation);
        }
        if let Some(subject) = error.subject_text() {
            cleaned = cleaned.subject(clean(subject));
        }
        if let Some(status) = error.http_status() {
            cleaned = cleaned.with_http_status(status);
        }
        if let Some(id) = error.request_id() {
            cleaned = cleaned.with_request_id(clean(id));
        }
        match error.source() {
            Some(source) => cleaned.with_source(self.source(source)),
            None => cleaned,
        }
    }

    /// The texts of a chain of errors, without secrets: the values behind them may hold some.
    pub(crate) fn source(&self, error: &(dyn StdError + 'static)) -> Cause {
        let mut texts = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            let text = self.text(&error.to_string());
            if texts.last() != Some(&text) {
                texts.push(text);
            }
            next = error.source();
        }
        Cause(texts.join(": "))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(***)")
    }
}

/// What lay under an error, as text.
#[derive(Debug)]
pub(crate) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}

/// The forms in which a secret may come back: as it is, in a URL, in JSON, in HTML, in a Basic header.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap_or_default();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, UNRESERVED).to_string(),
        json.trim_matches('"').to_owned(),
        html,
        base64(secret.as_bytes()),
    ]
}

const UNRESERVED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Base64 with padding (RFC 4648).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pm_provider::{ErrorKind, Field};

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn every_form_is_taken_out() {
        let redactor = Redactor::default();
        redactor.know("s3 cr&t\"/x");
        for form in forms("s3 cr&t\"/x") {
            assert_eq!(redactor.text(&format!("a {form} b")), "a *** b", "{form}");
        }
        assert!(!format!("{redactor:?}").contains("s3"));
    }

    #[test]
    fn the_latest_secrets_are_known_for_certain() {
        let redactor = Redactor::default();
        for number in 0..100 {
            redactor.know(&format!("secret-number-{number}"));
        }
        assert_eq!(redactor.text("secret-number-99"), MASK);
        assert!(redactor.0.read().unwrap_or_else(PoisonError::into_inner).rotating.len() <= MOST);
    }

    #[test]
    fn other_secrets_do_not_push_the_credential_out() {
        let redactor = Redactor::default();
        redactor.know("the-token");
        for number in 0..100 {
            redactor.know_another(&format!("secret-number-{number}"));
        }
        assert_eq!(redactor.text("the-token and secret-number-99"), "*** and ***");
    }

    #[test]
    fn a_short_secret_does_not_garble_messages() {
        let redactor = Redactor::default();
        redactor.know("a");
        assert_eq!(redactor.text("a banana"), "a banana");
    }

    #[test]
    fn every_part_of_an_error_is_cleaned() {
        let redactor = Redactor::default();
        redactor.know("tok3n");
        let error = Error::new(ErrorKind::InvalidInput, "m tok3n")
            .hint("h tok3n")
            .subject("s tok3n")
            .with_request_id("r tok3n")
            .on_field(Field::Title, "f tok3n")
            .with_source(Error::new(ErrorKind::Internal, "deep tok3n"));
        let cleaned = redactor.error(&error);
        assert!(!format!("{cleaned:?} {cleaned}").contains("tok3n"));
        assert_eq!(cleaned.message(), "m ***");
        assert_eq!(cleaned.field_errors().len(), 1);
    }
}
