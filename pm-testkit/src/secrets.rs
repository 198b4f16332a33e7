//! Secrets of servers for tests, and what is signed with them.

/// A secret that nobody can guess: so many times sixteen hexadecimal digits.
pub(crate) fn random(blocks: usize) -> String {
    (0..blocks).map(|_| format!("{:016x}", fastrand::u64(..))).collect()
}

/// `sha256=` and the hexadecimal HMAC-SHA256 of a body, as several vendors sign their webhooks.
#[cfg(any(feature = "github", feature = "jira"))]
pub(crate) fn sha256_signature(secret: &str, body: &[u8]) -> Option<String> {
    sha256_digits(secret, body).map(|digits| format!("sha256={digits}"))
}

/// The bare hexadecimal HMAC-SHA256 of a body.
#[cfg(any(feature = "clickup", feature = "github", feature = "jira"))]
pub(crate) fn sha256_digits(secret: &str, body: &[u8]) -> Option<String> {
    use hmac::{Hmac, KeyInit, Mac};

    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(body);
    Some(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}
