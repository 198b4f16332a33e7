//! A `.env` file, which may be somebody else's, gets no secret of the user's.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Run, Sandbox};

const LOGIN: [&str; 5] = ["health", "--json", "user", "--jq", ".user.login"];

fn health(sandbox: &Sandbox) -> Run<'_> {
    sandbox.third(&[&["--provider", "third"][..], &LOGIN].concat())
}

fn with_dotenv(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".env", text);
    sandbox
}

#[test]
fn a_token_of_the_environment_does_not_go_to_an_address_in_dotenv() {
    let sandbox = with_dotenv("THIRD_URL=https://evil.example/api\n");
    insta::assert_snapshot!(health(&sandbox).env("THIRD_TOKEN", "s3cr3t").run().failed(8), @r"
    error: `[DIR]/.env` is not trusted: `THIRD_URL` sends `token` (`THIRD_TOKEN` of the environment) to `https://evil.example`
    hint: look at the file; if it is yours, say `spm config trust`, or set `THIRD_URL` in your environment
    ");
    // Without a secret there is nothing to lose, and an address of one's own is always right.
    assert_eq!(health(&sandbox).run().ok(), "guest@evil.example\n");
    let own = health(&sandbox).env("THIRD_TOKEN", "s3cr3t").env("THIRD_URL", "https://own.example").run();
    assert_eq!(own.ok(), "token-of-6@own.example\n");
}

#[test]
fn whatever_source_of_the_users_a_token_has_it_stays() {
    let url = "THIRD_URL=https://evil.example\n";
    let sandbox = with_dotenv(url);
    let flagged = sandbox.third(&["--provider", "third", "-c", "token=env:T", "health"]).env("T", "s3cr3t").run();
    assert!(flagged.failed(8).contains("sends `token` (`--setting token`) to `https://evil.example`"));
    sandbox.write("../home/token", "s3cr3t");
    let file = sandbox.home().join("token");
    let in_file = health(&sandbox).env("THIRD_TOKEN_FILE", file.to_str().unwrap()).run().failed(8);
    assert!(in_file.contains("sends `token` (`THIRD_TOKEN_FILE` of the environment) to"), "{in_file}");
    sandbox.write_config("[third]\ntoken = 'env:T'\nbase_url = 'https://own.example'\n");
    let in_user_file = health(&sandbox).env("T", "s3cr3t").run().failed(8);
    assert!(in_user_file.contains("sends `token` (`third.token` in the user file) to"), "{in_user_file}");
}

#[test]
fn a_token_beside_the_address_is_the_folders_own() {
    let sandbox = with_dotenv("THIRD_URL=https://tracker.example\nTHIRD_TOKEN=22\n");
    assert_eq!(health(&sandbox).run().ok(), "token-of-2@tracker.example\n");
    // It may also go where the user sends it.
    let own = health(&sandbox).env("THIRD_URL", "https://own.example").run();
    assert_eq!(own.ok(), "token-of-2@own.example\n");
}

#[test]
fn a_certificate_authority_of_the_folders_gets_no_token_of_the_users() {
    let sandbox = with_dotenv("THIRD_CA_FILE=ca.pem\n");
    let own = || health(&sandbox).env("THIRD_URL", "https://own.example");
    assert_eq!(own().run().ok(), "guest@own.example\n");
    insta::assert_snapshot!(own().env("THIRD_TOKEN", "s3cr3t").run().failed(8), @r"
    error: `[DIR]/.env` is not trusted: `THIRD_CA_FILE` lets whoever is in `ca.pem` receive `token` (`THIRD_TOKEN` of the environment) in the place of your backend
    hint: look at the file; if it is yours, say `spm config trust`, or set `THIRD_CA_FILE` in your environment
    ");
    let trust = sandbox.third(&["--provider", "third", "config", "trust", "--yes"]).env("THIRD_TOKEN", "s3cr3t").run();
    trust.ok();
    assert_eq!(own().env("THIRD_TOKEN", "s3cr3t").run().ok(), "token-of-6@own.example\n");
}

#[test]
fn no_spelling_of_an_address_slips_through() {
    let sandbox = Sandbox::new();
    for (value, origin) in [
        ("HTTPS://EVIL.example", "https://evil.example"),
        ("'  https://evil.example'", "https://evil.example"),
        ("\"ht\\ntps://evil.example\"", "https://evil.example"),
        ("https:evil.example", "https://evil.example"),
        ("https://good.example@evil.example", "https://evil.example"),
        ("https://me:pw@evil.example:8443/x", "https://evil.example:8443"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://2130706433/", "http://127.0.0.1"),
        ("ftp://evil.example", "ftp://evil.example"),
    ] {
        sandbox.write(".env", &format!("THIRD_URL={value}\n"));
        let message = health(&sandbox).env("THIRD_TOKEN", "s3cr3t").run().failed(8);
        assert!(message.contains(&format!(" to `{origin}`\n")), "{value}: {message}");
        assert!(!message.contains("pw"), "{message}");
    }
    for value in ["evil.example", "evil.example:443/x", "//evil.example", "https://"] {
        sandbox.write(".env", &format!("THIRD_URL={value}\n"));
        let run = || health(&sandbox).env("THIRD_TOKEN", "s3cr3t");
        assert!(run().run().failed(8).contains("unclear where to\n"), "{value}");
        let trust =
            sandbox.third(&["--provider", "third", "config", "trust", "--yes"]).env("THIRD_TOKEN", "s3cr3t").run();
        assert!(trust.failed(8).contains("cannot be trusted"), "{value}");
    }
}

#[test]
fn an_address_in_any_other_setting_counts_too() {
    let sandbox = with_dotenv("THIRD_URL=https://tracker.example\nTHIRD_TEAM=http://evil.example/team\n");
    let message = health(&sandbox).env("THIRD_TOKEN", "x").env("THIRD_URL", "https://own.example").run().failed(8);
    assert!(message.contains("`THIRD_TEAM` sends `token` (`THIRD_TOKEN` of the environment) to `http://evil.example`"));
    sandbox.write(".env", "THIRD_TEAM=blue\n");
    let plain = health(&sandbox).env("THIRD_TOKEN", "x").env("THIRD_URL", "https://own.example").run();
    assert_eq!(plain.ok(), "token-of-1@own.example/blue\n");
}

#[test]
fn no_file_that_dotenv_names_is_read() {
    let sandbox = with_dotenv("THIRD_URL=https://evil.example\nTHIRD_TOKEN_FILE=../home/key\n");
    sandbox.write("../home/key", "s3cr3t");
    insta::assert_snapshot!(health(&sandbox).run().failed(8), @r"
    error: `[DIR]/.env` is not trusted: `THIRD_TOKEN_FILE` has `token` read from the file `[HOME]/key`, which may be outside of this folder; `THIRD_URL` sends `token` (`THIRD_TOKEN_FILE` in `.env`) to `https://evil.example`
    hint: look at the file; if it is yours, say `spm config trust`, or set `THIRD_TOKEN` in your environment
    ");
    // Neither behind a link within the folder, nor for an address of the user's own, nor as an address.
    fs::remove_file(sandbox.work().join(".env")).unwrap();
    symlink(sandbox.home().join("key"), sandbox.work().join("innocent")).unwrap();
    sandbox.write(".env", "THIRD_TOKEN_FILE=innocent\n");
    let linked = health(&sandbox).env("THIRD_URL", "https://own.example").run().failed(8);
    assert!(linked.contains("read from the file `[HOME]/key`"), "{linked}");
    sandbox.write(".env", "THIRD_URL_FILE=../home/key\n");
    let address = health(&sandbox).run().failed(8);
    assert!(address.contains("`THIRD_URL_FILE` has `base_url` read from the file `[HOME]/key`"), "{address}");
}

#[test]
fn an_address_behind_an_allowed_file_is_looked_at_as_well() {
    let sandbox = with_dotenv("PM_PROVIDER=third\nTHIRD_URL_FILE=url\n");
    sandbox.write("url", "https://evil.example\n");
    let third = |arguments: &[&str]| sandbox.third(arguments).env("THIRD_TOKEN", "s3cr3t").run();
    let trust = ["config", "trust", "--yes"];
    assert!(third(&trust).stderr.contains("`base_url` read from the file `[DIR]/url`"));
    assert!(
        third(&LOGIN).failed(8).contains("sends `token` (`THIRD_TOKEN` of the environment) to `https://evil.example`")
    );
    third(&trust).ok();
    assert_eq!(third(&LOGIN).ok(), "token-of-6@evil.example\n");
    sandbox.write("url", "https://worse.example\n");
    assert!(third(&LOGIN).failed(8).contains("to `https://worse.example`"));
}

#[test]
fn trust_is_for_one_host_and_ends_with_it() {
    let sandbox = with_dotenv("PM_PROVIDER=third\nTHIRD_URL=https://tracker.example/one\n");
    let third = |arguments: &[&str]| sandbox.third(arguments).env("THIRD_TOKEN", "s3cr3t").run();
    let trusted = third(&["config", "trust", "--yes"]);
    insta::assert_snapshot!(trusted.stderr, @r"
    `[DIR]/.env` wishes for the backend `third`:
      `THIRD_URL` sends `token` (`THIRD_TOKEN` of the environment) to `https://tracker.example`
    allowed; `spm config trust --remove` takes it back
    ");
    assert_eq!(third(&LOGIN).ok(), "token-of-6@tracker.example\n");
    assert_eq!(
        third(&["config", "trust"]).stderr.lines().last().unwrap(),
        "nothing in `[DIR]/.env` needs to be allowed"
    );
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_URL=https://TRACKER.example:443/two\n");
    third(&LOGIN).ok();
    for other in ["http://tracker.example", "https://tracker.example:444", "https://tracker.example.evil.example"] {
        sandbox.write(".env", &format!("PM_PROVIDER=third\nTHIRD_URL={other}\n"));
        assert!(third(&LOGIN).failed(8).contains(&format!("to `{other}`")), "{other}");
    }
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_URL=https://tracker.example\n");
    insta::assert_snapshot!(third(&["config", "trust", "--list"]).ok(), @"[DIR]/.env	third	base_url	https://tracker.example");
    assert_eq!(
        third(&["config", "trust", "--remove"]).stderr,
        "no longer allowed: `third.base_url` and `https://tracker.example`\n"
    );
    third(&LOGIN).failed(8);
}

#[test]
fn trust_is_for_one_folder_and_one_backend() {
    let sandbox = with_dotenv("PM_PROVIDER=third\nTHIRD_URL=https://tracker.example\n");
    sandbox.write("clone/.env", "PM_PROVIDER=third\nTHIRD_URL=https://tracker.example\n");
    let third = |arguments: &[&str]| sandbox.third(arguments).env("THIRD_TOKEN", "s3cr3t");
    third(&["config", "trust", "-y"]).run().ok();
    third(&LOGIN).run().ok();
    third(&LOGIN).within("clone").run().failed(8);
    let mode = fs::metadata(sandbox.home().join(".config/spm/trust.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = third(&["--provider", "internal", "config", "trust", "--remove"]).run();
    assert_eq!(kept.stderr, "nothing was allowed to `[DIR]/.env`\n");
    third(&LOGIN).run().ok();
}

#[test]
fn nothing_is_allowed_without_a_yes() {
    let sandbox = with_dotenv("PM_PROVIDER=third\nTHIRD_URL=https://tracker.example\n");
    let asked = sandbox.third(&["config", "trust"]).env("THIRD_TOKEN", "s3cr3t").input("y\n").run().failed(2);
    assert!(asked.ends_with("hint: say --yes where nobody can answer\n"), "{asked}");
    assert!(!sandbox.home().join(".config").exists());
    let nobody = sandbox.third(&["config", "trust", "-y"]).env("THIRD_TOKEN", "s3cr3t").env("HOME", "").run();
    insta::assert_snapshot!(nobody.failed(8).lines().skip(2).collect::<Vec<_>>().join("\n"), @r"
    error: there is no folder for settings
    hint: set HOME or XDG_CONFIG_HOME
    ");
    fs::remove_file(sandbox.work().join(".env")).unwrap();
    assert_eq!(sandbox.third(&["config", "trust"]).run().failed(3), "error: there is no `[DIR]/.env`\n");
}

#[test]
fn a_broken_record_of_trust_allows_nothing() {
    let sandbox = with_dotenv("PM_PROVIDER=third\nTHIRD_URL=https://tracker.example\n");
    let third = || sandbox.third(&LOGIN).env("THIRD_TOKEN", "s3cr3t").run().failed(8);
    sandbox.write("../home/.config/spm/trust.toml", "[[trusted]]\nfile = '/x'\n");
    assert!(third().contains("has an entry without file, provider, setting or origin"));
    sandbox.write("../home/.config/spm/trust.toml", "[[trusted\n");
    assert!(third().contains("line 1 of `[HOME]/.config/spm/trust.toml` is no TOML"));
}

#[test]
fn the_password_of_postgresql_is_a_secret_like_any_other() {
    let sandbox = with_dotenv("PM_DATABASE_URL=postgres://me@evil.invalid/db\n");
    let message = sandbox.spm(&["health"]).env("PGPASSWORD", "s3cr3t").run().failed(8);
    assert!(message.contains("`PM_DATABASE_URL` sends") && message.contains("PGPASSWORD"), "{message}");
    assert!(message.contains("to `postgres://evil.invalid`") && !message.contains("s3cr3t"), "{message}");
    for parameter in ["host=evil.invalid", "h%6Fst=evil.invalid", "hostaddr=192.0.2.1"] {
        sandbox.write(".env", &format!("PM_DATABASE_URL=postgres:///db?{parameter}\n"));
        let message = sandbox.spm(&["health"]).run().failed(8);
        assert!(message.contains(&format!("to `postgres:///?{parameter}`")), "{message}");
    }
    // A file is no place that a password is sent to.
    sandbox.write(".env", "PM_DATABASE_URL=sqlite:pm.sqlite3\n");
    let message = sandbox.spm(&["health"]).env("PGPASSWORD", "s3cr3t").run().failed(8);
    assert!(message.starts_with("error: there is no database file `pm.sqlite3`"), "{message}");
}

#[test]
fn nobody_guesses_where_the_driver_of_postgresql_finds_a_password() {
    let sandbox = with_dotenv("PM_DATABASE_URL=postgres://me@evil.invalid/db\n");
    insta::assert_snapshot!(sandbox.spm(&["health"]).env("HOME", "").env("PGPASSFILE", "missing").run().failed(8), @r"
    error: `[DIR]/.env` is not trusted: `PM_DATABASE_URL` sends what PostgreSQL's driver finds by itself (`PGPASSWORD`, `~/.pgpass`, `PGHOST`) to `postgres://evil.invalid`
    hint: look at the file; if it is yours, say `spm config trust`, or set `PM_DATABASE_URL` in your environment
    ");
    // A password beside the address is the folder's own.
    sandbox.write(".env", "PM_DATABASE_URL=postgres://me:own@127.0.0.1:1/db\n");
    sandbox.spm(&["health"]).run().failed(7);
    sandbox.write(".env", "PM_DATABASE_URL=postgres://me@127.0.0.1:1/db\nPGPASSWORD=own\n");
    sandbox.spm(&["health"]).run().failed(7);
    sandbox.write(".env", "PM_DATABASE_URL=postgres:///db?host=/nonexistent\n");
    sandbox.spm(&["health"]).run().failed(7);
}

#[test]
fn the_way_to_a_server_is_part_of_what_is_trusted() {
    let sandbox = Sandbox::new();
    let url = |text: &str| {
        sandbox.write(".env", &format!("PM_DATABASE_URL={text}\n"));
    };
    let health =
        || sandbox.spm(&["health"]).env("PGPASSWORD", "s3cr3t").env("PGHOST", "127.0.0.1").env("PGPORT", "1").run();
    url("postgres:///db?sslmode=disable");
    let message = health().failed(8);
    assert!(message.contains("(`PGPASSWORD` of the environment) to `postgres:///?sslmode=disable`"), "{message}");
    url("postgres://me@127.0.0.1:1/db?sslmode=require");
    sandbox.spm(&["config", "trust", "--yes"]).env("PGPASSWORD", "s3cr3t").run().ok();
    health().failed(7);
    for changed in ["sslmode=disable", "sslmode=require&sslrootcert=here", "sslmode=require&options=-c%20a=b"] {
        url(&format!("postgres://me@127.0.0.1:1/db?{changed}"));
        let message = health().failed(8);
        assert!(message.contains(&format!("to `postgres://127.0.0.1:1/?{changed}`")), "{message}");
    }
}

#[test]
fn no_spelling_of_an_address_hides_in_a_text() {
    let sandbox = Sandbox::new();
    let own = || health(&sandbox).env("THIRD_TOKEN", "x").env("THIRD_URL", "https://own.example").run();
    for value in ["https:evil.example", "'https:\\\\evil.example'", "'https:/\n/evil.example'"] {
        sandbox.write(".env", &format!("THIRD_TEAM={value}\n"));
        assert!(
            own().failed(8).contains("`THIRD_TEAM` sends `token` (`THIRD_TOKEN` of the environment) to `https://evil")
        );
    }
    for value in ["//evil.example", "'\\\\evil.example'", "evil.example:443", "file:/x", "sqlite:x"] {
        sandbox.write(".env", &format!("THIRD_TEAM={value}\n"));
        assert!(own().failed(8).contains("unclear where to\n"), "{value}");
    }
}
