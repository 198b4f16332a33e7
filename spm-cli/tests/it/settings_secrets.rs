//! Planted tokens: whatever is asked, and however loudly, none of them is in what is said.

use crate::support::Sandbox;

const PLANTED: [&str; 6] = [
    "pl4nted-environment",
    "pl4nted-dotenv",
    "pl4nted-user-file",
    "pl4nted-address",
    "pl4nted-parameter",
    "pl4nted-database",
];

const COMMANDS: [&str; 22] = [
    "config",
    "config --json key,variable,value,source,place,required,secret,help",
    "config get token",
    "config get base_url",
    "config get internal.database_url",
    "config get third.team",
    "config path",
    "config trust",
    "config trust --yes",
    "config trust --list",
    "config set third.token env:THIRD_TOKEN",
    "config unset third.token",
    "provider list --json name,settings,capabilities",
    "provider show third",
    "health",
    "health --json provider,backend,user,settings",
    "task list",
    "task view X-1",
    "--provider internal health",
    "--provider internal task list",
    "--provider thrid health",
    "-c token=pl4nted-flag health",
];

/// Runs every command with tokens in one place; nothing that begins like a token may come out.
fn nothing_shows(sandbox: &Sandbox, variables: &[(&str, &str)]) {
    let mut answered = 0;
    for command in COMMANDS {
        for verbose in ["", "-v", "-vv"] {
            let arguments: Vec<_> =
                [verbose].into_iter().chain(command.split(' ')).filter(|word| !word.is_empty()).collect();
            let mut run = sandbox.third(&arguments);
            for (name, value) in variables {
                run = run.env(name, value);
            }
            let outcome = run.run();
            answered += usize::from(outcome.code == 0);
            assert!(!outcome.all().contains("pl4nted"), "{command}: {outcome:?}");
            assert!(!outcome.all().is_empty() || command.contains("--list"), "{command}");
        }
    }
    assert!(answered > 0);
}

#[test]
fn of_the_environment() {
    let [environment, _, _, address, parameter, database] = PLANTED;
    let sandbox = Sandbox::new();
    let url = format!("https://me:{address}@tracker.example/?key={parameter}");
    let database = format!("postgres://me:{database}@127.0.0.1:1/db?password={database}");
    let variables =
        [("PM_PROVIDER", "third"), ("THIRD_TOKEN", environment), ("THIRD_URL", &url), ("PM_DATABASE_URL", &database)];
    nothing_shows(&sandbox, &variables);
}

#[test]
fn of_dotenv() {
    let [environment, dotenv, _, address, parameter, database] = PLANTED;
    let sandbox = Sandbox::new();
    sandbox.write(
        ".env",
        &format!(
            "PM_PROVIDER=third\nTHIRD_TOKEN='{dotenv}'\nTHIRD_URL=https://{address}@tracker.example/?key={parameter}\n\
             PM_DATABASE_URL=postgres://me:{database}@127.0.0.1:1/db\n"
        ),
    );
    nothing_shows(&sandbox, &[]);
    nothing_shows(&sandbox, &[("THIRD_TOKEN", environment), ("PGPASSWORD", environment)]);
}

#[test]
fn of_files_that_cannot_be_read() {
    let [_, dotenv, user_file, ..] = PLANTED;
    for text in [
        format!("PM_PROVIDER=third\nTHIRD_TOKEN {dotenv}\n"),
        format!("PM_PROVIDER=third\nTHIRD_URL=https://x.example\nTHIRD_TOKEN='{dotenv}\n"),
        format!("PM_PROVIDER=third\nTHIRD_URL={dotenv}\nTHIRD_TOKEN={dotenv}${dotenv}\n"),
        format!("PM_PROVIDER=third\nTHIRD_URL=https://me:1/{dotenv}@x.example\nTHIRD_TOKEN={dotenv}\n"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write(".env", &text);
        nothing_shows(&sandbox, &[]);
    }
    for text in [
        format!("provider = 'third'\n[third]\ntoken = '{user_file}'\n"),
        format!("provider = 'third'\n[third]\ntoken = {user_file}\n"),
        format!("provider = 'third'\n[third]\nbase_url = 'https://me:{user_file}@x.example'\n"),
        format!("provider = 'third'\n[third]\nbase_url = 'https://me:1/{user_file}@x.example'\n"),
        format!("provider = 'third'\n[internal]\ndatabase_url = 'postgres:///db?password={user_file}'\n"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write_config(&text);
        nothing_shows(&sandbox, &[("THIRD_URL", "https://x.example")]);
    }
}

#[test]
fn of_files_that_references_name() {
    let [_, dotenv, user_file, address, ..] = PLANTED;
    let sandbox = Sandbox::new();
    sandbox.write("token", dotenv).write("url", &format!("https://me:{address}@tracker.example"));
    sandbox.write("../home/.config/spm/own", user_file);
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_URL_FILE=url\nTHIRD_TOKEN_FILE=token\n");
    sandbox.write_config("[third]\ntoken = 'file:own'\n");
    nothing_shows(&sandbox, &[]);
    sandbox.write(".env", "PM_PROVIDER=third\nTHIRD_URL_FILE=token\n");
    nothing_shows(&sandbox, &[]);
}
