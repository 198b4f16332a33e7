//! What people see and are asked on a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::commands_support::{Terminal, has_terminals, json, ok, with_project};
use crate::support::Sandbox;

fn with_board() -> Sandbox {
    let sandbox = with_project();
    let sprint = ["sprint", "create", "Sprint 1", "--start", "2026-01-05", "--end", "today", "--status", "active"];
    ok(&sandbox, &sprint);
    let tasks: [&[&str]; 4] = [
        &["Paint the fence before the winter comes and snow covers the garden", "-a", "@me", "-l", "garden,outdoors"],
        &["日本語のとても長いタイトルです。まだ続きます", "--due", "2026-01-08", "--estimate", "4", "--spent", "1"],
        &["a\u{1b}[2J\u{202e}b\u{9b}31m", "-b", "one\u{1b}]0;x\u{7}\ntwo"],
        &["Short", "--priority", "high", "--start", "2026-01-08"],
    ];
    for task in tasks {
        ok(&sandbox, &[&["task", "create", "-m", "@current", "-t"], task].concat());
    }
    sandbox
}

#[test]
fn tables_fit_the_terminal() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_board();
    let mut shown = String::new();
    for width in [130, 80, 60, 40, 24] {
        let (code, table) = Terminal::new(&sandbox, width).run("spm task list; spm sprint track; spm project list");
        assert_eq!(code, 0);
        shown.push_str(&format!("-- {width}\n{table}"));
    }
    assert_snapshot!("tables", shown);
}

#[test]
fn the_timeline_is_grouped_by_day() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_board();
    let (code, shown) = Terminal::new(&sandbox, 80).run("spm timeline --to 2026-02-01");
    assert_eq!(code, 0);
    assert_snapshot!("timeline", shown);
}

#[test]
fn nothing_of_a_task_is_obeyed() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_board();
    let commands = "spm task view 3; spm task view 3 --json title,description; spm task view 3 --json title --jq .title; \
                    spm task edit 3 --type Bug; spm task done 3; spm task done 3; spm task delete 3 --yes";
    let (code, shown) = Terminal::new(&sandbox, 80).run(commands);
    assert_eq!(code, 0);
    let obeyed = |letter: char| letter != '\n' && (letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}'));
    assert!(!shown.chars().any(obeyed), "{shown:?}");
    assert!(shown.contains(r#""title": "a\u001b[2J\u202eb\u009b31m""#), "{shown}");
    assert!(shown.ends_with("Deleted task WEB-3 a\u{fffd}[2J\u{fffd}b\u{fffd}31m\n"), "{shown}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    let (_, colourful) = Terminal::new(&sandbox, 80).colours().run("spm task create Paint; spm task list");
    assert!(colourful.contains("Created task \u{1b}[36mWEB-1\u{1b}[0m Paint\n"), "{colourful:?}");
    assert!(colourful.contains("\u{1b}[1mPaint\u{1b}[0m"), "{colourful:?}");
    let (_, plain) = Terminal::new(&sandbox, 80).run("spm task list");
    assert_eq!(
        plain,
        "KEY    TITLE  STATUS  ASSIGNEES  LABELS  DUE  UPDATED\nWEB-1  Paint  To Do                           just now\n"
    );
    let (_, dumb) = Terminal::new(&sandbox, 80).colours().env("TERM", "dumb").run("spm task list");
    assert_eq!(dumb, plain);
}

#[test]
fn deleting_asks_first() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    let (code, shown) = Terminal::new(&sandbox, 80).types("n\n").run("spm task delete WEB-1");
    assert_eq!((code, shown.as_str()), (130, "Delete task WEB-1 \"Paint\"? [y/N] error: nothing was done\n"));
    let (code, shown) = Terminal::new(&sandbox, 80).types("\n").run("spm task delete WEB-1");
    assert_eq!((code, shown.as_str()), (130, "Delete task WEB-1 \"Paint\"? [y/N] error: nothing was done\n"));
    let (code, shown) = Terminal::new(&sandbox, 80).types("Yes\n").run("spm task delete WEB-1");
    assert_eq!((code, shown.as_str()), (0, "Delete task WEB-1 \"Paint\"? [y/N] Deleted task WEB-1 Paint\n"));
}

#[test]
fn a_missing_title_is_asked_for() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    let (code, shown) = Terminal::new(&sandbox, 80).types("Paint it\n").run("spm task create");
    assert_eq!((code, shown.as_str()), (0, "Title of the task: Created task WEB-1 Paint it\n"));
}

/// Writes an editor: a script that gets the file as its argument.
fn editor(sandbox: &Sandbox, script: &str) -> String {
    let path = sandbox.work().join("editor.sh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn texts_are_written_in_an_editor() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    let writer = editor(&sandbox, "printf 'The title\\n\\nThe text\\n' > \"$1\"");
    let (code, shown) = Terminal::new(&sandbox, 80).env("EDITOR", &writer).run("spm task create --editor");
    assert_eq!((code, shown.as_str()), (0, "Created task WEB-1 The title\n"));
    let adder = editor(&sandbox, "echo more >> \"$1\"");
    let (code, _) = Terminal::new(&sandbox, 80).env("VISUAL", &adder).run("spm task edit 1 --editor");
    assert_eq!(code, 0);
    assert_eq!(json(&sandbox, &["task", "view", "1", "--json", "description"])["description"], "The textmore");
    let (code, shown) = Terminal::new(&sandbox, 80).env("EDITOR", "true").run("spm task edit 1 -e");
    assert_eq!((code, shown.as_str()), (0, "the text is the same: nothing was changed\n"));
    let (code, shown) = Terminal::new(&sandbox, 80).env("EDITOR", "false").run("spm task edit 1 -e");
    assert_eq!(code, 130, "{shown}");
    let (code, shown) = Terminal::new(&sandbox, 80).run("spm task edit 1 -e");
    assert_eq!(
        (code, shown.as_str()),
        (2, "error: no editor is named\nhint: set EDITOR, or use --body or --body-file\n")
    );
}

#[test]
fn an_update_of_somebody_else_is_not_lost_and_neither_is_the_text() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint", "-b", "old"]);
    let spm = env!("CARGO_BIN_EXE_spm");
    let script = format!("echo mine > \"$1\"; {spm} task edit 1 --body theirs < /dev/null > /dev/null");
    let slow = editor(&sandbox, &script);
    let temporary = sandbox.work();
    let terminal = Terminal::new(&sandbox, 80).env("EDITOR", &slow).env("TMPDIR", temporary.to_str().unwrap());
    let (code, shown) = terminal.run("spm task edit 1 --editor");
    assert_eq!(code, 5, "{shown}");
    let expected = "error: task WEB-1 \"Paint\" was changed by somebody else while you wrote; nothing was done\n";
    assert!(shown.starts_with(expected), "{shown}");
    let kept = shown.split("hint: your text is kept in `").nth(1).unwrap().split('`').next().unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), "mine\n");
    assert_eq!(json(&sandbox, &["task", "view", "1", "--json", "description"])["description"], "theirs");
    let (code, _) = Terminal::new(&sandbox, 80).run(&format!("spm task edit 1 --body-file {kept}"));
    assert_eq!(code, 0);
    assert_eq!(json(&sandbox, &["task", "view", "1", "--json", "description"])["description"], "mine\n");
}

#[test]
fn leaving_the_pager_is_no_failure_and_its_path_may_have_spaces() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    let folder = sandbox.work().join("my tools");
    fs::create_dir(&folder).unwrap();
    let script = editor(&sandbox, "head -c 1 > /dev/null");
    fs::rename(script, folder.join("pager")).unwrap();
    let pager = format!("'{}' -x", folder.join("pager").display());
    let endless = "spm task list --json key --jq 'repeat(.)'";
    let (code, shown) = Terminal::new(&sandbox, 80).env("SPM_PAGER", &pager).run(endless);
    assert_eq!((code, shown.as_str()), (0, ""));
}

#[test]
fn an_interrupt_in_the_editor_does_not_end_the_command() {
    if !has_terminals() {
        return;
    }
    let sandbox = with_project();
    let script = editor(&sandbox, "kill -INT $PPID; sleep 0.2; echo Title > \"$1\"");
    let (code, shown) = Terminal::new(&sandbox, 80).env("EDITOR", &script).run("spm task create --editor");
    assert_eq!((code, shown.as_str()), (0, "Created task WEB-1 Title\n"));
}
