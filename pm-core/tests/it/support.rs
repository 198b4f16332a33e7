//! An environment, a backend and a log that tests can look into.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use pm_core::{
    BuildContext, Capabilities, Environment, Error, PmProvider, ProviderFactory, Result, SettingSpec, SystemClock,
};
use pm_testkit::MemoryProvider;

/// An environment with these variables and no working directory.
pub(crate) fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Environment::from_lookup(move |name| variables.get(name).cloned())
}

/// An empty provider in memory.
pub(crate) fn memory() -> Arc<dyn PmProvider> {
    Arc::new(MemoryProvider::new())
}

/// A backend with a setting of each kind; it notes what it was built from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracker {
    built: Arc<Mutex<Vec<Built>>>,
}

/// What a [`Tracker`] was built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) base_url: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) clock: String,
}

impl Tracker {
    pub(crate) fn built(&self) -> Vec<Built> {
        self.built.lock().unwrap().clone()
    }
}

#[async_trait]
impl ProviderFactory for Tracker {
    fn name(&self) -> &str {
        "tracker"
    }

    fn summary(&self) -> &str {
        "a backend of these tests"
    }

    fn settings(&self) -> &[SettingSpec] {
        const SETTINGS: [SettingSpec; 4] = [
            SettingSpec::new("base_url", "TRACKER_URL", "where it answers").required(),
            SettingSpec::new("token", "TRACKER_TOKEN", "the access token").secret(),
            SettingSpec::new("database_url", "TRACKER_DATABASE_URL", "its database").url(),
            SettingSpec::new("data_dir", "PM_DATA_DIR", "where data is kept"),
        ];
        &SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new("tracker")
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let token = context.secret("token").await?.map(|secret| secret.expose().to_owned());
        let base_url = context.text("base_url").map(str::to_owned);
        self.built.lock().unwrap().push(Built { base_url, token, clock: format!("{:?}", context.clock) });
        Ok(memory())
    }
}

/// How the machine's clock shows in [`Built`].
pub(crate) fn system_clock() -> String {
    format!("{SystemClock:?}")
}

/// Everything that an error can show: to people, to programmers, and of what lies underneath.
pub(crate) fn everything_shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(inner) = source {
        shown += &format!("\n{inner}\n{inner:?}");
        source = inner.source();
    }
    shown
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts writing traces of all levels and threads down; tests share the log, so each looks for what is its own.
pub(crate) fn record_traces() {
    log();
}

/// The lines of the log so far that hold a text, each a JSON object.
pub(crate) fn traces_with(text: &str) -> Vec<String> {
    let written = log().0.lock().unwrap().clone();
    String::from_utf8(written).unwrap().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .init();
        log
    })
}
