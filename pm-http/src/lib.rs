#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! | Module | What it holds |
//! |---|---|
//! | [`endpoint`] | the requests that a provider can send, as data: [`Endpoint`], [`endpoints!`] |
//! | [`client`] | [`Client`], [`Request`], [`Reply`], [`ErrorReply`], [`Download`]: sending, retries, errors, files |
//! | [`credential`] | who we are: [`Credential`], [`SecretSource`], [`MakeSecret`] |
//! | [`transport`] | certificates, proxies, patience: [`TransportSettings`], [`with_transport!`] |
//! | [`retry`] | [`RetryPolicy`] |
//! | [`limits`] | [`Limits`], [`Quota`], [`Pause`] |
//! | [`pace`] | [`Pace`]: how fast requests of a kind may follow each other |
//! | [`create`] | [`Create`]: creates that never happen twice |
//! | [`creating`] | [`Creating`]: a ready-made one; [`Made`], and what creates are told by |
//! | [`turns`] | [`Turns`]: one writer per item |
//! | [`answer`] | what is missing, hidden or deleted already; [`told`]: who met an error, at what; [`copied`] |
//! | [`cache`] | [`Cached`], [`CachedMap`]: what changes seldom |
//! | [`page`] | from fetched lists to pages that survive what comes and goes between them |
//! | [`batch`] | [`apply_batch`]: batches for backends without any |
//! | [`preview`] | what a backend will show of a patch |
//! | [`raw`] | [`Raw`]: an item with the text that it came as |
//! | [`feed`] | [`Told`](feed::Told): change feeds that tell nothing twice |
//! | [`ids`] | ids that are numbers |
//! | [`marker`] | [`Marker`]: what an idempotency key leaves in a text |
//! | [`settings`] | settings of a few words, or with a type of their own |
//! | [`signature`] | [`verify_hmac`]: signatures of webhook deliveries |

pub mod answer;
pub mod batch;
mod body;
pub mod cache;
pub mod client;
pub mod create;
pub mod creating;
pub mod credential;
pub mod endpoint;
pub mod feed;
pub mod ids;
pub mod limits;
pub mod marker;
pub mod pace;
pub mod page;
pub mod preview;
pub mod raw;
mod redact;
pub mod retry;
mod revalidate;
pub mod settings;
pub mod signature;
pub mod transport;
pub mod turns;

pub use answer::{copied, deleted, named, told, unless_forbidden, unless_hidden, unless_missing};
pub use batch::apply_batch;
pub use cache::{Cached, CachedMap};
pub use client::{Client, ClientBuilder, Download, ErrorReply, Reply, ReplyHead, Request};
pub use create::{Create, CreateTurn};
pub use creating::{Creating, Made};
pub use credential::{Credential, MadeSecret, MakeSecret, SecretSource};
pub use endpoint::{Endpoint, Method, Repeat};
pub use limits::{Limits, Pause, Quota};
pub use marker::{Marker, marked};
pub use pace::Pace;
pub use raw::Raw;
pub use retry::RetryPolicy;
pub use signature::{HmacAlgorithm, verify_hmac};
pub use transport::TransportSettings;
pub use turns::{Both, Turns};

/// What the macros need.
#[doc(hidden)]
pub mod private {
    pub use pm_provider::SettingSpec;
}
