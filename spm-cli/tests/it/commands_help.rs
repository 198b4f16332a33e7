//! Help, completions, manual pages.

use insta::assert_snapshot;

use crate::commands_support::{of_nobody, ok, refused};
use crate::support::Sandbox;

fn help(words: &[&str]) -> String {
    ok(&Sandbox::new(), &[words, &["--help"]].concat())
}

#[test]
fn the_help_of_each_command() {
    assert_snapshot!("help", help(&[]));
    assert_snapshot!("help_task", help(&["task"]));
    assert_snapshot!("help_task_list", help(&["task", "list"]));
    assert_snapshot!("help_task_view", help(&["task", "view"]));
    assert_snapshot!("help_task_create", help(&["task", "create"]));
    assert_snapshot!("help_task_edit", help(&["task", "edit"]));
    assert_snapshot!("help_task_assign", help(&["task", "assign"]));
    assert_snapshot!("help_task_status", help(&["task", "status"]));
    assert_snapshot!("help_task_done", help(&["task", "done"]));
    assert_snapshot!("help_task_delete", help(&["task", "delete"]));
    assert_snapshot!("help_project", help(&["project"]));
    assert_snapshot!("help_project_create", help(&["project", "create"]));
    assert_snapshot!("help_sprint", help(&["sprint"]));
    assert_snapshot!("help_attachment", help(&["attachment"]));
    assert_snapshot!("help_attachment_list", help(&["attachment", "list"]));
    assert_snapshot!("help_attachment_download", help(&["attachment", "download"]));
    assert_snapshot!("help_pr", help(&["pr"]));
    assert_snapshot!("help_pr_list", help(&["pr", "list"]));
    assert_snapshot!("help_pr_view", help(&["pr", "view"]));
    assert_snapshot!("help_pr_create", help(&["pr", "create"]));
    assert_snapshot!("help_sprint_track", help(&["sprint", "track"]));
    assert_snapshot!("help_timeline", help(&["timeline"]));
    assert_snapshot!("help_completion", help(&["completion"]));
}

#[test]
fn help_is_a_command_as_well() {
    let sandbox = Sandbox::new();
    assert_eq!(ok(&sandbox, &["help"]), help(&[]));
    assert_eq!(ok(&sandbox, &["help", "task", "list"]), help(&["task", "list"]));
    assert_eq!(ok(&sandbox, &["help", "milestone", "track"]), help(&["sprint", "track"]));
    assert_snapshot!("help_exit_codes", ok(&sandbox, &["help", "exit-codes"]));
    let unknown = "error: there is no command `spm task paint`\nhint: `spm help` lists the commands; `spm help exit-codes` explains those\n";
    assert_eq!(refused(&sandbox, 2, &["help", "task", "paint"]), unknown);
}

#[test]
fn completions_are_made_for_every_shell() {
    let sandbox = Sandbox::new();
    let marks = [
        ("bash", "complete -F _spm"),
        ("zsh", "#compdef spm"),
        ("fish", "complete -c spm"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[spm]"),
    ];
    for (shell, mark) in marks {
        let script = ok(&sandbox, &["completion", "-s", shell]);
        assert!(script.contains(mark) && script.contains("timeline"), "{shell}");
    }
    let own = of_nobody(&sandbox, &["completion"]).env("SHELL", "/usr/bin/fish").run().ok();
    assert_eq!(own, ok(&sandbox, &["completion", "-s", "fish"]));
    let unknown = "error: which shell?\nhint: say --shell with one of bash, elvish, fish, powershell, zsh\n";
    assert_eq!(refused(&sandbox, 2, &["completion"]), unknown);
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    let written = of_nobody(&sandbox, &["man", "--dir", "pages"]).run();
    assert_eq!((written.code, written.stdout.as_str()), (0, ""));
    let pages = sandbox.work().join("pages");
    let count = std::fs::read_dir(&pages).unwrap().count();
    assert_eq!(written.stderr, format!("{count} manual pages are in `[DIR]/pages`\n"));
    for name in ["spm", "spm-task", "spm-task-assign", "spm-sprint-track", "spm-timeline", "spm-user-view"] {
        let page = std::fs::read_to_string(pages.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1 ")), "{page}");
        assert!(page.contains(".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\nall was done\n"), "{page}");
    }
    let page = ok(&sandbox, &["man", "task", "assign"]);
    assert_eq!(page, std::fs::read_to_string(pages.join("spm-task-assign.1")).unwrap());
    assert!(page.contains(".SH EXAMPLES\n.nf\n") && page.matches(".el .ds Aq").count() == 1, "{page}");
    assert!(refused(&sandbox, 2, &["man", "nope"]).starts_with("error: there is no command `spm nope`\n"));
}
