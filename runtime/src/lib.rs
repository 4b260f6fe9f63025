//! The runtime of Bindery: signs, sends and decodes the calls that Bindery generates.
//!
//! A generated crate says what an action is called, what it takes and what it returns; everything
//! that is done with that is here. A [`Config`] says who calls and within what limits, a generated
//! client makes a [`Call`], and awaiting it gives a [`Response`] or an [`ActionError`].
//!
//! ```no_run
//! # mod trtc {
//! #     use bindery_runtime::support::{
//! #         Action, Dispatch, ArrayStyle, Operation, Paged, Pagination, Provider, Service,
//! #         ServiceClient, Slot, ValueMut,
//! #     };
//! #     use bindery_runtime::{ActionError, Call, Config, Error, record, string_enum};
//! #     pub struct DescribeUsers { pub page: Option<u64>, pub size: Option<u64> }
//! #     pub struct DescribeUsersOutput { pub total: Option<u64>, pub users: Vec<User> }
//! #     #[derive(PartialEq)]
//! #     pub enum Code { ResourceNotFound, Unknown(bindery_runtime::UnknownValue<String>) }
//! #     pub struct User { pub name: Option<String> }
//! #     record! { DescribeUsers { 0 => page: "Page", 1 => size: "Size", } }
//! #     record! { DescribeUsersOutput { 0 => total: "Total", 1 => users: "Users", } }
//! #     record! { User { 0 => name: "Name", } }
//! #     string_enum! { Code { "ResourceNotFound" => ResourceNotFound, } }
//! #     static PROVIDER: Provider = Provider {
//! #         name: "tencent", telemetry_name: "tencentcloud", dispatch: Dispatch::Header,
//! #         arrays: ArrayStyle::Indexed,
//! #         clock_window: std::time::Duration::from_mins(5), errors: &[],
//! #     };
//! #     static SERVICE: Service = Service {
//! #         provider: &PROVIDER, name: "trtc", version: "2019-07-22",
//! #         host: "trtc.tencentcloudapi.com", errors: &[],
//! #     };
//! #     impl Action for DescribeUsers {
//! #         type Output = DescribeUsersOutput;
//! #         type ErrorCode = Code;
//! #         const OPERATION: Operation = Operation::new(&SERVICE, "DescribeUsers");
//! #     }
//! #     impl Paged for DescribeUsers {
//! #         type Item = User;
//! #         const PAGINATION: Pagination =
//! #             Pagination::Number {
//! #                 page: "Page", first: 0, size: "Size", default_size: 20,
//! #                 max_size: Some(100), total: None,
//! #             };
//! #         fn input(&mut self, name: &str) -> Slot<'_> {
//! #             match name {
//! #                 "Page" => ValueMut::as_slot(&mut self.page),
//! #                 "Size" => ValueMut::as_slot(&mut self.size),
//! #                 _ => Slot::None,
//! #             }
//! #         }
//! #         fn items(page: &mut DescribeUsersOutput) -> Option<&mut Vec<User>> { Some(&mut page.users) }
//! #     }
//! #     impl DescribeUsers {
//! #         pub fn new() -> Self { Self { page: None, size: None } }
//! #     }
//! #     pub struct Client(ServiceClient);
//! #     impl Client {
//! #         pub fn new(config: &Config) -> Result<Self, Error> {
//! #             ServiceClient::new(config, &SERVICE).map(Self)
//! #         }
//! #         pub fn describe_users(&self, request: DescribeUsers) -> Call<DescribeUsers> {
//! #             self.0.call(request)
//! #         }
//! #     }
//! # }
//! # use trtc::{Code, DescribeUsers};
//! # async fn run() -> Result<(), bindery_runtime::Error> {
//! use bindery_runtime::{Config, Credential};
//!
//! let credential = Credential::tencent("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "the secret key");
//! let config = Config::builder(credential).region("ap-singapore").build()?;
//! let trtc = trtc::Client::new(&config)?;
//!
//! match trtc.describe_users(DescribeUsers::new()).await {
//!     Ok(page) => println!("{:?} users, said in {:?}", page.total, page.elapsed()),
//!     Err(error) if error.code() == Some(Code::ResourceNotFound) => println!("no users yet"),
//!     Err(error) if error.is_throttled() => println!("later: {error}"),
//!     Err(error) => return Err(error.into()),
//! }
//!
//! let mut users = trtc.describe_users(DescribeUsers::new()).items();
//! while let Some(user) = users.next().await {
//!     println!("{:?}", user?.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Actions whose reply may be a stream of events have [`Call::events`], which reads them one after
//! the other as [`Items`] reads results.
//!
//! Calls need a Tokio runtime with its I/O and time enabled. With the feature `blocking`, code that is
//! not asynchronous waits for them with `wait`, on calls, [`Pages`] and [`Items`].
//!
//! # What is done beside sending
//!
//! - **Retries** ([`RetryPolicy`]), on by default: three attempts, where the failure can pass and a
//!   second execution can do no harm. [`Error::may_have_executed`] says when nobody can tell.
//! - **Credentials** ([`credentials`]): from the environment, files, metadata services, other calls
//!   and programs, renewed before they expire.
//! - **Pacing** ([`Pacing`]), when asked for: calls wait until they are within the documented rates.
//! - **The clock** is corrected by the date of every reply, so that signatures are accepted, unless
//!   [`ConfigBuilder::clock_correction`] says otherwise.
//! - **Hooks** ([`Intercept`]) see every attempt, and `tracing` has a span for each call and each
//!   attempt, with the names of OpenTelemetry. Nothing secret is in them.
//! - **Tests** of code that calls need no network: [`testing`], with the feature of that name.
//!
//! # What this crate does not do
//!
//! - It does not follow redirects, which would give credentials to places they are not meant for.
//! - It does not switch to another region by itself: what was begun in one would be done twice.
//! - It does not join a stream of events again where it was lost.

mod attempt;
mod authenticate;
#[cfg(feature = "blocking")]
mod blocking;
mod budget;
mod call;
mod civil;
mod client;
mod clock;
mod coerce;
mod compose;
mod config;
mod connection;
mod connector;
mod copy;
mod credential;
pub mod credentials;
mod decode;
mod encode;
mod endpoint;
mod envelope;
mod error;
mod event_stream;
mod failure;
#[cfg(any(test, fuzzing))]
mod fixtures;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hint;
mod intercept;
mod limiter;
#[cfg(test)]
mod logged;
mod lookup;
mod mismatch;
mod multipart;
mod operation;
mod page;
mod path;
mod peer;
mod percent;
mod print;
mod proxy;
mod random;
mod record;
mod redact;
#[cfg(feature = "redis")]
pub mod redis;
/// Shares rates between processes. What is in it comes with the feature `redis`.
#[cfg(not(feature = "redis"))]
pub mod redis {}
mod reply_limits;
mod response;
mod retry;
mod send;
pub mod signing;
mod skew;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
/// Answers calls in tests. What is in it comes with the feature `testing`.
#[cfg(not(feature = "testing"))]
pub mod testing {}
mod timestamp;
mod tls;
mod transport;
mod unknown;
mod wiring;

#[cfg(feature = "blocking")]
pub use blocking::{WaitedItems, WaitedPages};
pub use call::{Call, CallFuture, CallResult};
pub use clock::Clock;
pub use config::{Config, ConfigBuilder, Language};
pub use credential::Credential;
pub use credentials::CredentialSource;
pub use error::{ActionError, Error, ErrorKind};
pub use event_stream::{Event, EventStream};
pub use intercept::{FinishedAttempt, Intercept, OutgoingAttempt};
pub use limiter::{LimiterError, Pacing, Quota, RateLimiter, Waiting};
pub use mismatch::{Mismatch, MismatchKind, Shape};
pub use page::{Items, Pages};
pub use response::{RequestLine, Response};
pub use retry::{Exhausted, RetryPolicy};
pub use timestamp::{Timestamp, TimestampError};
pub use unknown::UnknownValue;

/// What generated code is made of. Nothing here is meant to be written by hand.
pub mod support {
    pub use crate::client::ServiceClient;
    pub use crate::copy::cloned;
    #[cfg(feature = "serde")]
    pub use crate::decode::deserialize;
    #[cfg(feature = "serde")]
    pub use crate::encode::serialize;
    pub use crate::operation::{
        Action, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation, Paged,
        Pagination, Provider, RateLimit, RateScope, RegionUse, Service, StreamError, Streamed,
    };
    pub use crate::print::print;
    pub use crate::record::{
        ArrayStyle, Field, Integer, Layout, List, ListMut, Map, MapMut, Member, Optional, Peek,
        Record, RecordMut, Slot, Text, Value, ValueMut, modifier,
    };
    pub use crate::{
        Call, Config, Error, Timestamp, UnknownValue, error_code, input, integer_enum, record,
        string_enum,
    };
    #[cfg(feature = "serde")]
    pub use serde;
    pub use serde_json::Value as Json;
}
