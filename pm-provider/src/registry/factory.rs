//! What builds a provider.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::{BuildContext, SettingSpec};
use crate::capability::Capabilities;
use crate::error::Result;
use crate::provider::PmProvider;

/// Builds the providers of one backend.
#[async_trait]
pub trait ProviderFactory: Debug + Send + Sync + 'static {
    /// The name that `PM_PROVIDER` chooses it by, in lower case.
    fn name(&self) -> &str;

    /// What the backend is, in one line.
    fn summary(&self) -> &str;

    /// The settings that it takes.
    fn settings(&self) -> &[SettingSpec];

    /// What its providers can do at most: the documentation is generated from it.
    fn capabilities(&self) -> Capabilities;

    /// Builds a provider. One that speaks HTTP sends no request here.
    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>>;
}
