//! An `spm` of one's own, with one more backend: five lines of `main`, and the backend's factory.
//!
//! ```sh
//! THIRD_URL=https://tracker.example.org THIRD_TOKEN=… cargo run --example third_party -- --provider third health
//! ```
//!
//! The backend is a toy that keeps everything in memory. It declares its settings all the same, and `spm config`,
//! the order of their sources and the rules of trust come from that declaration alone.

use std::process::ExitCode;
use std::sync::Arc;

use pm_core::{BuildContext, Capabilities, Error, PmProvider, ProviderFactory, Result, SettingSpec, async_trait};
use pm_testkit::MemoryProvider;
use url::Url;

fn main() -> ExitCode {
    spm_cli::Runner::new().with(ThirdFactory).main()
}

/// Where requests go: declared as an address, so that a secret never goes to one that `.env` alone names.
const BASE_URL: SettingSpec =
    SettingSpec::new("base_url", "THIRD_URL", "where the tracker is: `https://tracker.example.org`").url().required();
/// Declared as a secret: given as a reference, shown nowhere.
const TOKEN: SettingSpec = SettingSpec::new("token", "THIRD_TOKEN", "the token of your account").secret();
const TEAM: SettingSpec = SettingSpec::new("team", "THIRD_TEAM", "the team whose projects are meant");
/// Who is in it can pose as the tracker: taken only from whom the token comes from.
const CA_FILE: SettingSpec =
    SettingSpec::new("ca_file", "THIRD_CA_FILE", "a PEM file with a certificate authority of your own").trust_anchor();
const SETTINGS: [SettingSpec; 4] = [BASE_URL, TOKEN, TEAM, CA_FILE];

/// Builds providers of the toy.
#[derive(Debug)]
struct ThirdFactory;

#[async_trait]
impl ProviderFactory for ThirdFactory {
    fn name(&self) -> &str {
        "third"
    }

    fn summary(&self) -> &str {
        "a toy that shows how a backend of one's own comes in"
    }

    fn settings(&self) -> &[SettingSpec] {
        &SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        MemoryProvider::new().capabilities().clone()
    }

    /// Signs in: this toy knows people by the length of their token.
    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let missing = || Error::configuration("`base_url` is missing").in_provider(self.name());
        let address = context.url(BASE_URL.key).await?.ok_or_else(missing)?;
        let address = Url::parse(address.expose())
            .map_err(|_| Error::configuration("`base_url` is no address").in_provider(self.name()))?;
        let host = address.host_str().unwrap_or("nowhere");
        let user = match context.secret(TOKEN.key).await? {
            Some(token) => format!("token-of-{}", token.expose().chars().count()),
            None => "guest".to_owned(),
        };
        let team = context.text(TEAM.key).map(|team| format!("/{team}")).unwrap_or_default();
        Ok(Arc::new(MemoryProvider::new().user(format!("{user}@{host}{team}"))))
    }
}
