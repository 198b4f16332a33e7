//! How providers are chosen and built: settings, secrets, factories.

mod clock;
mod context;
mod factory;
#[allow(clippy::module_inception)]
mod registry;
mod secret;
mod settings;

pub use clock::{Clock, SystemClock};
pub use context::BuildContext;
pub use factory::ProviderFactory;
pub use registry::ProviderRegistry;
pub use secret::{Secret, SecretReference, SecretResolver};
pub use settings::{ConnectionColumn, Exposure, SettingSpec, SettingValue, Settings};
