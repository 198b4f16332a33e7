//! `spm fake`: the server that other programs test against.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::Sandbox;

/// A running server, and what it printed.
pub(crate) struct Fake {
    child: Child,
    lines: Vec<String>,
}

impl Fake {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        Self::start_at(sandbox, "openproject", arguments)
    }

    pub(crate) fn start_at(sandbox: &Sandbox, vendor: &str, arguments: &[&str]) -> Self {
        let mut command = sandbox.spm(&[&["fake", vendor], arguments].concat()).command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let lines = if ["clickup", "jira"].contains(&vendor) { 4 } else { 3 };
        Self { child, lines: output.lines().take(lines).map(Result::unwrap).collect() }
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        let start = format!("export {name}=");
        self.lines.iter().find_map(|line| line.strip_prefix(&start)).unwrap()
    }

    /// Sends a request; answers everything that comes back, nothing where the connection is closed.
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let key = self.variable("OPENPROJECT_API_KEY");
        self.ask_at(self.variable("OPENPROJECT_URL"), key, (method, &format!("/api/v3{path}"), body))
    }

    fn ask_at(&self, url: &str, key: &str, (method, path, body): (&str, &str, &str)) -> String {
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
             User-Agent: tests\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(crate) fn stop(mut self, signal: Signal) -> i32 {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn it_prints_what_to_export_serves_and_stops_when_asked() {
    let sandbox = Sandbox::new();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let fake = Fake::start(&sandbox, &[]);
        assert_eq!(fake.variable("PM_PROVIDER"), "openproject");
        assert_eq!(fake.variable("OPENPROJECT_API_KEY").len(), 64);
        assert!(fake.ask("GET", "/users/me", "").contains(r#""login":"admin""#));
        assert_eq!(fake.stop(signal), 0);
    }
    assert_eq!(sandbox.files(), ["home", "work"]);
}

#[test]
fn a_seed_fills_it_and_faults_spoil_it() {
    let sandbox = Sandbox::new();
    let seed = r#"{ "projects": [{ "identifier": "garden", "work_packages": [{ "subject": "Paint the fence" }] }] }"#;
    sandbox.write("seed.json", seed);
    let faults = ["--fault", "drop-reply:POST:/work_packages:1", "--fault", "unavailable=3:GET:/statuses"];
    let fake = Fake::start(&sandbox, &[&["--seed", "seed.json", "--older"], &faults[..]].concat());
    assert!(fake.ask("GET", "/work_packages", "").contains("Paint the fence"));
    assert_eq!(fake.ask("POST", "/projects/1/work_packages", r#"{ "subject": "Mow the lawn" }"#), "");
    assert!(fake.ask("GET", "/work_packages/2", "").contains("Mow the lawn"));
    let busy = fake.ask("GET", "/statuses", "");
    assert!(busy.starts_with("HTTP/1.1 503") && busy.contains("retry-after: 3"), "{busy}");
    assert!(fake.ask("GET", "/sprints", "").starts_with("HTTP/1.1 404"));
    assert_eq!(fake.stop(Signal::SIGTERM), 0);
}

/// The program on its own server, with nothing but the environment changed.
#[cfg(feature = "openproject")]
#[test]
fn spm_itself_runs_on_it_and_a_lost_reply_makes_no_second_task() {
    let sandbox = Sandbox::new();
    let fake = Fake::start(&sandbox, &["--fault", "drop-reply:POST:/work_packages:1"]);
    let spm = |arguments: &[&str]| {
        let variables = ["PM_PROVIDER", "OPENPROJECT_URL", "OPENPROJECT_API_KEY"];
        let run = variables.iter().fold(sandbox.spm(arguments), |run, name| run.env(name, fake.variable(name)));
        run.raw().ok()
    };
    spm(&["project", "create", "Garden"]);
    spm(&["task", "create", "-p", "garden", "Paint the fence"]);
    assert_eq!(spm(&["task", "list", "--jsonl", "title"]), "{\"title\":\"Paint the fence\"}\n");
    assert_eq!(fake.stop(Signal::SIGTERM), 0);
}

#[test]
fn what_is_wrong_is_said_before_anything_runs() {
    let sandbox = Sandbox::new();
    let refused =
        |code: i32, arguments: &[&str]| sandbox.spm(&[&["fake", "openproject"], arguments].concat()).run().failed(code);
    assert!(refused(2, &["--fault", "drop"]).starts_with("error: `drop` is not a fault: one of `drop-request`"));
    let missing = refused(3, &["--seed", "none.json"]);
    assert!(missing.starts_with("error: reading the seed `none.json`: "), "{missing}");
    sandbox.write("seed.json", r#"{ "colour": 1 }"#);
    let broken = refused(2, &["--seed", "seed.json"]);
    assert!(
        broken.starts_with("error: reading the seed `seed.json`: the seed is not readable: unknown field `colour`"),
        "{broken}"
    );
    let fake = Fake::start(&sandbox, &[]);
    let port = fake.variable("OPENPROJECT_URL").rsplit(':').next().unwrap().to_owned();
    let taken = refused(1, &["--port", &port]);
    assert!(taken.starts_with(&format!("error: starting a server on port {port}: address already in use")), "{taken}");
    fake.stop(Signal::SIGTERM);
}

#[test]
fn a_github_has_something_in_it_and_limits_if_asked() {
    let sandbox = Sandbox::new();
    let fake = Fake::start_at(&sandbox, "github", &["--limits", "--fault", "unavailable=3:GET:/user"]);
    assert_eq!(fake.variable("PM_PROVIDER"), "github");
    let (url, token) = (fake.variable("GITHUB_API_URL"), fake.variable("GITHUB_TOKEN"));
    let ask = |method: &str, path: &str, body: &str| fake.ask_at(url, token, (method, path, body));
    assert!(ask("GET", "/repos/acme/web/issues?state=all", "").contains("Sign in with a passkey"));
    assert!(ask("GET", "/user", "").starts_with("HTTP/1.1 503"));
    let made = |_| ask("POST", "/repos/ada/notes/issues", r#"{ "title": "Again" }"#).starts_with("HTTP/1.1 201");
    assert_eq!((0..81).map(made).filter(|made| *made).count(), 80);
    assert_eq!(fake.stop(Signal::SIGTERM), 0);
}

/// A ClickUp with limits, and a reply that gets lost.
#[cfg(feature = "clickup")]
#[test]
fn spm_runs_on_a_clickup_and_a_lost_reply_makes_no_second_task() {
    let sandbox = Sandbox::new();
    let arguments = ["--zone", "Pacific/Auckland", "--limits", "1000", "--fault", "drop-reply:POST:/task:1"];
    let fake = Fake::start_at(&sandbox, "clickup", &arguments);
    assert_eq!(fake.variable("PM_PROVIDER"), "clickup");
    let spm = |arguments: &[&str]| {
        let variables = ["PM_PROVIDER", "CLICKUP_API_URL", "CLICKUP_API_KEY", "CLICKUP_TEAM_ID"];
        let run = variables.iter().fold(sandbox.spm(arguments), |run, name| run.env(name, fake.variable(name)));
        run.raw().ok()
    };
    assert!(spm(&["project", "list"]).contains("Engineering"));
    let create = ["task", "create", "-p", "Engineering", "Paint the fence", "--due", "2026-05-01", "--label", "Garden"];
    spm(&create);
    let listed = spm(&["task", "list", "-p", "Engineering", "--jsonl", "title,due_date,labels"]);
    let expected = "{\"title\":\"Paint the fence\",\"due_date\":\"2026-05-01\",\"labels\":[\"garden\"]}";
    assert_eq!(listed.lines().filter(|line| *line == expected).count(), 1, "{listed}");
    assert_eq!(fake.stop(Signal::SIGTERM), 0);
}

/// A Jira of each sort, with nothing but the environment changed.
#[cfg(feature = "jira")]
#[test]
fn spm_runs_on_both_jiras_and_a_lost_reply_makes_no_second_task() {
    let sandbox = Sandbox::new();
    for flavor in ["cloud", "datacenter"] {
        let fake = Fake::start_at(
            &sandbox,
            "jira",
            &["--flavor", flavor, "--index-lag", "0", "--fault", "drop-reply:POST:/issue:1"],
        );
        assert_eq!(fake.variable("PM_PROVIDER"), "jira");
        assert_eq!(fake.variable("JIRA_USERNAME").is_empty(), flavor == "datacenter");
        let spm = |arguments: &[&str]| {
            let variables = ["PM_PROVIDER", "JIRA_URL", "JIRA_USERNAME", "JIRA_API_TOKEN"];
            let run = variables.iter().fold(sandbox.spm(arguments), |run, name| run.env(name, fake.variable(name)));
            run.raw().ok()
        };
        spm(&["project", "create", "Garden", "--key", "GARDEN"]);
        spm(&["task", "create", "-p", "GARDEN", "Paint the fence", "--body", "**Green**, please."]);
        assert_eq!(spm(&["task", "list", "--jsonl", "title"]), "{\"title\":\"Paint the fence\"}\n", "{flavor}");
        let described = spm(&["task", "view", "GARDEN-1", "--json", "description"]);
        assert!(described.contains("**Green**, please."), "{flavor}: {described}");
        assert_eq!(fake.stop(Signal::SIGTERM), 0);
    }
}
