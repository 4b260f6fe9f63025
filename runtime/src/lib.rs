//! The runtime of Bindery: signs, sends and decodes the calls that Bindery generates.

mod civil;
mod copy;
mod encode;
mod envelope;
mod mismatch;
mod operation;
mod path;
mod percent;
mod print;
mod record;
pub mod signing;
mod timestamp;
mod unknown;
mod wiring;

pub use envelope::Strictness;
pub use mismatch::{Mismatch, MismatchKind, Shape};
pub use timestamp::{Timestamp, TimestampError};
pub use unknown::UnknownValue;

/// What generated code is made of. Nothing here is meant to be written by hand.
pub mod support {
    pub use crate::copy::copy;
    pub use crate::operation::{
        Action, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation, Paged,
        Pagination, Provider, RateLimit, RateScope, RegionUse, Service,
    };
    pub use crate::print::print;
    pub use crate::record::{
        ArrayStyle, Integer, List, Map, Member, Optional, Peek, Record, Slot, Text, Value,
    };
    pub use crate::{Timestamp, UnknownValue, integer_enum, record, string_enum};
}
