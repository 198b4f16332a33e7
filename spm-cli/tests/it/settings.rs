//! Where settings come from, in which order, and what is said where they are wrong.

use crate::support::{Outcome, Sandbox};

const URLS: [(&str, &str); 4] = [
    ("flag", "https://flag.example"),
    ("environment", "https://environment.example"),
    (".env", "https://dotenv.example"),
    ("user file", "https://file.example"),
];
/// The toy tells the length of the token that it got.
const TOKENS: [(&str, &str); 4] = [("flag", "1"), ("environment", "22"), (".env", "333"), ("user file", "4444")];

/// Runs with everything set in the sources from one on: the first of them must win.
fn with_sources(first: usize, arguments: &[&str]) -> Outcome {
    let has = |source: usize| source >= first;
    let sandbox = Sandbox::new();
    let mut all: Vec<String> = vec!["--provider".to_owned(), "third".to_owned()];
    if has(0) {
        all.extend([format!("--setting=base_url={}", URLS[0].1), "-cteam=flag".to_owned()]);
        all.push("-ctoken=env:TOKEN_OF_FLAG".to_owned());
    }
    all.extend(arguments.iter().map(|&argument| argument.to_owned()));
    if has(2) {
        let (url, token) = (URLS[2].1, TOKENS[2].1);
        sandbox.write(".env", &format!("THIRD_URL={url}\nTHIRD_TOKEN={token}\nTHIRD_TEAM=.env\n"));
    }
    let url = URLS[3].1;
    sandbox.write_config(&format!("[third]\nbase_url = '{url}'\ntoken = 'env:TOKEN_OF_FILE'\nteam = 'user file'\n"));
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let mut run = sandbox.third(&all).env("TOKEN_OF_FLAG", TOKENS[0].1).env("TOKEN_OF_FILE", TOKENS[3].1);
    if has(1) {
        run = run.env("THIRD_URL", URLS[1].1).env("THIRD_TOKEN", TOKENS[1].1).env("THIRD_TEAM", "environment");
    }
    run.run()
}

#[test]
fn the_first_source_that_has_a_setting_wins() {
    for first in 0..4 {
        let user = with_sources(first, &["health", "--json", "user", "--jq", ".user.login"]).ok();
        let host = URLS[first].1.trim_start_matches("https://");
        assert_eq!(user, format!("token-of-{}@{host}/{}\n", first + 1, URLS[first].0));
        let listed = with_sources(first, &["config", "--json", "key,value,source"]).ok();
        for (key, value) in [("base_url", format!("{}/", URLS[first].1)), ("team", URLS[first].0.to_owned())] {
            let line = format!(r#"{{"key":"third.{key}","value":"{value}","source":"{}"}}"#, URLS[first].0);
            assert!(listed.contains(&line), "{line}\n{listed}");
        }
        let token = ["env:TOKEN_OF_FLAG", "env:THIRD_TOKEN", "", "env:TOKEN_OF_FILE"][first];
        let shown = if token.is_empty() { "set".to_owned() } else { format!("set ({token})") };
        let line = format!(r#"{{"key":"third.token","value":"{shown}","source":"{}"}}"#, TOKENS[first].0);
        assert!(listed.contains(&line), "{line}\n{listed}");
    }
}

#[test]
fn each_setting_is_looked_for_by_itself() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_TEAM=dotenv\n");
    sandbox.write_config("provider = 'internal'\n[third]\nbase_url = 'https://file.example'\nteam = 'file'\n");
    let user = sandbox.third(&["health", "--json", "user", "--jq", ".user.login"]).env("THIRD_TOKEN", "22").run().ok();
    assert_eq!(user, "token-of-2@file.example/dotenv\n");
}

#[test]
fn the_backend_is_chosen_in_the_same_order() {
    let sandbox = Sandbox::new();
    let chosen = |arguments: &[&str], environment: &str| {
        let arguments = [arguments, &["config", "get", "provider"]].concat();
        sandbox.third(&arguments).env("PM_PROVIDER", environment).run().ok()
    };
    assert_eq!(chosen(&[], ""), "internal\n");
    sandbox.write_config("provider = 'third'");
    assert_eq!(chosen(&[], ""), "third\n");
    sandbox.write(".env", "PM_PROVIDER=Internal");
    assert_eq!(chosen(&[], ""), "internal\n");
    assert_eq!(chosen(&[], "third"), "third\n");
    assert_eq!(chosen(&["--provider", "internal"], "third"), "internal\n");
}

#[test]
fn empty_counts_as_unset_everywhere() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "THIRD_TEAM=\nTHIRD_URL=''\nTHIRD_TOKEN=\"\"\nPM_PROVIDER= # none\n");
    sandbox.write_config("provider = ''\n[third]\nteam = ''\ntoken = ''\nbase_url = 'https://file.example'\n");
    let run = sandbox.third(&["--provider", "third", "-c", "team=", "health", "--json", "user", "--jq", ".user.login"]);
    let run = run.env("THIRD_TEAM", "").env("THIRD_TOKEN", "").env("THIRD_TOKEN_FILE", "").env("PM_PROVIDER", "");
    assert_eq!(run.run().ok(), "guest@file.example\n");
    assert_eq!(sandbox.third(&["config", "get", "provider"]).run().ok(), "internal\n");
}

#[test]
fn a_secret_and_an_address_may_stand_in_a_file() {
    let sandbox = Sandbox::new();
    sandbox.write("url", "https://infile.example\n").write("token", "333\n");
    let run = sandbox.third(&["--provider", "third", "health", "--json", "user", "--jq", ".user.login"]);
    assert_eq!(
        run.env("THIRD_URL_FILE", "url").env("THIRD_TOKEN_FILE", "token").run().ok(),
        "token-of-3@infile.example\n"
    );
}

#[test]
fn a_path_in_the_user_file_is_seen_from_there() {
    let sandbox = Sandbox::new();
    sandbox.write("token", "of the folder").write("../home/.config/spm/token", "own\n");
    sandbox.write_config("provider = 'third'\n[third]\ntoken = 'file:token'\nbase_url = 'https://file.example'\n");
    let run = sandbox.third(&["health", "--json", "user", "--jq", ".user.login"]);
    assert_eq!(run.run().ok(), "token-of-3@file.example\n");
}

#[test]
fn a_variable_and_its_file_are_not_both_taken() {
    let sandbox = Sandbox::new();
    let run = sandbox.third(&["--provider", "third", "health"]).env("THIRD_URL", "https://a.example");
    insta::assert_snapshot!(run.env("THIRD_TOKEN", "a").env("THIRD_TOKEN_FILE", "b").run().failed(8), @r"
    error: both `THIRD_TOKEN` and `THIRD_TOKEN_FILE` are set; allowed is one of them
    hint: take `THIRD_TOKEN` out
    ");
    sandbox.write(".env", "THIRD_URL=https://a.example\nTHIRD_URL_FILE=b\n");
    insta::assert_snapshot!(sandbox.third(&["--provider", "third", "health"]).run().failed(8), @r"
    error: both `THIRD_URL` and `THIRD_URL_FILE` are set in `.env`; allowed is one of them
    hint: take `THIRD_URL` out
    ");
}

#[test]
fn a_folder_that_is_named_closer_at_hand_wins_against_an_address() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_DATABASE_URL=sqlite:dotenv.sqlite3\n");
    let message = sandbox.spm(&["-c", "data_dir=flagged", "health"]).run().failed(8);
    assert!(message.contains("`flagged/pm.sqlite3`"), "{message}");
    let message = sandbox.spm(&["health"]).env("PM_DATA_DIR", "named").run().failed(8);
    assert!(message.contains("`named/pm.sqlite3`"), "{message}");
    let message = sandbox.spm(&["health"]).env("PM_DATABASE_URL", "sqlite:named.sqlite3").env("PM_DATA_DIR", "x").run();
    assert!(message.failed(8).contains("`named.sqlite3`"));
}

#[test]
fn without_a_database_a_reader_hears_where_it_was_looked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("deep/down/file", "");
    insta::assert_snapshot!(sandbox.spm(&["task", "list"]).within("deep/down").run().failed(8), @r"
    error: there is no database in sight; looked at
      PM_DATABASE_URL: not set
      PM_DATA_DIR: not set
      .pm: no folder `.pm` in `[DIR]/deep/down` or any folder above
    hint: `spm project create NAME` makes one
    ");
    insta::assert_snapshot!(sandbox.spm(&["task", "list"]).env("PM_DATA_DIR", "data").run().failed(8), @r"
    error: there is no database file `data/pm.sqlite3`, whose folder `PM_DATA_DIR` of the environment names
    hint: `spm project create NAME` makes one
    ");
    sandbox.write(".pm/note", "").write(".env", "PM_DATABASE_URL=sqlite:there/pm.sqlite3");
    insta::assert_snapshot!(sandbox.spm(&["task", "list"]).run().failed(8), @r"
    error: there is no database file `there/pm.sqlite3`, which `PM_DATABASE_URL` in `.env` names
    hint: check the path; `spm project create NAME` makes one
    ");
    insta::assert_snapshot!(sandbox.spm(&["task", "list"]).within("deep").run().failed(8), @r"
    error: there is no database in sight; looked at
      PM_DATABASE_URL: not set
      PM_DATA_DIR: not set
      .pm: `[DIR]/.pm` is there, without a database in it
    hint: `spm project create NAME` makes one
    ");
}

#[test]
fn a_folder_of_somebody_else_is_skipped() {
    let sandbox = Sandbox::new();
    sandbox.write("shared/.pm/note", "").write("shared/mine/file", "");
    // Only root may give things away.
    let mine = std::os::unix::fs::chown(sandbox.work().join("shared/mine"), Some(12_345), None);
    let message = sandbox.spm(&["task", "list"]).within("shared/mine").run().failed(8);
    let skipped = "\n  .pm: skipped `[DIR]/shared/.pm`, whose owner is not the one of the working directory\n";
    assert_eq!(message.contains(skipped), mine.is_ok(), "{message}");
    assert_eq!(message.contains("no folder `.pm` in `[DIR]/shared/mine`"), mine.is_ok(), "{message}");
}

#[test]
fn a_working_directory_that_is_gone_is_called_so() {
    let gone = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" task list";
    let sandbox = Sandbox::new();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", gone, env!("CARGO_BIN_EXE_spm")]).current_dir(sandbox.work()).env_clear();
    let output = shell.output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    error: the working directory cannot be found
    hint: go to a folder that is there, or set PM_DATABASE_URL or PM_DATA_DIR
    ");
    assert_eq!(output.status.code(), Some(8));
}

#[test]
fn no_reading_command_makes_a_file() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_USER=ada\n");
    let before = sandbox.files();
    for command in [
        "task list",
        "task view A-1",
        "health",
        "config",
        "config list --json key",
        "config get user",
        "config get provider",
        "config path",
        "config trust",
        "config trust --list",
        "config trust --remove",
        "config unset internal.user",
        "provider list",
        "provider show",
        "provider show internal --json capabilities",
    ] {
        for program in [Sandbox::spm, Sandbox::third] {
            let arguments: Vec<_> = command.split(' ').collect();
            for folder in ["", ".pm-data"] {
                let outcome = program(&sandbox, &arguments).env("PM_DATA_DIR", folder).run();
                assert_eq!(sandbox.files(), before, "{command}: {outcome:?}");
            }
        }
    }
}

#[test]
fn what_is_needed_of_dotenv_and_cannot_be_read_is_named_by_its_line() {
    let sandbox = Sandbox::new();
    sandbox.spm(&["project", "create", "Website"]).run().ok();
    // What other programs understand does no harm.
    std::fs::write(sandbox.work().join(".env"), b"export s3cr3t\nGREETING=it's me\nMY-VAR=1\nA=\xff\n").unwrap();
    sandbox.spm(&["task", "list"]).run().ok();
    sandbox.write(".env", "# fine\nexport s3cr3t\nPM_USER='ada\n");
    insta::assert_snapshot!(sandbox.spm(&["health"]).run().failed(8), @r##"
    error: `PM_USER` on line 3 of `[DIR]/.env` cannot be read: the quote `'` is never closed
    hint: allowed are `NAME=value`, `NAME="value"`, `NAME='value'` and `# comments`
    "##);
    let listed = sandbox.spm(&["config"]).run();
    assert!(listed.stderr.contains("`PM_USER` on line 3") && !listed.clone().ok().is_empty(), "{listed:?}");
    std::fs::write(sandbox.work().join(".env"), b"PM_PROVIDER=\xff\n").unwrap();
    insta::assert_snapshot!(sandbox.spm(&["health"]).run().failed(8), @r##"
    error: `PM_PROVIDER` on line 1 of `[DIR]/.env` cannot be read: it is no UTF-8 text
    hint: allowed are `NAME=value`, `NAME="value"`, `NAME='value'` and `# comments`
    "##);
    // Commands that need no settings do not look at them.
    sandbox.spm(&["config", "path"]).run().ok();
    sandbox.spm(&["provider", "show", "internal"]).run().ok();
    let listed = sandbox.spm(&["provider", "list"]).run();
    assert!(listed.stderr.starts_with("none is chosen: `PM_PROVIDER` on line 1"), "{listed:?}");
    assert!(listed.ok().contains("internal\t"));
    // A Python environment of that name is none of our business.
    std::fs::remove_file(sandbox.work().join(".env")).unwrap();
    std::fs::create_dir(sandbox.work().join(".env")).unwrap();
    sandbox.spm(&["config"]).run().ok();
}

#[test]
fn nothing_is_filled_in_for_a_variable_in_dotenv() {
    let sandbox = Sandbox::new();
    let run = || sandbox.third(&["--provider", "third", "health"]).env("OTHER", "https://s3cr3t.example");
    for value in ["${OTHER}", "$OTHER", "\"${OTHER}\"", "https://${OTHER}.example", "x$OTHER"] {
        sandbox.write(".env", &format!("\nTHIRD_URL={value}\n"));
        let message = run().run().failed(8);
        assert_eq!(
            message,
            "error: `THIRD_URL` on line 2 of `[DIR]/.env` refers to another variable with `$`, which is not filled in here\n\
             hint: write the value itself; between single quotes `$` means itself\n"
        );
    }
    // Other programs' variables may refer to whatever they like.
    sandbox.write(".env", "PATH_OF_APP=$HOME/app\nTHIRD_URL=https://plain.example\n");
    run().run().ok();
}

#[test]
fn what_is_wrong_in_the_user_file_is_said_without_repeating_it() {
    let sandbox = Sandbox::new();
    let message = |text: &str| {
        sandbox.write_config(text);
        sandbox.third(&["health"]).run().failed(8)
    };
    insta::assert_snapshot!(message("provider = 'third'\n\n[third]\ntoken = s3cr3t\n"), @"error: line 4 of `[HOME]/.config/spm/config.toml` is no TOML: string values must be quoted, expected literal string");
    insta::assert_snapshot!(message("[third]\ntoken = 's3cr3t'\n"), @r"
    error: `[HOME]/.config/spm/config.toml`: `third.token` is a secret: this is no reference to a secret; allowed are `env:NAME`, `file:/path` and `app:NAME`
    hint: put the secret itself into an environment variable or a file, and write down only where it is
    ");
    insta::assert_snapshot!(message("[third]\nbase_url = 'https://me:s3cr3t@host'\n"), @r"
    error: `[HOME]/.config/spm/config.toml`: the address `third.base_url` has a password in it, which does not belong into this file
    hint: leave the password out, or put the whole address into a file that THIRD_URL_FILE names
    ");
    insta::assert_snapshot!(message("[third]\ntoke = 'env:X'\n"), @r"
    error: `[HOME]/.config/spm/config.toml`: third: unknown setting `toke`; allowed are `base_url`, `token`, `team`, `ca_file`
    hint: did you mean `token`?
    ");
    insta::assert_snapshot!(message("[thrid]\n"), @r"
    error: `[HOME]/.config/spm/config.toml`: unknown provider `thrid`; allowed are `clickup`, `github`, `internal`, `jira`, `openproject`, `redmine`, `third`
    hint: did you mean `third`?
    ");
    insta::assert_snapshot!(message("providr = 'third'\n"), @r#"
    error: `[HOME]/.config/spm/config.toml`: there is no setting `providr` outside of a table
    hint: allowed are `provider = "NAME"` and a table for each backend: `[internal]`
    "#);
    insta::assert_snapshot!(message("[third]\nteam = ['a']\n"), @r"
    error: `[HOME]/.config/spm/config.toml`: `third.team` is no text
    hint: put the value between quotes
    ");
}

#[test]
fn settings_for_a_backend_of_another_program_are_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write_config("[third]\nbase_url = 'https://tracker.example'\n[internal]\nuser = 'ada'\n");
    let listed = sandbox.spm(&["config"]).run();
    let note = "left out: `[third]` in the user file; this program has no such backend";
    assert_eq!(listed.stderr.lines().last(), Some(note));
    assert!(listed.ok().contains("internal.user\tPM_USER\tada\tuser file\n"));
}

#[test]
fn a_wrong_choice_says_who_made_it() {
    let sandbox = Sandbox::new();
    sandbox.write(".env", "PM_PROVIDER=\"thi\\nrd\u{1b}[2J\"\n");
    insta::assert_snapshot!(sandbox.third(&["health"]).run().failed(8), @r"
    error: `PM_PROVIDER` in `.env`: unknown provider `thi\u{a}rd\u{1b}[2J`; allowed are `clickup`, `github`, `internal`, `jira`, `openproject`, `redmine`, `third`
    hint: did you mean `third`?
    ");
    insta::assert_snapshot!(sandbox.third(&["--provider", "intern", "health"]).run().failed(8), @r"
    error: unknown provider `intern`; allowed are `clickup`, `github`, `internal`, `jira`, `openproject`, `redmine`, `third`
    hint: did you mean `internal`?
    ");
}

#[test]
fn flags_are_checked() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.spm(&["-c", "s3cr3t", "health"]).run().failed(2), @r"
    error: --setting takes KEY=VALUE
    hint: `spm config` lists the keys
    ");
    insta::assert_snapshot!(sandbox.spm(&["-c", "databse_url=sqlite:x", "health"]).run().failed(8).replace("`database_password`, ", ""), @r"
    error: internal: unknown setting `databse_url`; allowed are `database_url`, `data_dir`, `user`
    hint: did you mean `database_url`?
    ");
    let run = sandbox.third(&["--provider", "third", "-c", "base_url=https://x", "-c", "token=s3cr3t", "health"]);
    insta::assert_snapshot!(run.run().failed(8), @r"
    error: `--setting token` is a secret: this is no reference to a secret; allowed are `env:NAME`, `file:/path` and `app:NAME`
    hint: put the secret itself into an environment variable or a file, and write down only where it is
    ");
}
