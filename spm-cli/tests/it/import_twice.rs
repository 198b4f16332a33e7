//! What must not go wrong when imports meet each other, or their own files.

use crate::support::Sandbox;

const IMPORT: [&str; 6] = ["import", "rows.jsonl", "--key", "id", "--project", "ants"];

fn with_rows() -> Sandbox {
    let sandbox = Sandbox::new();
    let rows: String = (0..300).map(|id| format!("{{\"id\":{id},\"title\":\"Row {id}\"}}\n")).collect();
    sandbox.write("rows.jsonl", &rows);
    sandbox
}

fn count(sandbox: &Sandbox, kind: &str) -> usize {
    sandbox.spm(&[kind, "list", "--state", "all", "--limit", "all", "--jsonl", "id"]).run().ok().lines().count()
}

#[test]
fn imports_at_the_same_time_make_one_project_and_each_task_once() {
    let sandbox = with_rows();
    let running: Vec<_> = (0..3).map(|_| sandbox.spm(&IMPORT).command().spawn().unwrap()).collect();
    for mut import in running {
        assert!(import.wait().unwrap().success());
    }
    assert_eq!((count(&sandbox, "project"), count(&sandbox, "task")), (1, 300));
}

#[test]
fn a_project_that_was_renamed_since_is_still_the_same() {
    let sandbox = with_rows();
    sandbox.spm(&IMPORT).run().ok();
    sandbox.spm(&["project", "edit", "ants", "--name", "Library"]).run().ok();
    sandbox.spm(&IMPORT).run().ok();
    assert_eq!((count(&sandbox, "project"), count(&sandbox, "task")), (1, 300));
}

#[test]
fn a_report_is_not_written_over_what_is_read() {
    let sandbox = with_rows();
    let before = std::fs::read(sandbox.work().join("rows.jsonl")).unwrap();
    let arguments: Vec<_> = IMPORT.into_iter().chain(["--report", "./rows.jsonl"]).collect();
    let message = sandbox.spm(&arguments).run().failed(2);
    assert!(message.contains("--report names the file that is read"), "{message}");
    assert_eq!(before, std::fs::read(sandbox.work().join("rows.jsonl")).unwrap());
}
