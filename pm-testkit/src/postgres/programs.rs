//! Where the server programs are, and as whom they run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::PostgresError;

const NEEDED: [&str; 3] = ["initdb", "postgres", "psql"];
/// Where Debian and its relatives keep one folder per version.
const VERSIONS: &str = "/usr/lib/postgresql";
const HINT: &str = "hint: `apt-get install postgresql`";
/// What a developer may have set for databases of their own.
const SETTINGS: [&str; 7] = ["PGDATA", "PGDATABASE", "PGHOST", "PGOPTIONS", "PGPORT", "PGSERVICE", "PGUSER"];

/// Finds the folder that holds all needed programs.
pub(super) fn locate(chosen: Option<&Path>) -> Result<PathBuf, PostgresError> {
    if let Some(folder) = chosen {
        return complete(folder.to_owned()).ok_or_else(|| {
            let names = NEEDED.join("`, `");
            PostgresError::unavailable(format!("`{}` does not hold all of `{names}`\n{HINT}", folder.display()))
        });
    }
    on_path()
        .and_then(complete)
        .or_else(|| newest_in(Path::new(VERSIONS)))
        .ok_or_else(|| PostgresError::unavailable(format!("no `initdb` in `PATH` or `{VERSIONS}`\n{HINT}")))
}

fn complete(folder: PathBuf) -> Option<PathBuf> {
    NEEDED.iter().all(|name| folder.join(name).is_file()).then_some(folder)
}

/// The shell knows `PATH`, which this crate does not read; the link is followed because only `initdb` may be linked.
fn on_path() -> Option<PathBuf> {
    let found = text_of(Command::new("sh").args(["-c", "command -v initdb"]))?;
    let program = Path::new(&found).canonicalize().ok()?;
    program.parent().map(Path::to_owned)
}

fn newest_in(versions: &Path) -> Option<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir(versions)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, complete(path.join("bin"))?))
        })
        .collect();
    folders.sort();
    folders.pop().map(|(_, folder)| folder)
}

/// Is the user that runs the server in place of root.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    user: u32,
    group: u32,
}

/// Prepares a command for the server's side: away from root, from the caller's folder and from its terminal's signals.
pub(super) fn as_server(command: &mut Command) -> Result<&mut Command, PostgresError> {
    // The caller's folder may be closed to the other user.
    without_settings(command).current_dir("/");
    let running_as_root = text_of(Command::new("id").arg("-u")).as_deref() == Some("0");
    let account = if running_as_root { Some(account()?) } else { None };
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // An interrupt from the keyboard goes to a whole process group: it must not stop the one who cleans up.
        command.process_group(0);
        if let Some(account) = account {
            command.uid(account.user).gid(account.group);
        }
    }
    Ok(command)
}

/// Takes away the settings that would lead the programs to another server.
pub(super) fn without_settings(command: &mut Command) -> &mut Command {
    for name in SETTINGS {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C")
}

fn account() -> Result<Account, PostgresError> {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|name| account_in(&users, name)).ok_or_else(|| {
        PostgresError::unavailable(format!(
            "PostgreSQL refuses to run as root, and `/etc/passwd` knows no user `postgres`\n{HINT}"
        ))
    })
}

/// Reads `name:password:user:group:…`.
fn account_in(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        Some(Account { user: fields.nth(1)?.parse().ok()?, group: fields.next()?.parse().ok()? })
    })
}

fn text_of(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn accounts_are_read_by_their_whole_name() {
        let users =
            "root:x:0:0:root:/root:/bin/bash\npostgres2:x:1:2::/:/bin/sh\npostgres:x:101:104:,,,:/var:/bin/sh\n";
        let expected = Account { user: 101, group: 104 };
        assert_eq!(account_in(users, "postgres"), Some(expected));
        assert_eq!(account_in(users, "nobody"), None);
        assert_eq!(account_in("postgres:x:high:1::/:", "postgres"), None);
    }

    #[test]
    fn the_newest_complete_version_is_taken_by_number() {
        let root = tempfile::tempdir().unwrap();
        for (version, programs) in [("9", &NEEDED[..]), ("15", &NEEDED[..]), ("16", &NEEDED[..2])] {
            let folder = root.path().join(version).join("bin");
            std::fs::create_dir_all(&folder).unwrap();
            for program in programs {
                std::fs::write(folder.join(program), "").unwrap();
            }
        }
        assert_eq!(newest_in(root.path()), Some(root.path().join("15/bin")));
        assert_eq!(newest_in(&root.path().join("nowhere")), None);
    }

    #[test]
    fn a_chosen_folder_without_the_programs_is_unavailable() {
        let error = locate(Some(Path::new("/nowhere"))).unwrap_err();
        assert!(error.is_unavailable());
        assert!(error.to_string().contains("`/nowhere` does not hold all of `initdb`"), "{error}");
        assert!(error.to_string().ends_with("\nhint: `apt-get install postgresql`"), "{error}");
    }
}
