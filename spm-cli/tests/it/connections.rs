//! Named connections: how they are kept, chosen and tried, and who is trusted with what.

use std::fs;

use insta::assert_snapshot;

use crate::support::{Outcome, Run, Sandbox};

const LOGIN: [&str; 5] = ["health", "--json", "user", "--jq", ".user.login"];
const PLANTED: &str = "pl4nted-connection";

fn third<'a>(sandbox: &'a Sandbox, line: &str) -> Run<'a> {
    sandbox.third(&line.split(' ').collect::<Vec<_>>())
}

fn file(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.home().join(".config/pm-core/connections.toml")).unwrap()
}

fn add<'a>(sandbox: &'a Sandbox, rest: &str) -> Run<'a> {
    let line = format!("connection add work --provider third base_url=https://work.example {rest}");
    third(sandbox, line.trim_end())
}

/// Who answers: the toy knows people by the length of their token, and servers by their names.
fn who(run: Run<'_>) -> String {
    run.run().ok().trim().to_owned()
}

fn login<'a>(sandbox: &'a Sandbox, before: &[&str]) -> Run<'a> {
    sandbox.third(&[before, &LOGIN].concat())
}

#[test]
fn a_connection_is_added_listed_tried_used_and_removed() {
    let sandbox = Sandbox::new();
    let Outcome { code, stdout, stderr } = add(&sandbox, "token=env:PM_SECRET_WORK team=blue").run();
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert_snapshot!(stderr, @r"
    wrote `work` into `[HOME]/.config/pm-core/connections.toml`
    `spm connection test work` tries it, `--connection work` uses it
    ");
    assert_snapshot!(file(&sandbox), @r#"
    [connections.work]
    provider = "third"
    base_url = "https://work.example"
    team = "blue"
    token = "env:PM_SECRET_WORK"
    "#);
    assert_snapshot!(third(&sandbox, "connection list").run().ok(), @"work	third	file	base_url=https://work.example/ team=blue token=env:PM_SECRET_WORK	");
    let tested = third(&sandbox, "connection test work").env("PM_SECRET_WORK", "1234").run();
    assert_snapshot!(tested.ok(), @"work	third	well	memory	token-of-4@work.example/blue");
    let run = login(&sandbox, &["--connection", "work"]).env("PM_SECRET_WORK", "1234");
    assert_eq!(who(run), "token-of-4@work.example/blue");
    assert_snapshot!(third(&sandbox, "connection remove work").run().all(), @"removed `work` from `[HOME]/.config/pm-core/connections.toml`");
    assert_snapshot!(third(&sandbox, "connection remove work").run().failed(3), @r"
    error: there is no connection `work`
    hint: `spm connection list` names them
    ");
    assert_snapshot!(third(&sandbox, "connection list").run().all(), @"there is no connection yet; `spm connection add` makes one");
}

#[test]
fn json_has_everything_but_secrets() {
    let sandbox = Sandbox::new();
    add(&sandbox, "token=env:PM_SECRET_WORK").run().ok();
    let all = "name,provider,source,trusted,chosen,settings,problem";
    let run = third(&sandbox, &format!("connection list --json {all}")).env("PM_CONNECTION", "work");
    let rows: serde_json::Value = serde_json::from_str(&run.run().ok()).unwrap();
    assert_eq!(
        rows,
        serde_json::json!([{
            "name": "work", "provider": "third", "source": "file", "trusted": true, "chosen": true, "problem": null,
            "settings": { "base_url": "https://work.example/", "token": "env:PM_SECRET_WORK" }
        }])
    );
    let run = third(&sandbox, "connection test --json name,well,user,problem --jq .[0].problem");
    let problem = run.run();
    assert!(problem.code == 8 && problem.stdout.contains("there is no secret at `env:PM_SECRET_WORK`"), "{problem:?}");
}

#[test]
fn only_what_can_be_used_is_added() {
    let sandbox = Sandbox::new();
    assert_snapshot!(add(&sandbox, &format!("token={PLANTED}")).run().failed(8), @r"
    error: connection `work`: setting `token` is a secret, and this is no reference to one; allowed are `env:NAME`, `file:/path`, `app:NAME`, `keyring:SERVICE/NAME`, and in your own file `cmd:PROGRAM ARGUMENTS`
    hint: put the secret itself into a file or a variable, and write down only where it is: `env:THIRD_TOKEN`
    ");
    assert_snapshot!(add(&sandbox, "token=env:AWS_SECRET").run().failed(8), @r#"
    error: connection `work`: the variable `AWS_SECRET` may not be read for this; allowed are `THIRD_TOKEN`, and `PM_SECRET_…`
    hint: call it `PM_SECRET_…`, or add it in your file of connections: allow_env = ["AWS_SECRET"]
    "#);
    for (rest, code, what) in [
        (PLANTED, 2, "settings are written KEY=VALUE"),
        ("tokn=env:X", 8, "did you mean `token`?"),
        ("base_url=https://me:pl4nted-connection@host", 8, "the address `base_url` has a secret in it"),
    ] {
        let message = add(&sandbox, rest).run().failed(code);
        assert!(message.contains(what) && !message.contains(PLANTED), "{message}");
    }
    let nothing = third(&sandbox, "connection add work base_url=https://x").run().failed(2);
    assert!(nothing.contains("a connection needs a backend: --provider NAME"), "{nothing}");
    let lacking = third(&sandbox, "connection add work --provider third").run().failed(8);
    assert!(lacking.contains("setting `base_url` is missing"), "{lacking}");
    assert!(!sandbox.home().join(".config").exists());

    // Where no database is, none is needed.
    add(&sandbox, "").env("PM_DATABASE_URL", "sqlite:nowhere.sqlite3").run().ok();
    let again = add(&sandbox, "team=red").run().failed(5);
    assert!(again.contains("there is a connection `work` already") && !file(&sandbox).contains("red"), "{again}");
    add(&sandbox, "team=red --replace").run().ok();
    assert!(file(&sandbox).contains("team = \"red\""));
}

#[test]
fn who_chooses_closer_at_hand_wins() {
    let sandbox = Sandbox::new();
    add(&sandbox, "").run().ok();
    third(&sandbox, "connection add home --provider third base_url=https://home.example").run().ok();
    let base = |before: &[&str]| login(&sandbox, before).env("THIRD_URL", "https://environment.example");
    assert_eq!(who(base(&["--connection", "home"]).env("PM_CONNECTION", "work")), "guest@home.example");
    assert_eq!(who(base(&["--provider", "third"]).env("PM_CONNECTION", "work")), "guest@environment.example");
    assert_eq!(who(base(&[]).env("PM_CONNECTION", "work")), "guest@work.example");
    sandbox.write(".env", "PM_CONNECTION=home\n");
    assert_eq!(who(base(&[])), "guest@home.example");
    assert_eq!(who(base(&[]).env("PM_CONNECTION", "work")), "guest@work.example");
    assert_eq!(who(base(&[]).env("PM_PROVIDER", "third")), "guest@environment.example");
    // A flag says more than the connection does.
    let flagged = &["--connection", "home", "-c", "team=blue", "-c", "base_url=https://flag.example"];
    assert_eq!(who(base(flagged)), "guest@flag.example/blue");

    assert_snapshot!(base(&[]).env("PM_CONNECTION", "work").env("PM_PROVIDER", "third").run().failed(8), @r"
    error: both `PM_CONNECTION` and `PM_PROVIDER` are set; allowed is one of them
    hint: unset `PM_PROVIDER`: a connection has a provider
    ");
    sandbox.write(".env", "PM_CONNECTION=home\nPM_PROVIDER=third\n");
    assert!(base(&[]).run().failed(8).contains("are set in `.env`"));
    let both = third(&sandbox, "--connection home --provider third health").run().failed(2);
    assert!(both.contains("cannot be used with"), "{both}");
    sandbox.write(".env", "PM_CONNECTION=hoem\n");
    assert_snapshot!(base(&[]).run().failed(8), @r"
    error: `PM_CONNECTION` in `.env`: there is no connection `hoem`; there are `home`, `work`
    hint: did you mean `home`?
    ");
}

#[test]
fn nothing_fills_the_gaps_of_a_connection() {
    let sandbox = Sandbox::new();
    add(&sandbox, "").run().ok();
    sandbox.write_config("[third]\ntoken = 'env:PM_SECRET_MINE'\nteam = 'red'\n");
    sandbox.write(".env", "THIRD_TOKEN=of-the-folder\nTHIRD_CA_FILE=ca.pem\n");
    let run = login(&sandbox, &["--connection", "work"]);
    let run = run.env("THIRD_TOKEN", "of-the-environment").env("PM_SECRET_MINE", "x").env("THIRD_TEAM", "green");
    assert_eq!(who(run), "guest@work.example");
    let settings = third(&sandbox, "--connection work health").env("THIRD_TOKEN", "x").run().ok();
    assert!(settings.contains(
        "settings:  provider `third` (connection `work`, `--connection`), `base_url` (the connection `work.base_url`)"
    ), "{settings}");
    let listed = third(&sandbox, "--connection work config").env("THIRD_TOKEN", "x").run().ok();
    assert!(listed.contains("third.base_url\tTHIRD_URL\thttps://work.example/\tconnection"), "{listed}");
    assert!(listed.contains("third.token\tTHIRD_TOKEN\t\t"), "{listed}");
}

#[test]
fn a_connection_of_the_database_waits_until_it_is_trusted() {
    let sandbox = Sandbox::new();
    sandbox.third(&["project", "create", "Shed"]).run().ok();
    add(&sandbox, "token=env:PM_SECRET_WORK --database").run().ok();
    // Whoever wrote it agreed to it.
    assert_eq!(
        who(login(&sandbox, &["--connection", "work"]).env("PM_SECRET_WORK", "1234")),
        "token-of-4@work.example"
    );
    // To everybody else it is somebody's.
    fs::remove_file(sandbox.home().join(".config/pm-core/connections.toml")).unwrap();
    let use_it = || login(&sandbox, &["--connection", "work"]).env("PM_SECRET_WORK", PLANTED);
    assert_snapshot!(use_it().run().failed(8), @r"
    error: connection `work` comes from a database, where others may have written it, and is not trusted: provider `third`, `base_url` = `https://work.example`, `token` = `env:PM_SECRET_WORK`
    hint: look at it; if it is right, say `spm connection trust work`, or write it into your own file
    ");
    assert_snapshot!(third(&sandbox, "connection list").run().ok(), @"work	third	database	base_url=https://work.example/ token=env:PM_SECRET_WORK	not trusted");
    assert_snapshot!(third(&sandbox, "connection trust work").run().failed(2), @r"
    the database says of `work`: provider `third`
      base_url = https://work.example
      token = env:PM_SECRET_WORK
    error: nobody is here to answer: Allow this?
    hint: say --yes where nobody can answer
    ");
    third(&sandbox, "connection trust work --yes").run().ok();
    assert_eq!(who(use_it()), "token-of-18@work.example");
    assert_snapshot!(file(&sandbox), @r#"
    [trusted.work]
    provider = "third"
    base_url = "https://work.example"
    token = "env:PM_SECRET_WORK"
    "#);
    assert_snapshot!(third(&sandbox, "connection remove work").run().all(), @"removed `work` from the database");
    assert_eq!(file(&sandbox), "");
}

#[cfg(unix)]
#[test]
fn programs_are_run_for_the_users_own_file_alone() {
    let sandbox = Sandbox::new();
    sandbox.third(&["project", "create", "Shed"]).run().ok();
    let line =
        ["connection", "add", "work", "--provider", "third", "base_url=https://work.example", "token=cmd:echo 12"];
    sandbox.third(&line).run().ok();
    assert_eq!(who(login(&sandbox, &["--connection", "work"])), "token-of-2@work.example");
    let refused = sandbox.third(&[&line[..], &["--replace", "--database"]].concat()).run().failed(8);
    assert!(refused.contains("`cmd:echo …` would run a program; allowed is that in your own file alone"), "{refused}");
    let refused =
        login(&sandbox, &["--provider", "third", "-c", "base_url=https://x.example", "-c", "token=cmd:echo 12"]);
    assert!(refused.run().failed(8).contains("`cmd:echo …` would run a program"));
}

#[test]
fn planted_secrets_show_nowhere() {
    let sandbox = Sandbox::new();
    let path = sandbox.home().join(".config/pm-core/connections.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(
        &path,
        format!(
            "[connections.raw]\nprovider = 'third'\nbase_url = 'https://x.example'\ntoken = '{PLANTED}'\n\
             [connections.address]\nprovider = 'third'\nbase_url = 'https://me:{PLANTED}@x.example?token={PLANTED}'\n\
             [connections.unknown]\nprovider = 'nowhere'\ntoken = '{PLANTED}'\n\
             [connections.command]\nprovider = 'third'\nbase_url = 'https://x.example'\ntoken = 'cmd:false {PLANTED}'\n\
             [connections.good]\nprovider = 'third'\nbase_url = 'https://x.example'\ntoken = 'env:PM_SECRET_GOOD'\n"
        ),
    )
    .unwrap();
    for command in [
        "connection list",
        "connection list --json name,provider,source,trusted,chosen,settings,problem",
        "connection test",
        "connection test --json name,provider,well,backend,user,problem",
        "connection test raw",
        "connection trust raw",
        "--connection raw health",
        "--connection raw config",
        "--connection address config",
        "--connection unknown health",
        "--connection address health",
        "--connection command health",
        "--connection command -vv task list",
        "--connection good -vv task list",
        "--connection good health --json provider,backend,user,settings",
        "--connection good config --json key,variable,value,source,place,required,secret,help",
    ] {
        let outcome = third(&sandbox, command).env("PM_SECRET_GOOD", PLANTED).run();
        assert!(!outcome.all().is_empty() && !outcome.all().contains(PLANTED), "{command}: {outcome:?}");
    }
    fs::write(&path, format!("[connections.raw]\ntoken = {PLANTED}\n")).unwrap();
    let broken = third(&sandbox, "connection list").run().failed(8);
    assert!(broken.contains("line 2 of `[HOME]/.config/pm-core/connections.toml` is no TOML"), "{broken}");
    assert!(!broken.contains(PLANTED));
}
