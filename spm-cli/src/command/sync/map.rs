//! `spm sync map`.

use std::fs;

use clap::Args;
use pm_core::sync::config::{Mode, SyncConfig};
use pm_core::sync::{Mapping, NewMapping};
use pm_core::{ErrorKind, NewProject, PMProject};
use serde_json::{Map, Value, json};

use super::desk::{Desk, Known};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::note;
use crate::session::Session;

/// Which projects, and how they are kept in step.
#[derive(Args, Debug)]
pub(crate) struct MapArgs {
    /// The project of the internal database: key, name or id
    project: String,
    /// The connection, which has to stand in the internal database (`spm connection add --database`)
    #[arg(value_name = "CONNECTION")]
    through: String,
    /// The project over there: key, name or id
    external: String,
    /// Make the project of the internal database if there is none
    #[arg(long)]
    create: bool,
    /// Who may write where [default: what the mapping says so far, else observe]
    #[arg(long, value_parser = ["observe", "shadow", "mirror_in", "bidirectional"])]
    mode: Option<String>,
    /// Whose value wins where nothing else decides [default: internal]
    #[arg(long, value_parser = ["internal", "external"])]
    primary: Option<String>,
    /// How conflicts are decided; else each kind of field has its own way
    #[arg(long, value_parser = ["primary", "internal", "external", "newest", "merge", "manual"])]
    policy: Option<String>,
    /// How conflicts of one field are decided; `ignored` leaves the field alone
    #[arg(long, value_name = "FIELD=POLICY")]
    field: Vec<String>,
    /// What becomes of an item whose twin was deleted [default: archive]
    #[arg(long, value_parser = ["archive", "delete", "unlink", "manual"])]
    deletions: Option<String>,
    /// How items that are on both sides already are found [default: marks]
    #[arg(long, value_parser = ["marks", "content"])]
    matching: Option<String>,
    /// A status here and its name over there
    #[arg(long, value_name = "HERE=THERE")]
    status: Vec<String>,
    /// A priority here and its name over there
    #[arg(long, value_name = "HERE=THERE")]
    priority: Vec<String>,
    /// A person here and over there, by login or e-mail address
    #[arg(long, value_name = "HERE=THERE")]
    user: Vec<String>,
    /// Let items and comments cross that not everybody may see
    #[arg(long)]
    include_restricted: bool,
    /// Take all settings from this file, a JSON object; what options say comes on top
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Leave it out of runs that do not name it
    #[arg(long)]
    paused: bool,
}

pub(super) async fn run(session: &Session, args: &MapArgs) -> Result<()> {
    if session.sources.connection_flag().is_some() {
        let failure = Failure::usage("`--connection` chooses what a command works with, and this one has three names");
        return Err(failure.hint("spm sync map PROJECT CONNECTION PROJECT-OVER-THERE"));
    }
    // A wrong word is said before any server is asked.
    settings(session, args, None)?;
    let desk = Desk::open(session).await?;
    let external = desk.external(&args.through).await?;
    let over_there = Finder::new(external).project(&args.external).await;
    let over_there = over_there.map_err(|failure| failure.during(format!("connection `{}`", args.through)))?;
    let present = desk.mappings.find(&args.through, &over_there.id).await?;
    let settings = settings(session, args, present.as_ref())?;
    let project = project(&desk, args).await?;
    let mut new = NewMapping::new(&project.id, &args.through, &over_there.id);
    new.enabled = !args.paused;
    new.settings = settings;
    let mapping = desk.mappings.save(&new).await?;
    say(&Known { mapping, project: Some(project) }, &over_there, present.is_some())
}

/// Our project, made if that was asked for.
async fn project(desk: &Desk<'_>, args: &MapArgs) -> Result<PMProject> {
    let finder = Finder::new(desk.internal.clone());
    match finder.project(&args.project).await {
        Err(failure) if failure.code == Code::NotFound && args.create => {
            let made = desk.internal.create_project(NewProject::new(&args.project)).await?;
            note(format_args!("made the project `{}`", made.key.as_deref().unwrap_or(&made.name)));
            Ok(made)
        }
        Err(failure) if failure.code == Code::NotFound => Err(failure.hint("--create makes it")),
        found => found,
    }
}

/// What the mapping said so far, or the file, with the options on top; only what is not the default.
fn settings(session: &Session, args: &MapArgs, present: Option<&Mapping>) -> Result<Value> {
    let base = match &args.config {
        Some(path) => from_file(session, path)?,
        None => present.map(|mapping| mapping.settings.clone()).unwrap_or_default(),
    };
    let mut members = match base {
        Value::Object(members) => members,
        Value::Null => Map::new(),
        _ => return Err(Failure::settings("the settings of a mapping are a JSON object")),
    };
    apply(&mut members, args)?;
    let config = SyncConfig::from_json(&Value::Object(members));
    trimmed(&config.map_err(|error| match error.kind() {
        ErrorKind::Configuration => Failure::usage(error.message().to_owned()),
        _ => error.into(),
    })?)
}

fn from_file(session: &Session, path: &str) -> Result<Value> {
    let text = fs::read_to_string(session.host.path(path));
    let text = text.map_err(|error| Failure::io(format!("reading `{path}`"), &error))?;
    serde_json::from_str(&text).map_err(|error| Failure::usage(format!("`{path}` is no JSON: {error}")))
}

fn apply(members: &mut Map<String, Value>, args: &MapArgs) -> Result<()> {
    let words = [
        ("mode", &args.mode),
        ("primary", &args.primary),
        ("policy", &args.policy),
        ("deletions", &args.deletions),
        ("matching", &args.matching),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            members.insert(name.to_owned(), json!(word));
        }
    }
    let pairs =
        [("fields", &args.field), ("statuses", &args.status), ("priorities", &args.priority), ("users", &args.user)];
    for (name, pairs) in pairs {
        for pair in pairs {
            let (key, value) = split(pair)?;
            let table = members.entry(name).or_insert_with(|| json!({}));
            let table = table.as_object_mut();
            let table = table.ok_or_else(|| Failure::usage(format!("`{name}` of the settings is no JSON object")))?;
            table.insert(key.to_owned(), json!(value));
        }
    }
    if args.include_restricted {
        members.insert("include_restricted".to_owned(), json!(true));
    }
    Ok(())
}

fn split(pair: &str) -> Result<(&str, &str)> {
    let parts = pair.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    let parts = parts.filter(|(key, value)| !key.is_empty() && !value.is_empty());
    parts.ok_or_else(|| Failure::usage(format!("`{pair}` has to be two words with `=` between them")))
}

/// Without the members that are as they would be by default: those may become better with time.
fn trimmed(config: &SyncConfig) -> Result<Value> {
    let as_json = |config: &SyncConfig| {
        serde_json::to_value(config).map_err(|error| Failure::settings(format!("the settings have no JSON: {error}")))
    };
    let (mut members, defaults) = (as_json(config)?, as_json(&SyncConfig::default())?);
    if let Value::Object(members) = &mut members {
        members.retain(|name, value| defaults.get(name) != Some(value));
    }
    Ok(members)
}

fn say(known: &Known, over_there: &PMProject, is_there: bool) -> Result<()> {
    let config = known.mapping.config()?;
    let what = if is_there { "changed" } else { "mapped" };
    let mode = super::words::mode(config.mode);
    note(format_args!("{what} {known} (`{}`), mode `{mode}`", over_there.name));
    let name = known.name();
    match config.mode {
        Mode::Observe => {
            note(format_args!("`spm sync parity {name}` compares the two; --mode says who may write where"));
        }
        _ => note(format_args!("`spm sync plan {name}` shows what a run would do, `spm sync run {name}` does it")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: MapArgs,
    }

    fn applied(before: &Value, options: &[&str]) -> Value {
        let line = ["map", "web", "work", "WEB"].iter().chain(options);
        let mut members = before.as_object().cloned().unwrap_or_default();
        apply(&mut members, &Line::parse_from(line).args).unwrap();
        trimmed(&SyncConfig::from_json(&Value::Object(members)).unwrap()).unwrap()
    }

    #[test]
    fn options_come_on_top_of_what_was_said() {
        assert_eq!(applied(&json!({}), &[]), json!({}));
        let once =
            applied(&json!({}), &["--mode", "shadow", "--status", "In QA = In Progress", "--field", "title=newest"]);
        assert_eq!(
            once,
            json!({"mode": "shadow", "statuses": {"In QA": "In Progress"}, "fields": {"title": "newest"}})
        );
        let twice =
            applied(&once, &["--mode", "observe", "--field", "description=ignored", "--user", "ada=a@b.example"]);
        assert_eq!(
            twice,
            json!({
                "statuses": {"In QA": "In Progress"}, "users": {"ada": "a@b.example"},
                "fields": {"title": "newest", "description": "ignored"},
            })
        );
    }

    #[test]
    fn a_pair_has_two_words() {
        for wrong in ["", "=", "a=", "=b", "a"] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
        assert_eq!(split("a=b=c").unwrap(), ("a", "b=c"));
    }
}
