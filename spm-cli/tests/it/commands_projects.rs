//! Projects and users.

use serde_json::json;

use crate::commands_support::{json, of_nobody, ok, refused, run, with_project};
use crate::support::Sandbox;

#[test]
fn a_project_is_created_with_everything() {
    let sandbox = Sandbox::new();
    let arguments = [
        "project",
        "create",
        "Website",
        "-k",
        "WEB",
        "-o",
        "@me",
        "--start",
        "2026-01-01",
        "--end",
        "2026-12-31",
        "-b",
        "All new.",
        "--priority",
        "urgent",
        "--status",
        "on_hold",
        "--visibility",
        "restricted",
        "--json",
        "key,name,description,status,priority,start_date,end_date,visibility,owner_login,state",
    ];
    let expected = json!({
        "key": "WEB", "name": "Website", "description": "All new.",
        "status": {"category": "on_hold", "name": "On Hold"}, "priority": {"level": "urgent", "name": "Urgent"},
        "start_date": "2026-01-01", "end_date": "2026-12-31", "visibility": "restricted", "owner_login": "ada",
        "state": "open",
    });
    assert_eq!(json(&sandbox, &arguments), expected);
}

#[test]
fn a_text_comes_from_a_file_or_from_standard_input() {
    let sandbox = Sandbox::new();
    sandbox.write("brief.md", "From a file.\n");
    let from_file =
        ["project", "create", "One", "--body-file", "brief.md", "--json", "description", "--jq", ".description"];
    assert_eq!(ok(&sandbox, &from_file), "From a file.\n\n");
    let arguments = ["project", "create", "Two", "-F", "-", "--json", "description"];
    let piped = of_nobody(&sandbox, &arguments).input("From a pipe.").run().ok();
    assert_eq!(piped, "{\"description\":\"From a pipe.\"}\n");
    assert_eq!(
        refused(&sandbox, 3, &["project", "create", "x", "-F", "gone.md"]),
        "error: reading `gone.md`: no such file or directory\n"
    );
}

#[test]
fn only_what_is_named_is_changed() {
    let sandbox = with_project();
    let fields = "key,name,description,end_date,owner_login";
    ok(&sandbox, &["project", "edit", "website", "--end", "2026-12-31", "--owner", "ada", "--body", "Text"]);
    let edited = json(&sandbox, &["project", "edit", "WEB", "--name", "Shop", "--json", fields]);
    let expected = json!({
        "key": "WEB", "name": "Shop", "description": "Text", "end_date": "2026-12-31", "owner_login": "ada",
    });
    assert_eq!(edited, expected);
    let cleared =
        json(&sandbox, &["project", "edit", "shop", "--clear", "body,owner", "--clear", "due", "--json", fields]);
    let expected = json!({"key": "WEB", "name": "Shop", "description": null, "end_date": null, "owner_login": null});
    assert_eq!(cleared, expected);
}

#[test]
fn an_edit_that_says_nothing_or_two_things_is_refused() {
    let sandbox = with_project();
    let nothing = "error: nothing is named to change\nhint: `spm project edit --help` shows what can be changed\n";
    assert_eq!(refused(&sandbox, 2, &["project", "edit", "WEB"]), nothing);
    let both = "error: `--clear end` empties what another option sets\nhint: say one of the two\n";
    assert_eq!(refused(&sandbox, 2, &["project", "edit", "WEB", "--end", "2026-12-31", "--clear", "end"]), both);
    let unknown = refused(&sandbox, 2, &["project", "edit", "WEB", "--status", "activ"]);
    let expected = "error: `activ` is no project status here; there are `Planned`, `Active`, `On Hold`, `Completed`, `Cancelled`, `Archived`\nhint: did you mean `Active`?\n";
    assert_eq!(unknown, expected);
}

#[test]
fn a_project_with_contents_goes_only_when_told_to() {
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    ok(&sandbox, &["sprint", "create", "Sprint 1"]);
    let full = "error: project WEB \"Website\" has 1 task and 1 sprint\nhint: --with-contents deletes them as well\n";
    assert_eq!(refused(&sandbox, 5, &["project", "delete", "WEB", "--yes"]), full);
    let nobody = "error: nobody is here to answer: Delete project WEB \"Website\" with 1 task and 1 sprint?\nhint: say --yes where nobody can answer\n";
    assert_eq!(refused(&sandbox, 2, &["project", "delete", "WEB", "--with-contents"]), nobody);
    assert_eq!(ok(&sandbox, &["project", "delete", "WEB", "--with-contents", "-y"]), "WEB\n");
    assert_eq!(
        refused(&sandbox, 3, &["project", "view", "WEB"]),
        "error: there is no project `WEB`\nhint: `spm project list --state all` shows them\n"
    );
}

#[test]
fn several_projects_ask_which_is_meant() {
    let sandbox = with_project();
    ok(&sandbox, &["project", "create", "Garden", "--key", "GRD"]);
    let which = refused(&sandbox, 2, &["task", "create", "Paint"]);
    assert_eq!(which, "error: which project? There are 2: WEB, GRD\nhint: say --project KEY\n");
    assert_eq!(ok(&sandbox, &["task", "create", "Paint", "-p", "garden"]), "GRD-1\n");
    let bare = refused(&sandbox, 2, &["task", "view", "1"]);
    assert_eq!(bare, "error: task `1`: which project? There are 2: WEB, GRD\nhint: say --project KEY\n");
    assert!(ok(&sandbox, &["task", "view", "1", "-p", "GRD"]).starts_with("GRD-1  Paint\n"));
    let none = refused(&Sandbox::new(), 3, &["task", "create", "Paint"]);
    assert_eq!(none, "error: there is no open project\nhint: make one: `spm project create NAME`\n");
}

#[test]
fn projects_are_listed_by_state_and_text() {
    let sandbox = with_project();
    ok(&sandbox, &["project", "create", "Garden", "--key", "GRD", "--status", "completed"]);
    let keys = |more: &[&str]| ok(&sandbox, &[&["project", "list", "--jsonl", "key", "--jq", ".key"], more].concat());
    assert_eq!(keys(&[]), "WEB\n");
    assert_eq!(keys(&["--state", "closed"]), "GRD\n");
    assert_eq!(keys(&["-s", "all", "--order", "asc"]), "WEB\nGRD\n");
    assert_eq!(keys(&["-s", "all", "-S", "gard"]), "GRD\n");
    let limited = run(&sandbox, &["project", "list", "-s", "all", "-L", "1"]);
    assert_eq!(limited.stdout, "GRD\tGarden\tCompleted\t\t\t\t[TIME]\n");
    assert!(limited.stderr.contains("use --limit"), "{limited:?}");
    let wrong = refused(&sandbox, 2, &["project", "list", "--limit", "0"]);
    assert!(
        wrong.starts_with("error: invalid value '0' for '--limit <NUMBER>': allowed is a number from 1, or `all`"),
        "{wrong}"
    );
}

#[test]
fn users_are_listed_and_shown() {
    let sandbox = with_project();
    assert_eq!(ok(&sandbox, &["user", "list"]), "ada\tada\t\tyes\n");
    assert_eq!(ok(&sandbox, &["user", "list", "--search", "nobody"]), "");
    assert_eq!(json(&sandbox, &["user", "view", "--json", "login,active"]), json!({"login": "ada", "active": true}));
    assert_eq!(ok(&sandbox, &["user", "view", "@ADA"]), "ada\nlogin:   ada\nactive:  yes\nid:      [ID]\n");
    let unknown = "error: there is no user `grace`\nhint: `spm user list` shows them\n";
    assert_eq!(refused(&sandbox, 3, &["user", "view", "grace"]), unknown);
    let nobody = of_nobody(&sandbox, &["user", "view"]).run().failed(8);
    let expected = "error: `@me` is nobody: `internal` does not know who we are\nhint: for the internal database, set PM_USER to your login; a command that writes enters you\n";
    assert_eq!(nobody, expected);
}
