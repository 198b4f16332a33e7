//! Every rule of the contract on the embedded backend's databases. The in-memory provider runs them in its own crate.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use pm_core::{Answered, Call, Interceptor, Next, PmProvider, Result, intercept};
use pm_testkit::MemoryProvider;
use pm_testkit::conformance::{Subject, run_all};
use pm_tests::database::{TestDatabase, open, postgres_server};
use tempfile::TempDir;

mod sqlite_file {
    pm_testkit::conformance!(crate::conformance::sqlite_file());
}

mod sqlite_memory {
    pm_testkit::conformance!(crate::conformance::sqlite_memory());
}

mod postgres {
    pm_testkit::conformance!(crate::conformance::postgres());
}

/// A file of its own for each rule.
async fn sqlite_file() -> Arc<dyn PmProvider> {
    let database = TestDatabase::sqlite();
    let provider = database.provider().await;
    intercept(provider, Keeps { _folder: database.into_folder().map(Arc::new) })
}

/// Lets a folder live as long as the provider that needs it.
#[derive(Clone, Debug)]
struct Keeps {
    _folder: Option<Arc<TempDir>>,
}

#[async_trait]
impl Interceptor for Keeps {
    async fn around<'a>(&'a self, _call: &'a Call, next: Next<'a>) -> Result<Answered> {
        next.await
    }
}

async fn sqlite_memory() -> Arc<dyn PmProvider> {
    open("sqlite::memory:").await.unwrap()
}

/// One database for all rules, but connections for each: those end with the runtime of the test that made them.
async fn postgres() -> Option<Arc<dyn PmProvider>> {
    static DATABASE: OnceLock<Option<String>> = OnceLock::new();
    let url = DATABASE.get_or_init(|| Some(postgres_server()?.create_database().unwrap()));
    match url {
        Some(url) => Some(open(url).await.unwrap()),
        None => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_of_every_provider() {
    let memory: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
    let providers = [("memory", Some(memory)), ("sqlite", Some(sqlite_file().await)), ("postgres", postgres().await)];
    for (name, provider) in providers {
        let Some(provider) = provider else { continue };
        let report = run_all(&Subject::new(provider)).await;
        let (passed, unsupported, failed) = (report.passed(), report.unsupported(), report.failed());
        println!("conformance: {name}: {passed} passed, {unsupported} unsupported, {failed} failed");
        assert_eq!(failed, 0, "{name}: {report}");
        assert!(passed > 0, "{name}: {report}");
    }
}
