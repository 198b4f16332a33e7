//! Where settings come from: flags, environment, `.env`, user file.

use std::sync::Arc;

use pm_core::{PmProvider, PmProviderBuilder, ProviderRegistry};

use crate::cli::Globals;
use crate::failure::Result;
use crate::host::Host;

/// What a command does with the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only looks: no database is made.
    Read,
    /// It writes, and makes a database where there is none.
    Write,
}

/// Everything that says how the backend is reached.
#[derive(Debug)]
pub(crate) struct Sources {
    globals: Globals,
}

impl Sources {
    pub(crate) fn read(globals: Globals, _host: &Host) -> Result<Self> {
        Ok(Self { globals })
    }

    pub(crate) async fn open(
        &self,
        registry: &ProviderRegistry,
        host: &Host,
        _access: Access,
    ) -> Result<Arc<dyn PmProvider>> {
        let mut builder = PmProviderBuilder::from_environment(host.environment.clone()).registry(registry.clone());
        if let Some(name) = &self.globals.provider {
            builder = builder.provider(name.clone());
        }
        Ok(builder.build().await?)
    }
}
