#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::env;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

fn required() -> bool {
    env::var_os("PM_TEST_REQUIRE")
        .is_some_and(|names| names.to_string_lossy().split(',').any(|name| name == "postgres"))
}

fn shared() -> Option<&'static TestPostgres> {
    require_or_skip(required()).unwrap()
}

fn server_process(directory: &Path) -> String {
    let file = std::fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

fn is_running(process: &str) -> bool {
    let signal = Command::new("kill").args(["-0", process]).stderr(Stdio::null()).status();
    signal.unwrap().success()
}

#[test]
fn databases_are_separate_and_answer() {
    let Some(server) = shared() else { return };
    let (first, second) = (server.create_database().unwrap(), server.create_database().unwrap());
    assert_ne!(first, second);
    query(&server.programs, &first, "CREATE TABLE here (id int)").unwrap();
    assert_eq!(query(&server.programs, &first, "SELECT count(*) FROM here").unwrap(), "0");
    let error = query(&server.programs, &second, "SELECT count(*) FROM here").unwrap_err();
    assert!(error.to_string().contains("relation \"here\" does not exist"), "{error}");
    assert!(!error.is_unavailable());
}

#[test]
fn databases_are_created_from_several_threads() {
    let Some(server) = shared() else { return };
    let urls = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| server.create_database().unwrap())).collect();
        let urls = threads.into_iter().map(|thread| thread.join().unwrap());
        urls.collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(urls.len(), 4);
    for url in urls {
        assert_eq!(query(&server.programs, &url, "SELECT 1").unwrap(), "1");
    }
}

#[test]
fn nothing_listens_on_the_network() {
    let Some(server) = shared() else { return };
    assert_eq!(server.run_sql("SHOW listen_addresses").unwrap(), "");
    assert_eq!(server.run_sql("SHOW max_connections").unwrap(), "200");
}

#[test]
fn dropping_stops_the_server_and_removes_its_directory() {
    if shared().is_none() {
        return;
    }
    let server = TestPostgres::start().unwrap();
    let (directory, process) = (server.directory().to_owned(), server_process(server.directory()));
    assert!(is_running(&process));
    drop(server);
    assert!(!is_running(&process));
    assert!(!directory.exists());
}

#[test]
fn a_cluster_that_does_not_start_fails_with_its_log() {
    let Some(server) = shared() else { return };
    let broken = tempfile::tempdir().unwrap();
    for program in ["postgres", "psql"] {
        std::os::unix::fs::symlink(server.programs.join(program), broken.path().join(program)).unwrap();
    }
    std::fs::write(broken.path().join("initdb"), "not a program").unwrap();
    std::fs::set_permissions(broken.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let error = TestPostgres::start_with(&PostgresOptions::new().programs(broken.path())).unwrap_err();
    assert!(!error.is_unavailable());
    assert!(error.to_string().contains("did not start a cluster"), "{error}");
    assert!(error.to_string().contains("initdb: Permission denied"), "{error}");
}

#[test]
fn only_a_missing_server_that_nobody_requires_is_left_out() {
    let missing = || Err::<(), _>(PostgresError::unavailable("not here"));
    assert!(reason_to_leave_out(false, &missing()).is_some());
    assert!(reason_to_leave_out(true, &missing()).is_none());
    assert!(reason_to_leave_out(false, &Err::<(), _>(PostgresError::failed("broken"))).is_none());
    assert!(reason_to_leave_out(false, &Ok(())).is_none());
}

/// Plays both parts: started again with one more word, this very test holds a cluster until it is killed.
#[test]
fn a_killed_process_leaves_nothing_behind() {
    const PART: &str = "hold-a-cluster-until-killed";
    if env::args().any(|argument| argument == PART) {
        println!("\nheld: {}", TestPostgres::shared().unwrap().directory().display());
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    if shared().is_none() {
        return;
    }
    let mut holder = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "postgres::tests::a_killed_process_leaves_nothing_behind", PART])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.into_iter().find(|line| line.starts_with("held: ")).unwrap();
    let directory = Path::new(line.trim_start_matches("held: "));
    let process = server_process(directory);
    assert!(is_running(&process));
    holder.kill().unwrap();
    holder.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while (directory.exists() || is_running(&process)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!is_running(&process), "the server still runs");
    assert!(!directory.exists(), "`{}` is still there", directory.display());
}
