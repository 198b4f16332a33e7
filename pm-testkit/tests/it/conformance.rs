//! The conformance suite on the in-memory provider, by the line that a stranger would write.

use pm_testkit::MemoryProvider;

pm_testkit::conformance!(async { MemoryProvider::new().user("ada") });

#[tokio::test]
async fn a_report_counts_and_names_what_is_not_supported() {
    let report = pm_testkit::conformance::run_all(&MemoryProvider::new().into()).await;
    assert_eq!((report.passed(), report.unsupported(), report.failed()), (report.results.len(), 0, 0), "{report}");
    assert!(report.to_string().starts_with(&format!("{} rules: ", pm_testkit::conformance::RULES.len())));
}
