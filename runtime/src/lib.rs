//! The runtime of Bindery: signs, sends and decodes the calls that Bindery generates.

mod authenticate;
mod call;
mod civil;
mod client;
mod coerce;
mod compose;
mod config;
mod copy;
mod credential;
mod decode;
mod encode;
mod envelope;
mod error;
mod mismatch;
mod operation;
mod page;
mod path;
mod percent;
mod print;
mod record;
mod response;
mod send;
pub mod signing;
mod timestamp;
mod transport;
mod unknown;
mod wiring;

pub use call::{Call, CallResult};
pub use config::{Config, ConfigBuilder, Language};
pub use credential::Credential;
pub use envelope::Strictness;
pub use error::{ActionError, Error, ErrorKind};
pub use mismatch::{Mismatch, MismatchKind, Shape};
pub use page::{Items, Pages};
pub use response::{RequestLine, Response};
pub use timestamp::{Timestamp, TimestampError};
pub use unknown::UnknownValue;

/// What generated code is made of. Nothing here is meant to be written by hand.
pub mod support {
    pub use crate::client::ServiceClient;
    pub use crate::copy::copy;
    pub use crate::operation::{
        Action, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation, Paged,
        Pagination, Provider, RateLimit, RateScope, RegionUse, Service,
    };
    pub use crate::print::print;
    pub use crate::record::{
        ArrayStyle, Integer, List, Map, Member, Optional, Peek, Record, Slot, Text, Value,
    };
    pub use crate::{Call, Config, Error, Timestamp, UnknownValue, integer_enum, record, string_enum};
}
