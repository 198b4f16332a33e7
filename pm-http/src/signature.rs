//! Signatures of webhook deliveries.

use hmac::{Hmac, KeyInit, Mac};
use pm_provider::{Error, ErrorKind, Result, Secret};
use sha1::Sha1;
use sha2::Sha256;

/// The hash under an HMAC signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HmacAlgorithm {
    /// HMAC-SHA1.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
}

/// Checks the signature of a delivery, in constant time: `hex` is what stands in the header, without `sha1=` before it.
///
/// # Errors
/// `Unauthenticated` when the signature is not that of this body; nothing of the delivery may be used then.
pub fn verify_hmac(algorithm: HmacAlgorithm, secret: &Secret, body: &[u8], hex: &str) -> Result<()> {
    let Some(signature) = decode_hex(hex.trim()) else {
        return Err(refuse("the delivery's signature is not hexadecimal"));
    };
    let is_right = match algorithm {
        HmacAlgorithm::Sha1 => verify::<Hmac<Sha1>>(secret, body, &signature),
        HmacAlgorithm::Sha256 => verify::<Hmac<Sha256>>(secret, body, &signature),
    };
    if is_right { Ok(()) } else { Err(refuse("the delivery's signature is wrong")) }
}

fn verify<M: Mac + KeyInit>(secret: &Secret, body: &[u8], signature: &[u8]) -> bool {
    // HMAC takes keys of any length; an error here would only mean "not verified".
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.expose().as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

fn refuse(message: &str) -> Error {
    Error::new(ErrorKind::Unauthenticated, message)
        .hint("compare the secret of the webhook's settings with the one given here")
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    if digits.is_empty() || digits.len() % 2 == 1 {
        return None;
    }
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog";
    const SHA1: &str = "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9";
    const SHA256: &str = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";

    #[test]
    fn the_known_signatures_are_right() {
        let key = Secret::new("key");
        verify_hmac(HmacAlgorithm::Sha1, &key, TEXT, SHA1).unwrap();
        verify_hmac(HmacAlgorithm::Sha256, &key, TEXT, &SHA256.to_uppercase()).unwrap();
    }

    #[test]
    fn anything_else_is_wrong() {
        let key = Secret::new("key");
        for hex in ["", "zz", "abc", &SHA1[..38], SHA256, &SHA1.replace('d', "e"), "äöäö"] {
            let error = verify_hmac(HmacAlgorithm::Sha1, &key, TEXT, hex).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{hex}");
        }
        assert!(verify_hmac(HmacAlgorithm::Sha1, &Secret::new("yek"), TEXT, SHA1).is_err());
        assert!(verify_hmac(HmacAlgorithm::Sha1, &key, b"other", SHA1).is_err());
    }
}
