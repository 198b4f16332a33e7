//! Pull requests, on a GitHub for tests.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::commands_support::{refused, with_project};
use crate::fake::Fake;
use crate::support::{Run, Sandbox};

const SEED: &str = r#"{ "repositories": [{ "name": "ada/web", "issues": [{ "title": "Paint the fence" }] }] }"#;

struct Site {
    sandbox: Sandbox,
    fake: Option<Fake>,
}

impl Site {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("seed.json", SEED);
        let fake = Fake::start_at(&sandbox, "github", &["--seed", "seed.json"]);
        Self { sandbox, fake: Some(fake) }
    }

    fn spm(&self, arguments: &[&str]) -> Run<'_> {
        let names = ["PM_PROVIDER", "GITHUB_API_URL", "GITHUB_TOKEN"];
        let fake = self.fake.as_ref().unwrap();
        names.into_iter().fold(self.sandbox.spm(arguments), |run, name| run.env(name, fake.variable(name)))
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.spm(arguments).run().ok()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.spm(arguments).raw().ok()).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(fake) = self.fake.take() {
            fake.stop(Signal::SIGTERM);
        }
    }
}

#[test]
fn one_is_opened_listed_and_viewed() {
    let site = Site::new();
    let create = ["pr", "create", "Paint it", "-p", "ada/web", "--head", "1-paint", "--body", "Closes #1"];
    assert_eq!(site.ok(&create), "2\n");
    let again = site.spm(&create).run().failed(5);
    assert!(again.contains("pull request #2 of `ada:1-paint` into `main` is open already"), "{again}");
    let draft =
        ["pr", "create", "-t", "Draft", "-p", "ada/web", "-H", "draft", "--draft", "--json", "number,draft,state"];
    assert_eq!(site.json(&draft), json!({ "number": 3, "draft": true, "state": "open" }));

    let fields = "number,title,source_branch,target_branch,author_name,project_key";
    let listed = site.json(&["pr", "list", "-p", "ada/web", "--json", fields]);
    let [draft, first] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!(draft["title"], "Draft");
    let expected = json!({ "number": 2, "title": "Paint it", "source_branch": "1-paint", "target_branch": "main",
        "author_name": "ada", "project_key": "ada/web" });
    assert_eq!(*first, expected);
    assert!(site.ok(&["pr", "ls", "--draft"]).starts_with("3\tDraft\tdraft\tdraft\tada\t"));
    assert_eq!(site.ok(&["pr", "list", "--state", "merged"]), "");
    assert_eq!(
        site.json(&["pr", "list", "--head", "1-paint", "--author", "@me", "--json", "number"]),
        json!([{ "number": 2 }])
    );

    let shown = site.ok(&["pr", "view", "ada/web#2", "--fresh"]);
    for line in
        ["#2  Paint it", "state:     open", "branches:  1-paint into main", "merging:   no conflicts", "Closes #1"]
    {
        assert!(shown.lines().any(|shown| shown == line), "{line}: {shown}");
    }
    let by_branch = site.json(&["pr", "view", "1-paint", "--json", "number,mergeability,reviews,checks_state"]);
    assert_eq!(by_branch, json!({ "number": 2, "mergeability": "mergeable", "reviews": [], "checks_state": null }));
}

#[test]
fn a_task_shows_its_pull_requests_and_why() {
    let site = Site::new();
    site.ok(&["pr", "create", "GH-1: paint", "--head", "1-paint", "--body", "Closes #1"]);
    let shown = site.ok(&["task", "view", "ada/web#1", "--prs"]);
    let line = "#2  open  GH-1: paint  (closing keyword, cross reference, branch name, title, description)";
    assert!(shown.contains(&format!("-- pull requests\n{line}\n")), "{shown}");
    let json = site.json(&["task", "view", "1", "-p", "ada/web", "--prs", "--fresh", "--json", "title,pull_requests"]);
    assert_eq!(json["pull_requests"][0]["pull_request"]["number"], 2);
    assert_eq!(json["pull_requests"][0]["reasons"].as_array().unwrap().len(), 5);
}

#[test]
fn the_branch_that_is_checked_out_is_meant() {
    let site = Site::new();
    // On no branch, as in the middle of a rebase.
    site.sandbox.write(".git/HEAD", "0123456789012345678901234567890123456789\n");
    let none = site.spm(&["pr", "create", "Paint"]).run().failed(2);
    assert!(none.contains("hint: say --head BRANCH"), "{none}");
    site.sandbox.write(".git/HEAD", "ref: refs/heads/fix/paint\n");
    assert_eq!(site.ok(&["pr", "create", "Paint"]), "2\n");
    assert_eq!(site.json(&["pr", "view", "--json", "source_branch"]), json!({ "source_branch": "fix/paint" }));
    site.sandbox.write(".git/HEAD", "0123456789012345678901234567890123456789\n");
    site.spm(&["pr", "view"]).run().failed(2);
}

#[test]
fn a_backend_without_pull_requests_is_told_so() {
    let sandbox = with_project();
    let expected = "error: `internal` has no pull requests\nhint: `spm provider show NAME` tells what a backend has\n";
    assert_eq!(refused(&sandbox, 6, &["pr", "list"]), expected);
    assert_eq!(refused(&sandbox, 6, &["pr", "view", "7"]), expected);
    assert_eq!(refused(&sandbox, 6, &["pr", "create", "Paint", "--head", "x"]), expected);
    assert_eq!(refused(&sandbox, 6, &["task", "view", "WEB-1", "--prs"]), expected);
    let unknown = refused(&sandbox, 2, &["pr", "list", "--json", "nummer"]);
    assert!(unknown.contains("did you mean `number`?"), "{unknown}");
}
