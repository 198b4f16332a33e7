//! What the providers send is what the vendors describe.
//!
//! The descriptions are the vendors' files: `PM_CONTRACT_SPECS` names a folder that holds them. Without it one line says so.

use std::collections::BTreeMap;

use pm_contract::description::Match;
use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Description, Report, Template, specs};
use pm_http::Endpoint;

/// The description of a vendor, where it is.
pub(crate) fn description(vendor: Vendor) -> Option<Description> {
    specs::load_or_tell(vendor, |name| std::env::var(name).ok()).unwrap()
}

/// Prints what a server saw, and asserts that it saw every endpoint and found nothing wrong.
///
/// # Panics
/// With everything that is wrong, or with the endpoints that were not driven.
pub(crate) fn assert_all_seen_and_right(server: &ContractServer, endpoints: &[Endpoint]) {
    let report = server.report();
    assert_right(&report);
    assert_all_seen(&report, endpoints);
}

/// Prints what a server found, and asserts that it found nothing wrong.
///
/// # Panics
/// With everything that is wrong.
pub(crate) fn assert_right(report: &Report) {
    println!(
        "{}: {} requests, {} violations, {} excepted, {} unchecked, {} unknown",
        report.description,
        report.requests(),
        report.violations.len(),
        report.excepted.len(),
        report.unchecked.len(),
        report.unknown.len(),
    );
    let wrong = [&report.violations, &report.unknown, &report.unchecked]
        .map(|list| serde_json::to_string_pretty(list).unwrap());
    assert!(report.is_clean(), "{}", wrong.join("\n"));
    assert!(report.uncompilable.is_empty(), "{:?}", report.uncompilable);
}

/// Prints how many endpoints a server saw, and asserts that it saw all.
///
/// # Panics
/// With the endpoints that were not driven.
pub(crate) fn assert_all_seen(report: &Report, endpoints: &[Endpoint]) {
    let seen = seen(report, endpoints);
    let missing: Vec<&String> = seen.iter().filter(|(_, requests)| **requests == 0).map(|(name, _)| name).collect();
    println!("{}: {} of {} endpoints seen", report.description, seen.len() - missing.len(), seen.len());
    assert_eq!(missing, Vec::<&String>::new(), "not driven");
}

/// How often each endpoint was seen, by method and template. Of several templates that fit a path, the one with the longest
/// literal text is meant: `users/me` is not `users/{id}`.
fn seen(report: &Report, endpoints: &[Endpoint]) -> BTreeMap<String, usize> {
    let name = |endpoint: &Endpoint| format!("{} {}", endpoint.method.as_str(), endpoint.path);
    let templates: Vec<(&Endpoint, Template)> =
        endpoints.iter().map(|it| (it, Template::parse(&format!("/{}", it.path)))).collect();
    let mut counts: BTreeMap<String, usize> = endpoints.iter().map(|endpoint| (name(endpoint), 0)).collect();
    for operation in &report.operations {
        for path in &operation.paths {
            let fitting = templates
                .iter()
                .filter(|(it, template)| it.method.as_str() == operation.method && template.matches(path).is_some());
            let closest = fitting.max_by_key(|(_, template)| template.literal_length());
            let (endpoint, _) = closest.unwrap_or_else(|| panic!("{} {path} is no endpoint", operation.method));
            *counts.entry(name(endpoint)).or_default() += 1;
        }
    }
    counts
}

/// Every endpoint is described: by the vendor's file, or by a supplement to it with a reason.
///
/// # Panics
/// With those that are not.
pub(crate) fn assert_all_described(description: &Description, endpoints: &[Endpoint]) {
    let unknown = endpoints.iter().filter(|endpoint| {
        let path = Template::parse(&format!("/{}", endpoint.path)).fill("1");
        !matches!(description.find(endpoint.method.as_str(), &path), Match::Described(..))
    });
    assert_eq!(unknown.map(|endpoint| endpoint.path).collect::<Vec<_>>(), Vec::<&str>::new());
}
