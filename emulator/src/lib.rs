//! A local server that plays the vendors of a [`Model`](bindery_model::Model).
//!
//! One port serves every provider. A request is recognised by what its vendor requires (the
//! `X-TC-Action` header, the `Action` in the query, or the method and path), and then goes the way
//! it would go at the vendor: signature and time window, documented rate limit, region,
//! parameters, and at last an answer. Refusals come in the vendor's own envelope, with its code
//! and HTTP status.
//!
//! Answers come from a small world of users, calls, rooms and tokens, so that calls agree with
//! each other; an action that the world does not know is answered with the example from its page.
//!
//! On request things go wrong ([`Faults`]): codes of the vendor, pages of proxies, delays, resets
//! and replies that break off, by a script or at a rate. A [`Journal`] tells what was executed, so
//! that a test can say whether anything was done twice, or not at all.
//!
//! The signature checks are written from the vendors' documentation and share no code with the
//! client's signing, so that each can prove the other wrong.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use bindery_emulator::{Emulator, Secrets};
//!
//! # let model = bindery_model::Model::default();
//! let emulator = Emulator::new(Arc::new(model), Secrets::sample());
//! let server = emulator.listen("127.0.0.1:0".parse()?).await?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod arguments;
mod check;
mod clock;
mod connection;
mod events;
mod faults;
mod form;
mod gateway;
mod identifiers;
mod journal;
mod multipart;
mod page;
mod rate;
mod reply;
mod request;
mod route;
mod secrets;
mod server;
mod sessions;
mod signature;
mod world;

pub use events::{Ending, Streaming};
pub use faults::{Fault, FaultError, Faults};
pub use journal::Journal;
pub use secrets::Secrets;
pub use server::{Emulator, Server};
