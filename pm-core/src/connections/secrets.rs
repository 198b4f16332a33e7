//! What the secrets of a connection are read from, and what they must not be read from.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pm_provider::{Error, Result, Secret, SecretReference, SecretResolver};
use tokio::process::Command;

use crate::secrets::EnvironmentSecrets;

/// Variables of this prefix are there to be referred to.
pub const SECRET_PREFIX: &str = "PM_SECRET_";
/// Whoever has to be asked for a passphrase gets the time to type it.
const PATIENCE: Duration = Duration::from_secs(120);

/// What secrets may be read from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permitted {
    /// The variables, beside those that begin with [`SECRET_PREFIX`].
    pub(crate) variables: BTreeSet<String>,
    /// Whether programs are run.
    pub(crate) programs: bool,
}

/// Refuses a reference to what is none of a connection's business.
pub(super) fn may_read(reference: &SecretReference, permitted: &Permitted) -> Result<()> {
    match reference {
        SecretReference::Environment(name) if !is_allowed(name, permitted) => Err(foreign(name, permitted)),
        SecretReference::Command(_) if !permitted.programs => {
            let message = format!("`{reference}` would run a program; allowed is that in your own file alone");
            Err(Error::configuration(message)
                .hint("write the connection into the file of connections, or take another reference"))
        }
        _ => Ok(()),
    }
}

fn is_allowed(name: &str, permitted: &Permitted) -> bool {
    name.starts_with(SECRET_PREFIX) || permitted.variables.contains(name)
}

fn foreign(name: &str, permitted: &Permitted) -> Error {
    let own: Vec<_> = permitted.variables.iter().map(|name| format!("`{name}`, ")).collect();
    let message =
        format!("the variable `{name}` may not be read for this; allowed are {}and `{SECRET_PREFIX}…`", own.concat());
    Error::configuration(message)
        .hint(format!("call it `{SECRET_PREFIX}…`, or add it in your file of connections: allow_env = [\"{name}\"]"))
}

/// Fetches the secrets of one connection, anew each time.
#[derive(Debug)]
pub(crate) struct ConnectionSecrets {
    pub(crate) permitted: Permitted,
    pub(crate) environment: EnvironmentSecrets,
    /// The application's own vault.
    pub(crate) application: Option<Arc<dyn SecretResolver>>,
}

#[async_trait]
impl SecretResolver for ConnectionSecrets {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        may_read(reference, &self.permitted)?;
        match (reference, &self.application) {
            (SecretReference::Command(line), _) => printed_by(line, reference).await,
            (SecretReference::Application(_), Some(vault)) => vault.resolve(reference).await,
            _ => self.environment.resolve(reference).await,
        }
    }
}

/// Runs a program, without a shell, and takes the first line that it prints.
async fn printed_by(line: &str, reference: &SecretReference) -> Result<Secret> {
    let words = shlex::split(line).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let message = format!("`{reference}` is no command");
        return Err(Error::configuration(message).hint("write it as for a shell: quotes come in pairs"));
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.map_err(|_| late(reference))?;
    let output = output.map_err(|source| {
        Error::configuration(format!("the secret `{reference}` cannot be had: {source}")).with_source(source)
    })?;
    if !output.status.success() {
        let message = format!("the secret `{reference}` cannot be had: the program ended with {}", output.status);
        return Err(Error::configuration(message).hint("run the command yourself to see what it says"));
    }
    first_line(&output.stdout, reference)
}

fn late(reference: &SecretReference) -> Error {
    let message = format!("the secret `{reference}` cannot be had: no answer within {} s", PATIENCE.as_secs());
    Error::configuration(message).hint("run the command yourself to see what it waits for")
}

/// What password managers print has further lines at times: notes.
fn first_line(printed: &[u8], reference: &SecretReference) -> Result<Secret> {
    let line = str::from_utf8(printed).ok().and_then(|text| text.lines().next()).unwrap_or_default();
    if line.is_empty() {
        return Err(Error::configuration(format!("there is no secret at `{reference}`: the program printed none")));
    }
    Ok(Secret::new(line))
}
