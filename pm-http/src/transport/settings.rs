//! The settings that all providers share.

use std::str::FromStr;
use std::time::Duration;

use pm_provider::{BuildContext, Result};

use super::{Names, wrong_setting};

/// Adds to a provider's own settings those about the transport; the result is a `&'static [SettingSpec]`.
///
/// ```
/// use pm_http::with_transport;
/// use pm_provider::SettingSpec;
/// const URL: SettingSpec = SettingSpec::new("base_url", "REDMINE_URL", "the address").required();
/// const SETTINGS: &[SettingSpec] = with_transport!("REDMINE"; URL);
/// assert!(SETTINGS.iter().any(|spec| spec.env == "REDMINE_CA_FILE"));
/// ```
#[macro_export]
macro_rules! with_transport {
    ($prefix:literal; $($spec:expr),* $(,)?) => {{
        const SPECS: &[$crate::private::SettingSpec] = &[
            $($spec,)*
            $crate::private::SettingSpec::new(
                "ca_file",
                concat!($prefix, "_CA_FILE"),
                "a PEM file with certificate authorities to trust as well as the system's",
            ).trust_anchor(),
            $crate::private::SettingSpec::new(
                "client_certificate_file",
                concat!($prefix, "_CLIENT_CERTIFICATE_FILE"),
                "a PEM file with the certificate, and its private key, that we show to the backend",
            ),
            $crate::private::SettingSpec::new(
                "proxy",
                concat!($prefix, "_PROXY"),
                "the proxy to go through, http://user:password@host:port; the system's if unset",
            ).url(),
            $crate::private::SettingSpec::new(
                "timeout_seconds",
                concat!($prefix, "_TIMEOUT_SECONDS"),
                "how many seconds one request may take (30)",
            ),
            $crate::private::SettingSpec::new(
                "deadline_seconds",
                concat!($prefix, "_DEADLINE_SECONDS"),
                "how many seconds a request may take with all its repetitions (120)",
            ),
            $crate::private::SettingSpec::new(
                "concurrency",
                concat!($prefix, "_CONCURRENCY"),
                "how many requests are sent at once",
            ),
            $crate::private::SettingSpec::new(
                "requests_per_minute",
                concat!($prefix, "_REQUESTS_PER_MINUTE"),
                "how many requests are sent a minute at most; no limit if unset",
            ),
        ];
        SPECS
    }};
}

/// Reads settings and says what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) context: &'a BuildContext,
    pub(super) names: &'a Names,
}

impl Reader<'_> {
    pub(super) fn number<N: FromStr + PartialEq + Default>(&self, key: &str) -> Result<Option<N>> {
        let Some(text) = self.context.text(key) else { return Ok(None) };
        match text.trim().parse::<N>() {
            Ok(number) if number != N::default() => Ok(Some(number)),
            _ => Err(wrong_setting(self.names, key, &format!("is `{text}`; allowed are whole numbers from 1"))),
        }
    }

    pub(super) fn seconds(&self, key: &str) -> Result<Option<Duration>> {
        let seconds: Option<u32> = self.number(key)?;
        Ok(seconds.map(|seconds| Duration::from_secs(u64::from(seconds))))
    }

    pub(super) fn certificates(&self) -> Result<Vec<reqwest::Certificate>> {
        let key = "ca_file";
        let Some((path, pem)) = self.file(key)? else { return Ok(Vec::new()) };
        let roots = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if roots.is_empty() {
            let what = format!("names `{path}`, which holds no certificate in PEM form");
            return Err(wrong_setting(self.names, key, &what));
        }
        Ok(roots)
    }

    pub(super) fn identity(&self) -> Result<Option<reqwest::Identity>> {
        let key = "client_certificate_file";
        let Some((path, pem)) = self.file(key)? else { return Ok(None) };
        reqwest::Identity::from_pem(&pem).map(Some).map_err(|_| {
            let what = format!("names `{path}`, which does not hold a certificate and its private key in PEM form");
            wrong_setting(self.names, key, &what)
        })
    }

    fn file(&self, key: &str) -> Result<Option<(String, Vec<u8>)>> {
        let Some(path) = self.context.text(key) else { return Ok(None) };
        match std::fs::read(path) {
            Ok(content) => Ok(Some((path.to_owned(), content))),
            Err(source) => {
                let what = format!("names `{path}`, which cannot be read: {}", source.kind());
                Err(wrong_setting(self.names, key, &what))
            }
        }
    }
}
