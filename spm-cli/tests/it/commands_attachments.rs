//! Attachments, on servers for tests.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::commands_support::{refused, with_project};
use crate::fake::Fake;
use crate::support::{Run, Sandbox};

const OPENPROJECT: &str = r#"{ "projects": [{ "identifier": "garden", "work_packages": [
    { "subject": "Paint the fence", "attachments": [
        { "name": "plan.txt", "content": "two coats" }, { "name": "Plan.TXT", "content": "three" },
        { "name": "../../escape.txt", "content": "in vain" }, { "name": "bad\u001b[2J.txt", "content": "tame" }] },
    { "subject": "Mow the lawn", "attachments": [{ "name": "map.png", "content_type": "image/png", "content": "png" }] },
    { "subject": "Rest" }] }] }"#;
const JIRA: &str = r#"{ "projects": [{ "key": "GAR", "name": "Garden", "issues": [
    { "summary": "Paint", "attachments": [{ "name": "plan.txt", "content": "two coats" }] }] }] }"#;

struct Site {
    sandbox: Sandbox,
    fake: Option<Fake>,
    names: &'static [&'static str],
}

impl Site {
    fn openproject(arguments: &[&str]) -> Self {
        let names = &["PM_PROVIDER", "OPENPROJECT_URL", "OPENPROJECT_API_KEY"];
        Self::start("openproject", OPENPROJECT, names, arguments)
    }

    fn jira() -> Self {
        Self::start("jira", JIRA, &["PM_PROVIDER", "JIRA_URL", "JIRA_USERNAME", "JIRA_API_TOKEN"], &[])
    }

    fn start(vendor: &str, seed: &str, names: &'static [&'static str], arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("seed.json", seed);
        let fake = Fake::start_at(&sandbox, vendor, &[&["--seed", "seed.json"], arguments].concat());
        Self { sandbox, fake: Some(fake), names }
    }

    fn spm(&self, arguments: &[&str]) -> Run<'_> {
        let fake = self.fake.as_ref().unwrap();
        self.names.iter().fold(self.sandbox.spm(arguments), |run, name| run.env(name, fake.variable(name)))
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.spm(arguments).run().ok()
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.sandbox.work().join(path)).unwrap()
    }

    /// The names in a folder, hidden ones too.
    fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.sandbox.work().join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
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
fn they_are_listed_with_what_is_known_of_them() {
    let site = Site::openproject(&[]);
    let listed = site.ok(&["attachment", "list", "Mow the lawn"]);
    assert!(listed.starts_with("5\tmap.png\t3\timage/png\tOpenProject Admin\t"), "{listed}");
    let lines = site.ok(&["attachment", "ls", "#1"]);
    assert_eq!(lines.lines().count(), 4, "{lines}");
    assert!(!lines.contains('\u{1b}'), "{lines:?}");
    let found = site.spm(&["attachment", "list", "#1", "--json", "id,name,size,task_id"]).raw().ok();
    let json: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(json[0], json!({ "id": "1", "name": "plan.txt", "size": 9, "task_id": "1" }));
    assert_eq!(site.ok(&["attachment", "list", "Rest"]), "");
    let unknown = site.spm(&["attachment", "list", "#1", "--json", "nmae"]).run().failed(2);
    assert!(unknown.contains("did you mean `name`?"), "{unknown}");
}

#[test]
fn all_are_downloaded_under_safe_names() {
    let site = Site::openproject(&[]);
    let written = site.ok(&["attachment", "download", "#1", "--all", "--dir", "a/b"]);
    let safe = ["Plan (2).TXT", "_._.._escape.txt", "bad_[2J.txt", "plan.txt"];
    assert_eq!(site.files("a/b"), safe);
    assert_eq!(written, "a/b/plan.txt\na/b/Plan (2).TXT\na/b/_._.._escape.txt\na/b/bad_[2J.txt\n");
    assert_eq!((site.read("a/b/plan.txt").as_str(), site.read("a/b/Plan (2).TXT").as_str()), ("two coats", "three"));
    assert!(!site.sandbox.work().join("escape.txt").exists() && !site.sandbox.work().join("a/escape.txt").exists());
}

#[test]
fn nothing_is_written_over_unless_it_is_said() {
    let site = Site::openproject(&[]);
    site.sandbox.write("map.png", "mine");
    let refused = site.spm(&["attachment", "download", "#2"]).run().failed(5);
    assert!(refused.contains("is there already\nhint: --clobber writes over it"), "{refused}");
    assert_eq!(site.read("map.png"), "mine");
    assert_eq!(site.ok(&["attachment", "download", "#2", "--clobber"]), "map.png\n");
    assert_eq!(site.read("map.png"), "png");
    // Of several, the others are fetched all the same.
    site.sandbox.write("d/plan.txt", "mine");
    let outcome = site.spm(&["attachment", "download", "#1", "--all", "--dir", "d"]).run();
    assert_eq!((outcome.code, outcome.stdout.lines().count()), (9, 3), "{outcome:?}");
    assert!(outcome.stderr.contains("`plan.txt`") && outcome.stderr.contains("is there already"), "{outcome:?}");
    assert_eq!((site.read("d/plan.txt").as_str(), site.files("d").len()), ("mine", 4));
}

#[test]
fn a_file_is_chosen_by_name_or_id() {
    let site = Site::openproject(&[]);
    assert_eq!(site.ok(&["attachment", "download", "#1", "plan.txt", "1", "-d", "one"]), "one/plan.txt\n");
    assert_eq!(site.ok(&["attachment", "download", "#1", "2", "-d", "one"]), "one/Plan (2).TXT\n");
    let several = site.spm(&["attachment", "download", "#1", "PLAN.txt"]).run().failed(5);
    assert!(several.contains("hint: say which by its id: `plan.txt` (1), `Plan.TXT` (2)"), "{several}");
    let missing = site.spm(&["attachment", "download", "#2", "none"]).run().failed(3);
    assert!(missing.contains("hint: it has `map.png` (5)"), "{missing}");
    let open = site.spm(&["attachment", "download", "#1"]).run().failed(2);
    assert!(open.starts_with("error: the task has 4 attachments: say which, or --all\nhint: they are "), "{open}");
    let none = site.spm(&["attachment", "download", "Rest"]).run().failed(3);
    assert_eq!(none, "error: the task has no attachments\n");
}

#[test]
fn a_file_that_breaks_off_leaves_nothing_behind() {
    let site = Site::openproject(&["--fault", "truncate:GET:/content"]);
    let broken = site.spm(&["attachment", "download", "#2", "--dir", "d"]).run().failed(7);
    assert!(broken.starts_with("error: openproject download_attachment: "), "{broken}");
    assert_eq!(site.files("d"), [""; 0]);
}

#[test]
fn what_lies_in_a_store_of_another_host_comes_as_well() {
    let site = Site::jira();
    assert_eq!(site.ok(&["attachment", "download", "GAR-1", "--dir", "d"]), "d/plan.txt\n");
    assert_eq!(site.read("d/plan.txt"), "two coats");
}

#[test]
fn an_export_names_what_it_leaves_behind() {
    let site = Site::openproject(&[]);
    let outcome = site.spm(&["export", "--output", "all.jsonl"]).run();
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let said = "left out: attachments: files are not exported; `spm attachment download TASK --all` fetches";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    assert!(site.read("all.jsonl").contains("Paint the fence"));
}

#[test]
fn a_backend_without_attachments_is_told_so() {
    let sandbox = with_project();
    let expected = "error: `internal` has no attachments\nhint: `spm provider show NAME` tells what a backend has\n";
    assert_eq!(refused(&sandbox, 6, &["attachment", "list", "WEB-1"]), expected);
    assert_eq!(refused(&sandbox, 6, &["attachment", "download", "WEB-1"]), expected);
}
