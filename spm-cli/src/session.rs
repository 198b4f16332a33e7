//! What a command works with: settings, the backend when it is needed, the output.

use std::sync::Arc;

use pm_core::{PmProvider, ProviderRegistry};

use crate::cli::Globals;
use crate::failure::Result;
use crate::host::Host;
use crate::output::{Output, Style};
use crate::settings::{Access, Sources};

/// What a command works with.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) host: Host,
    pub(crate) registry: ProviderRegistry,
    pub(crate) sources: Sources,
    pub(crate) style: Style,
    no_pager: bool,
}

impl Session {
    pub(crate) fn new(registry: ProviderRegistry, globals: &Globals, host: Host) -> Result<Self> {
        let style = Style::of(&host)?;
        let no_pager = globals.no_pager;
        let sources = Sources::read(globals)?;
        Ok(Self { host, registry, sources, style, no_pager })
    }

    /// Opens the backend for a command that only looks: nothing is created on the way.
    pub(crate) async fn reader(&self) -> Result<Arc<dyn PmProvider>> {
        self.sources.open(&self.registry, &self.host, Access::Read).await
    }

    /// Opens the backend for a command that writes.
    pub(crate) async fn writer(&self) -> Result<Arc<dyn PmProvider>> {
        self.sources.open(&self.registry, &self.host, Access::Write).await
    }

    /// The output as a person wants it: through a pager, where there is one and a terminal.
    pub(crate) fn output(&self) -> Result<Output> {
        if self.no_pager { Ok(Output::direct(self.style)) } else { Output::paged(&self.host, self.style) }
    }

    /// The output of a command that says a line or two.
    pub(crate) fn lines(&self) -> Output {
        Output::direct(self.style)
    }
}
