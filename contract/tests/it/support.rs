//! A server and a client for it.

use pm_contract::report::Finding;
use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Description, specs};

/// The small description of these tests.
pub(crate) fn tracker() -> Description {
    Description::parse(include_str!("tracker.json"), Vendor::Other).unwrap()
}

/// The description of a vendor, or one line that says that it was left out.
pub(crate) fn vendor(vendor: Vendor) -> Option<Description> {
    specs::load_or_tell(vendor, |name| std::env::var(name).ok()).unwrap()
}

/// A request to send.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
    pub(crate) header: Option<(&'a str, &'a str)>,
}

impl<'a> Sent<'a> {
    /// A request without a body.
    pub(crate) fn plain(method: &'a str, path: &'a str) -> Self {
        Self { method, path, ..Self::default() }
    }

    /// A request with a body of JSON.
    pub(crate) fn json(method: &'a str, path: &'a str, body: &'a str) -> Self {
        Self { method, path, content_type: Some("application/json"), body: Some(body), header: None }
    }

    /// The same with another content type.
    pub(crate) fn typed(mut self, content_type: &'a str) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// The same with a header.
    pub(crate) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Sends it, as somebody with a password; answers status and body.
    pub(crate) async fn send(self, server: &ContractServer) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.request(self.method.parse().unwrap(), format!("{}{}", server.url(), self.path));
        request = request.basic_auth("apikey", Some("secret"));
        if let Some((name, value)) = self.header {
            request = request.header(name, value);
        }
        if let Some(content_type) = self.content_type {
            request = request.header("content-type", content_type);
        }
        let reply = request.body(self.body.unwrap_or_default().to_owned()).send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    }
}

/// What one request adds to the report, each as one line.
pub(crate) async fn findings_of(server: &ContractServer, sent: Sent<'_>) -> Vec<String> {
    let before = lines(server);
    sent.send(server).await;
    let mut after = lines(server);
    for known in before {
        let at = after.iter().position(|line| *line == known).unwrap();
        after.remove(at);
    }
    after
}

/// Everything that is wrong or unchecked so far.
fn lines(server: &ContractServer) -> Vec<String> {
    let report = server.report();
    let all = [report.violations, report.unknown, report.unchecked, report.excepted].concat();
    all.iter().flat_map(|finding| std::iter::repeat_n(line(finding), usize::try_from(finding.times).unwrap())).collect()
}

fn line(finding: &Finding) -> String {
    format!("{}: {}: {}", finding.operation, finding.place, finding.what)
}
