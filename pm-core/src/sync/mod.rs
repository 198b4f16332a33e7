//! Keeping projects of the internal database in step with those of other systems (feature `sync`).
//!
//! Everything of the engine, [`pm_sync`], stands here as well. This module adds what finds both sides: a [`Mapping`] is a
//! row of `project_sync_mappings`, a project of the internal database beside one of a [connection](crate::connections),
//! and [`Mappings`] has them all.
//!
//! ```no_run
//! use pm_core::connections::Connections;
//! use pm_core::sync::engine::RunOptions;
//! use pm_core::sync::{self, Mappings};
//! use pm_core::PmProviderBuilder;
//!
//! # async fn example() -> pm_core::Result<()> {
//! let connections = Connections::of_process()?;
//! let mappings = Mappings::new(connections.database().await?);
//! for mapping in mappings.list().await?.iter().filter(|mapping| mapping.enabled) {
//!     let connection = connections.get(&mapping.connection).await?;
//!     let instance = sync::instance(&connection);
//!     let external = PmProviderBuilder::from_env().connection(connection).build().await?;
//!     let engine = mappings.engine(mapping, external, instance).await?;
//!     match engine.run(&RunOptions::new()).await {
//!         Ok(report) => println!("{} writes", report.writes()),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod mapping;

pub use pm_sync::*;

pub use mapping::{Mapping, Mappings, NewMapping, instance};
