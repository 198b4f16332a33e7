//! The set of backends that a program knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{BuildContext, ProviderFactory};
use crate::error::{Error, Result};
use crate::provider::PmProvider;

/// The backends that a program knows, by name: a plain value, no global.
#[derive(Clone, Debug, Default)]
pub struct ProviderRegistry {
    factories: BTreeMap<String, Arc<dyn ProviderFactory>>,
    left_out: BTreeMap<String, String>,
}

impl ProviderRegistry {
    /// Knows no backend yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a backend; one of the same name is replaced.
    #[must_use]
    pub fn with(mut self, factory: impl ProviderFactory) -> Self {
        self.register(Arc::new(factory));
        self
    }

    /// Adds a backend; one of the same name is replaced.
    pub fn register(&mut self, factory: Arc<dyn ProviderFactory>) {
        let name = factory.name().to_lowercase();
        self.left_out.remove(&name);
        self.factories.insert(name, factory);
    }

    /// Notes a backend that is known but compiled out, and the cargo feature that brings it in.
    pub fn leave_out(&mut self, name: impl Into<String>, feature: impl Into<String>) {
        let name = name.into().to_lowercase();
        if !self.factories.contains_key(&name) {
            self.left_out.insert(name, feature.into());
        }
    }

    /// The names of the backends, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.factories.keys().map(String::as_str)
    }

    /// The backends, sorted by name.
    pub fn factories(&self) -> impl Iterator<Item = &Arc<dyn ProviderFactory>> {
        self.factories.values()
    }

    /// Finds a backend by name, without regard to case.
    ///
    /// # Errors
    /// `Configuration`: the backend is compiled out, or unknown (the nearest name is suggested).
    pub fn get(&self, name: &str) -> Result<&Arc<dyn ProviderFactory>> {
        let lower = name.trim().to_lowercase();
        self.factories.get(&lower).ok_or_else(|| self.refuse(name, &lower))
    }

    /// Builds a provider: finds the backend, checks the settings, lets the factory build.
    ///
    /// # Errors
    /// `Configuration` for an unknown name, and for missing or unknown settings; what the factory says otherwise.
    pub async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let factory = self.get(&context.provider)?;
        context.settings.check(factory.name(), factory.settings())?;
        factory.build(context).await
    }

    fn refuse(&self, name: &str, lower: &str) -> Error {
        if let Some(feature) = self.left_out.get(lower) {
            let message = format!("provider `{lower}` is not compiled into this program");
            return Error::configuration(message).hint(format!("build it with the cargo feature `{feature}`"));
        }
        let known: Vec<_> = self.names().map(|name| format!("`{name}`")).collect();
        let error = Error::configuration(format!("unknown provider `{name}`; allowed are {}", known.join(", ")));
        match nearest(lower, self.names().chain(self.left_out.keys().map(String::as_str))) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}

/// The known word that a misspelt one is most likely meant to be.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
