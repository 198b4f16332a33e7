//! The commands, one file or folder each.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

pub(crate) mod args;
mod attachment;
mod change;
mod completion;
mod config;
mod connection;
mod count;
mod delete;
mod export;
#[cfg(feature = "fake")]
mod fake;
mod health;
mod help;
mod import;
mod listing;
mod man;
mod many;
mod project;
mod provider;
mod pull_request;
mod sprint;
#[cfg(feature = "sync")]
mod sync;
mod task;
mod timeline;
mod title;
mod user;
mod words;

pub(crate) use export::Kind as ExportKind;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Work with projects
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Work with tasks (issues, tickets, cards)
    #[command(subcommand, visible_aliases = ["issue", "job"])]
    Task(task::TaskCommand),
    /// Work with sprints (milestones, versions, iterations)
    #[command(subcommand, visible_alias = "milestone")]
    Sprint(sprint::SprintCommand),
    /// Work with pull requests, where the backend has them
    #[command(name = "pr", subcommand, visible_alias = "pull-request")]
    PullRequest(pull_request::PullRequestCommand),
    /// Look at the files of tasks and download them, where the backend has them
    #[command(subcommand)]
    Attachment(attachment::AttachmentCommand),
    /// Look at users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Show tasks and sprints by date
    #[command(after_help = timeline::EXAMPLES)]
    Timeline(timeline::TimelineArgs),
    /// Bring items in from a file: JSON, JSON Lines, CSV
    Import(import::ImportArgs),
    /// Write everything to a file: JSON Lines, or CSV
    Export(export::ExportArgs),
    /// Keep projects of the internal database in step with those of other systems
    #[cfg(feature = "sync")]
    Sync(Box<sync::SyncArgs>),
    /// Ask the backend whether it is well, and who we are there
    Health(health::HealthArgs),
    /// Show which backends there are and what they can do
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Show and change settings, and where they come from
    Config(config::ConfigArgs),
    /// Keep named connections: several backends, each by a name of yours
    #[command(subcommand, after_help = connection::EXAMPLES)]
    Connection(connection::ConnectionCommand),
    /// Run a server for tests that behaves like a vendor's
    #[cfg(feature = "fake")]
    #[command(subcommand, after_help = fake::EXAMPLES)]
    Fake(fake::FakeCommand),
    /// Print a script that completes commands in your shell
    #[command(after_help = completion::EXAMPLES)]
    Completion(completion::CompletionArgs),
    /// Print the manual page of a command, or write all of them into a folder
    #[command(after_help = man::EXAMPLES)]
    Man(man::ManArgs),
    /// Explain a command, or `exit-codes`
    Help(help::HelpArgs),
}

/// Runs a command; `grammar` is the whole command line, for those that describe it.
pub(crate) async fn run(command: Command, session: Session, grammar: clap::Command) -> Result<Code> {
    match command {
        Command::Project(command) => command.run(&session).await,
        Command::Task(command) => command.run(&session).await,
        Command::Sprint(command) => command.run(&session).await,
        Command::PullRequest(command) => command.run(&session).await,
        Command::Attachment(command) => command.run(&session).await,
        Command::User(command) => command.run(&session).await,
        Command::Timeline(args) => timeline::run(&session, args).await,
        Command::Import(args) => import::run(&session, args).await,
        Command::Export(args) => export::run(&session, args).await,
        #[cfg(feature = "sync")]
        Command::Sync(args) => (*args).run(&session).await,
        Command::Health(args) => health::run(&session, args).await,
        Command::Provider(command) => command.run(&session).await,
        Command::Config(args) => args.run(&session).await,
        Command::Connection(command) => command.run(&session).await,
        #[cfg(feature = "fake")]
        Command::Fake(command) => command.run(&session).await,
        Command::Completion(args) => completion::run(&session, &args, grammar),
        Command::Man(args) => man::run(&session, &args, &grammar),
        Command::Help(args) => help::run(&session, &args, grammar),
    }
}
