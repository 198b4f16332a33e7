//! A real Redmine that goes away with the test binary, and providers on it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, OnceLock};

use pm_core::{Error, PmProvider, Result, Secret, TaskId};
use pm_provider_redmine::{RedmineConfig, RedmineProvider};
use pm_testkit::conformance::Files;
use serde_json::{Value, json};

/// What the script answers where a Redmine is not installed and cannot be.
const NOT_INSTALLED: i32 = 3;

/// Is a running Redmine. It ends when this process does: it reads from a pipe whose other end is here.
#[derive(Debug)]
pub struct TestRedmine {
    /// Its address.
    pub url: String,
    /// An administrator's key.
    pub api_key: String,
    /// The key of a plain user, a manager in every project.
    pub user_api_key: String,
    /// The id of that user.
    pub user_id: String,
    /// The role that may do little.
    pub reporter_role_id: String,
    _process: Child,
}

/// Returns the server of this test binary, or `None` where it is left out and nobody insists on it.
///
/// # Panics
/// When `PM_TEST_REQUIRE` names `redmine` and there is none, or when it is there and does not start.
#[must_use]
pub fn redmine_server() -> Option<&'static TestRedmine> {
    static SHARED: OnceLock<Option<TestRedmine>> = OnceLock::new();
    SHARED.get_or_init(start).as_ref()
}

fn start() -> Option<TestRedmine> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/redmine.sh");
    let mut process = Command::new("bash")
        .arg(script)
        .args(["run", "--members"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash runs");
    let (mut lines, url) = read_until_ready(process.stdout.take().unwrap());
    let Some(url) = url else { return left_out(process) };
    let mut value = |name: &str| lines.remove(name).unwrap_or_else(|| panic!("the script says no {name}"));
    Some(TestRedmine {
        url,
        api_key: value("REDMINE_API_KEY"),
        user_api_key: value("REDMINE_USER_API_KEY"),
        user_id: value("REDMINE_USER_ID"),
        reporter_role_id: value("REDMINE_REPORTER_ROLE_ID"),
        _process: process,
    })
}

type Values = std::collections::BTreeMap<String, String>;

/// Reads what the script says until the server listens. What comes later is read and dropped, so that it never blocks.
fn read_until_ready(output: ChildStdout) -> (Values, Option<String>) {
    let mut lines = BufReader::new(output).lines();
    let mut values = Values::new();
    while let Some(Ok(line)) = lines.next() {
        if let Some(url) = line.strip_prefix("* Listening on ") {
            let url = url.to_owned();
            std::thread::spawn(move || lines.for_each(drop));
            return (values, Some(url));
        }
        if let Some((name, value)) = line.split_once('=').filter(|(name, _)| name.starts_with("REDMINE_")) {
            values.insert(name.to_owned(), value.to_owned());
        }
    }
    (values, None)
}

fn left_out(mut process: Child) -> Option<TestRedmine> {
    let mut said = String::new();
    let _ = process.stderr.take().unwrap().read_to_string(&mut said);
    let code = process.wait().unwrap().code();
    let required = std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "redmine"));
    assert!(code == Some(NOT_INSTALLED) && !required, "there is no Redmine to test on: {said}");
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(std::io::stderr(), "left out: tests on Redmine: {}", said.trim());
    None
}

/// Uploads files, then writes them to the issue: <https://www.redmine.org/projects/redmine/wiki/Rest_api#Attaching-files>.
#[async_trait::async_trait]
impl Files for &'static TestRedmine {
    async fn attach(&self, task: &TaskId, name: &str, content_type: &str, content: Vec<u8>) -> Result<()> {
        let token = self.upload(name, content).await?;
        let upload = json!({ "token": token, "filename": name, "content_type": content_type });
        let issue = json!({ "issue": { "uploads": [upload] } });
        match self.send("PUT", &format!("issues/{task}.json"), &issue).await {
            (204, _) => Ok(()),
            (status, body) => Err(Error::invalid_input(format!("attaching answers {status}: {body}"))),
        }
    }
}

impl TestRedmine {
    async fn upload(&self, name: &str, content: Vec<u8>) -> Result<String> {
        let answer = reqwest::Client::new()
            .post(format!("{}/uploads.json?filename={name}", self.url))
            .header("X-Redmine-API-Key", &self.api_key)
            .header("Content-Type", "application/octet-stream")
            .body(content);
        let failed = |what: String| Error::invalid_input(format!("uploading answers {what}"));
        let answer = answer.send().await.map_err(|error| failed(error.to_string()))?;
        let status = answer.status();
        let body = answer.text().await.map_err(|error| failed(error.to_string()))?;
        let parsed: Value = serde_json::from_str(&body).unwrap_or_default();
        let token = parsed["upload"]["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| failed(format!("{status}: {body}")))
    }

    /// Makes the provider of the administrator.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn provider(&self) -> Arc<dyn PmProvider> {
        self.provider_of(&self.api_key)
    }

    /// Makes the provider of the user with a key.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn provider_of(&self, api_key: &str) -> Arc<dyn PmProvider> {
        self.provider_at(&self.url, api_key)
    }

    /// Makes the provider of the user with a key, on a way of its own to the server.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn provider_at(&self, url: &str, api_key: &str) -> Arc<dyn PmProvider> {
        let config = RedmineConfig::new(url, Secret::new(api_key));
        Arc::new(RedmineProvider::new(config).unwrap())
    }

    /// Sends a request of the test's own as the administrator, and returns status and body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(&self, method: &str, path: &str, body: &serde_json::Value) -> (u16, String) {
        let method: reqwest::Method = method.parse().unwrap();
        let request = reqwest::Client::new()
            .request(method, format!("{}/{path}", self.url))
            .header("X-Redmine-API-Key", &self.api_key)
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}
