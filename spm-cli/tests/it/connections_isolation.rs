//! Two fakes and the own database by one `spm`: nothing of one shows in another.

use std::fs;

use nix::sys::signal::Signal;

use crate::fake::Fake;
use crate::support::{Run, Sandbox};

fn connected<'a>(sandbox: &'a Sandbox, name: &str, rest: &[&str], keys: &[(&str, &str)]) -> Run<'a> {
    let run = sandbox.spm(&[&["--connection", name], rest].concat());
    keys.iter().fold(run, |run, (variable, key)| run.env(variable, key))
}

#[test]
fn each_connection_has_its_own_server_token_and_items() {
    let sandbox = Sandbox::new();
    let (club, work) = (Fake::start_at(&sandbox, "openproject", &[]), Fake::start_at(&sandbox, "openproject", &[]));
    let (club_key, work_key) = (club.variable("OPENPROJECT_API_KEY"), work.variable("OPENPROJECT_API_KEY"));
    assert_ne!(club_key, work_key);
    let keys = [("PM_SECRET_CLUB", club_key), ("PM_SECRET_WORK", work_key), ("OPENPROJECT_API_KEY", "of-nobody")];
    for (name, fake, secret) in [("club", &club, "PM_SECRET_CLUB"), ("work", &work, "PM_SECRET_WORK")] {
        let (url, key) = (format!("base_url={}", fake.variable("OPENPROJECT_URL")), format!("api_key=env:{secret}"));
        sandbox.spm(&["connection", "add", name, "--provider", "openproject", &url, &key]).run().ok();
    }
    let database = format!("database_url=sqlite:{}", sandbox.home().join("own.sqlite3").display());
    sandbox.spm(&["connection", "add", "own", "--provider", "internal", &database]).run().ok();

    for name in ["club", "work", "own"] {
        connected(&sandbox, name, &["project", "create", &format!("House-of-{name}"), "--key", name], &keys).run().ok();
        connected(&sandbox, name, &["task", "create", "-p", name, &format!("Task of {name}")], &keys).run().ok();
    }
    for name in ["club", "work", "own"] {
        let tasks = connected(&sandbox, name, &["task", "list", "--json", "title", "--jq", ".[].title"], &keys).run();
        assert_eq!(tasks.ok(), format!("Task of {name}\n"));
    }
    let tested = keys
        .iter()
        .fold(sandbox.spm(&["connection", "test", "--json", "name,well", "--jq", ".[].well"]), |run, (name, key)| {
            run.env(name, key)
        });
    assert_eq!(tested.run().ok(), "true\ntrue\ntrue\n");

    // A token at the other server is refused there, and said to whom it belongs; nothing falls back to another one.
    let swapped = [("PM_SECRET_CLUB", work_key), ("PM_SECRET_WORK", club_key), ("OPENPROJECT_API_KEY", club_key)];
    for (name, key) in [("club", work_key), ("work", club_key)] {
        let refused = connected(&sandbox, name, &["task", "list"], &swapped).raw();
        assert!(refused.code == 4 && !refused.all().contains(key), "{refused:?}");
    }
    let file = fs::read_to_string(sandbox.home().join(".config/pm-core/connections.toml")).unwrap();
    assert!(!file.contains(club_key) && !file.contains(work_key), "{file}");
    club.stop(Signal::SIGTERM);
    work.stop(Signal::SIGTERM);
}
