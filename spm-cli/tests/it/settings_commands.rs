//! `spm config`, `spm provider`, `spm health`, `--verbose`.

use std::fs;

use crate::support::Sandbox;

#[test]
fn the_list_says_what_is_set_and_where_that_comes_from() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_USER=ada\nTHIRD_TOKEN=s3cr3t\n");
    sandbox.write_config("[third]\nteam = 'blue'\n");
    let listed =
        sandbox.third(&["config"]).env("PM_DATABASE_URL", "postgres://me:pw@host:5433/db?sslmode=require").run();
    // Those of backends that nothing is said about here change more often than this test.
    let others = ["database_password", "clickup.", "github.", "jira.", "openproject.", "redmine."];
    let lines: Vec<_> = listed.stdout.lines().filter(|line| !others.iter().any(|other| line.contains(other))).collect();
    insta::assert_snapshot!(lines.join("\n").replace('\t', " | "), @r"
    provider | PM_PROVIDER | internal | default
    internal.database_url | PM_DATABASE_URL | postgres://host:5433/db | environment
    internal.data_dir | PM_DATA_DIR | [DIR]/.pm | default
    internal.user | PM_USER | ada | .env
    third.base_url | THIRD_URL |  | 
    third.token | THIRD_TOKEN | set | .env
    third.team | THIRD_TEAM | blue | user file
    third.ca_file | THIRD_CA_FILE |  |
    ");
    insta::assert_snapshot!(listed.stderr, @r"
    user file: [HOME]/.config/spm/config.toml
    `.env`: [DIR]/.env
    trusted: [HOME]/.config/spm/trust.toml (not there)
    connections: [HOME]/.config/pm-core/connections.toml (not there)
    `.pm`: [DIR]/.pm (not there)
    ");
    let one = sandbox.third(&["--provider", "third", "config", "list", "--json", "key", "--jq", ".[].key"]).run();
    assert_eq!(one.ok(), "provider\nthird.base_url\nthird.token\nthird.team\nthird.ca_file\n");
}

#[test]
fn the_list_warns_of_what_would_be_refused() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_URL=https://evil.example\n");
    let listed = sandbox.third(&["config"]).env("THIRD_TOKEN", "s3cr3t").run();
    let warning = "not trusted: `THIRD_URL` sends `token` (`THIRD_TOKEN` of the environment) to `https://evil.example`; \
                   see `spm config trust`";
    assert_eq!(listed.stderr.lines().last(), Some(warning));
    assert!(listed.ok().contains("third.token\tTHIRD_TOKEN\tset (env:THIRD_TOKEN)\tenvironment\n"));
}

#[test]
fn one_setting_is_printed_bare() {
    let sandbox = Sandbox::new();
    let get =
        |key: &str| sandbox.third(&["config", "get", key]).env("PM_USER", "ada").env("THIRD_TOKEN", "s3cr3t").run();
    assert_eq!(get("user").ok(), "ada\n");
    assert_eq!(get("internal.user").ok(), "ada\n");
    assert_eq!(get("third.token").ok(), "set (env:THIRD_TOKEN)\n");
    assert_eq!(get("provider").ok(), "internal\n");
    insta::assert_snapshot!(get("third.team").failed(3), @r"
    error: `third.team` is not set
    hint: `spm config` lists what is
    ");
    assert!(get("third.temu").failed(8).contains("did you mean `team`?"));
    assert!(get("thrd.team").failed(8).contains("did you mean `third`?"));
}

#[test]
fn the_user_file_is_changed_where_it_must_and_nowhere_else() {
    let sandbox = Sandbox::new();
    sandbox.write_config(
        "# mine\nprovider = 'internal' # for now\n\n[third] # the toy\n# who\nteam = \"blue\" # of two\n\n[internal]\nuser = \"ada\"\n",
    );
    let config = |arguments: &[&str]| sandbox.third(&[&["config"], arguments].concat()).run();
    assert_eq!(config(&["set", "provider", "Third"]).stderr, "set `provider` in `[HOME]/.config/spm/config.toml`\n");
    config(&["set", "third.team", "red \"two\""]).ok();
    config(&["set", "third.token", "env:TRACKER_TOKEN"]).ok();
    config(&["unset", "internal.user"]).ok();
    insta::assert_snapshot!(fs::read_to_string(sandbox.config()).unwrap(), @r##"
    # mine
    provider = "third" # for now

    [third] # the toy
    # who
    team = 'red "two"' # of two
    token = "env:TRACKER_TOKEN"

    [internal]
    "##);
    assert_eq!(config(&["get", "third.team"]).ok(), "red \"two\"\n");
    assert!(config(&["unset", "internal.user"]).failed(3).contains("`internal.user` is not set in"));
}

#[test]
fn the_user_file_is_made_when_it_is_needed_and_links_stay_links() {
    let sandbox = Sandbox::new();
    sandbox.spm(&["config", "set", "internal.user", "ada"]).run().ok();
    assert_eq!(fs::read_to_string(sandbox.config()).unwrap(), "[internal]\nuser = \"ada\"\n");
    sandbox.write("../home/dotfiles/spm.toml", "");
    fs::remove_file(sandbox.config()).unwrap();
    std::os::unix::fs::symlink(sandbox.home().join("dotfiles/spm.toml"), sandbox.config()).unwrap();
    sandbox.spm(&["config", "set", "internal.user", "bob"]).run().ok();
    assert!(fs::symlink_metadata(sandbox.config()).unwrap().is_symlink());
    assert_eq!(sandbox.spm(&["config", "get", "user"]).run().ok(), "bob\n");
}

#[test]
fn what_must_not_stand_in_the_user_file_is_refused() {
    let sandbox = Sandbox::new();
    let refused = |key: &str, value: &str| {
        let message = sandbox.third(&["config", "set", key, value]).run().failed(2);
        assert!(!message.contains("s3cr3t"), "{message}");
        assert!(!sandbox.config().exists());
        message
    };
    assert!(refused("third.token", "s3cr3t").starts_with("error: `third.token` is a secret: this is no reference"));
    assert!(refused("third.base_url", "https://me:s3cr3t@host").contains("has a password in it"));
    assert!(refused("internal.database_url", "postgres://h/db?password=s3cr3t").contains("has a password in it"));
    insta::assert_snapshot!(refused("token", "env:X"), @r"
    error: `token` is no key; allowed are `provider` and `PROVIDER.KEY`
    hint: `spm config` lists the keys
    ");
    insta::assert_snapshot!(refused("third.team", ""), @r"
    error: an empty value counts as unset
    hint: `spm config unset third.team` takes it out
    ");
    assert!(refused("provider", "thrid").contains("did you mean `third`?"));
    assert!(refused("third.tokn", "x").contains("did you mean `token`?"));
}

#[test]
fn backends_are_listed_and_the_chosen_one_is_marked() {
    let sandbox = Sandbox::new();
    let listed = sandbox.third(&["provider", "list"]).env("PM_PROVIDER", "third").run().ok();
    insta::assert_snapshot!(listed.replace('\t', " | "), @r"
    clickup | ClickUp, by its API v2 and v3 | 
    github | GitHub by its REST and GraphQL APIs: repositories, and Projects v2 | 
    internal | the embedded backend: SQLite, or PostgreSQL | 
    jira | Jira, Cloud by its REST API v3 and Data Center by v2 | 
    openproject | OpenProject, by its API v3 | 
    redmine | Redmine, 5.0 or newer, by its REST API | 
    third | a toy that shows how a backend of one's own comes in | chosen
    ");
    let json = sandbox.third(&["provider", "list", "--json", "name,chosen"]).run().ok();
    let chosen = |name: &str, chosen: bool| format!("{{\"name\":\"{name}\",\"chosen\":{chosen}}}");
    let first = ["clickup", "github"].map(|name| chosen(name, false));
    let others = ["jira", "openproject", "redmine", "third"].map(|name| chosen(name, false));
    let all = [&first[..], &[chosen("internal", true)], &others[..]].concat();
    assert_eq!(json, format!("[{}]\n", all.join(",")));
    let wrong = sandbox.third(&["provider", "list"]).env("PM_PROVIDER", "thrid").run();
    assert!(wrong.stderr.contains("none is chosen: `PM_PROVIDER` of the environment: unknown provider `thrid`"));
    assert_eq!(wrong.ok().lines().count(), all.len());
}

#[test]
fn what_a_backend_can_do_is_shown_without_any_settings() {
    let sandbox = Sandbox::new();
    let shown = sandbox.third(&["provider", "show", "third"]).run().ok();
    for line in [
        "third  a toy that shows how a backend of one's own comes in",
        "TASKS",
        "operations:            list, get, create, update, delete",
        "FIELD            READ  CREATE  UPDATE  CLEAR  NOTES",
        "title            yes   yes     yes     –",
        "due_date         yes   yes     yes     yes",
        "SETTINGS",
        "base_url  THIRD_URL      required  where the tracker is: `https://tracker.example.org`",
        "token     THIRD_TOKEN    secret    the token of your account",
    ] {
        assert!(shown.lines().any(|present| present.trim_end() == line), "{line}\n{shown}");
    }
    let path = ".capabilities.entities.task.fields.title.on_create, .settings[1].secret, .chosen";
    let json = sandbox.third(&["provider", "show", "third", "--json", "capabilities,settings,chosen", "--jq", path]);
    assert_eq!(json.run().ok(), "yes\ntrue\nfalse\n");
    assert!(sandbox.third(&["--provider", "third", "provider", "show"]).run().ok().starts_with("third  "));
    assert!(sandbox.third(&["provider", "show", "thrid"]).run().failed(8).contains("did you mean `third`?"));
}

#[test]
fn health_says_who_answers_and_who_we_are() {
    let sandbox = Sandbox::new();
    sandbox.write_config("[third]\nbase_url = 'https://tracker.example'\n");
    insta::assert_snapshot!(sandbox.third(&["--provider", "third", "health"]).env("THIRD_TOKEN", "xx").run().ok(), @r"
    third is well
    backend:   memory
    user:      token-of-2@tracker.example
    settings:  provider `third` (`--provider`), `base_url` (`third.base_url` in the user file), `token` (`THIRD_TOKEN` of the environment)
    ");
    let url = made_database(&sandbox);
    let own = sandbox.spm(&["health", "--json", "provider,backend,user"]).env("PM_DATABASE_URL", &url).run();
    let answer = own.ok();
    assert!(answer.starts_with(r#"{"provider":"internal","backend":"SQLite 3."#), "{answer}");
    assert!(answer.ends_with("\"user\":null}\n"), "{answer}");
}

fn made_database(sandbox: &Sandbox) -> String {
    let url = format!("sqlite:{}", sandbox.work().join("made.sqlite3").display());
    let settings = pm_core::Settings::new().set("database_url", &url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let registry = pm_core::builtin_registry();
    drop(runtime.block_on(pm_core::build_pm_provider_with(&registry, "internal", &settings)).unwrap());
    url
}

#[test]
fn health_tells_by_its_exit_code_what_is_wrong() {
    let sandbox = Sandbox::new();
    let health = |url: &str| sandbox.spm(&["health"]).env("PM_DATABASE_URL", url).run();
    let unreachable = health("postgres://me:s3cr3t@127.0.0.1:1/db").failed(7);
    assert!(unreachable.starts_with("error: internal: ") && !unreachable.contains("s3cr3t"), "{unreachable}");
    health("mysql://host/db").failed(8);
    sandbox.write("text", "no database");
    health("sqlite:text").failed(8);
}

#[test]
fn verbose_says_where_settings_come_from_and_what_is_called() {
    let sandbox = Sandbox::new();
    let health = |flag: &str| {
        let run =
            sandbox.third(&[flag, "health", "--provider", "third", "-c", "base_url=https://tracker.example"]).run();
        assert_eq!(run.code, 0, "{run:?}");
        run
    };
    let told = health("-v");
    let lines: Vec<_> = told.stderr.lines().collect();
    assert_eq!(lines[0], "settings: provider `third` (`--provider`), `base_url` (`--setting base_url`)");
    assert!(lines[1].contains("call ended") && lines[1].contains("operation=\"health_check\""), "{told:?}");
    assert_eq!(lines.len(), 2);
    assert!(health("-vv").stderr.contains("operation=\"health_check\""));
    let url = made_database(&sandbox);
    let database = sandbox.spm(&["-vv", "task", "list"]).env("PM_DATABASE_URL", &url).run();
    assert!(database.stderr.contains("operation=\"list_tasks\""), "{database:?}");
    assert!(database.ok().is_empty());
    assert!(health("--no-pager").stderr.is_empty());
}
