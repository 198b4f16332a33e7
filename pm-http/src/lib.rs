#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! | Module | What it holds |
//! |---|---|
//! | [`endpoint`] | the requests that a provider can send, as data: [`Endpoint`], [`endpoints!`] |
//! | [`client`] | [`Client`], [`Request`], [`Reply`], [`ErrorReply`]: sending, retries, errors |
//! | [`credential`] | who we are: [`Credential`], [`SecretSource`] |
//! | [`transport`] | certificates, proxies, patience: [`TransportSettings`], [`with_transport!`] |
//! | [`retry`] | [`RetryPolicy`] |
//! | [`limits`] | [`Limits`], [`Quota`] |
//! | [`create`] | [`Create`]: creates that never happen twice |
//! | [`page`] | from fetched lists to pages that survive what comes and goes between them |
//! | [`batch`] | [`apply_batch`]: batches for backends without any |
//! | [`raw`] | [`Raw`]: an item with the text that it came as |
//! | [`marker`] | [`Marker`]: what an idempotency key leaves in a text |
//! | [`signature`] | [`verify_hmac`]: signatures of webhook deliveries |

pub mod batch;
mod body;
pub mod client;
pub mod create;
pub mod credential;
pub mod endpoint;
pub mod limits;
pub mod marker;
pub mod page;
pub mod raw;
mod redact;
pub mod retry;
mod revalidate;
pub mod signature;
pub mod transport;

pub use batch::apply_batch;
pub use client::{Client, ClientBuilder, ErrorReply, Reply, ReplyHead, Request};
pub use create::Create;
pub use credential::{Credential, SecretSource};
pub use endpoint::{Endpoint, Method, Repeat};
pub use limits::{Limits, Quota};
pub use marker::Marker;
pub use raw::Raw;
pub use retry::RetryPolicy;
pub use signature::{HmacAlgorithm, verify_hmac};
pub use transport::TransportSettings;

/// What the macros need.
#[doc(hidden)]
pub mod private {
    pub use pm_provider::SettingSpec;
}
