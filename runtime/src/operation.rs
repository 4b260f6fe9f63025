//! What the runtime knows of an action: constants that generated code fills in.

use std::time::Duration;

use crate::record::{ArrayStyle, Record, RecordMut, Slot};

/// What the services of one vendor have in common.
#[derive(Debug)]
pub struct Provider {
    /// The name: `tencent`.
    pub name: &'static str,
    /// What OpenTelemetry calls the vendor: `tencentcloud`.
    pub telemetry_name: &'static str,
    /// How requests name the action they call.
    pub dispatch: Dispatch,
    /// How lists are written in a query string.
    pub arrays: ArrayStyle,
    /// How far the client's clock may be from the vendor's.
    pub clock_window: Duration,
    /// What kinds of failure the common codes stand for. A code stands for all that it prefixes.
    pub errors: &'static [(&'static str, ErrorClass)],
}

/// One version of a service.
#[derive(Debug)]
pub struct Service {
    /// The vendor.
    pub provider: &'static Provider,
    /// The name in the signature: `trtc`.
    pub name: &'static str,
    /// The version on the wire: `2019-07-22`.
    pub version: &'static str,
    /// The host without scheme.
    pub host: &'static str,
    /// What kinds of failure the service's codes stand for.
    pub errors: &'static [(&'static str, ErrorClass)],
}

/// An action of a service: generated code implements it for each request.
pub trait Action: Record + Sized {
    /// What a successful call returns.
    type Output: RecordMut;

    /// The codes that a failed call may carry.
    type ErrorCode: for<'a> From<&'a str>;

    /// How the action is called.
    const OPERATION: Operation;
}

/// An action whose results come in pages.
pub trait Paged: Action {
    /// One result.
    type Item: Send + 'static;

    /// How to ask for the next page.
    const PAGINATION: Pagination;

    /// The input that [`PAGINATION`](Self::PAGINATION) calls by this name, to be filled.
    fn input(&mut self, name: &str) -> Slot<'_>;

    /// The results in a page; none where the vendor has left out the object that holds them.
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>>;
}

/// An action whose reply may be a stream of server-sent events, each of which holds an output.
pub trait Streamed: Action {
    /// Where in an event an error stands.
    const ERROR: StreamError;

    /// The input that asks for events instead of one reply, to be filled, if there is one.
    fn switch(&mut self) -> Slot<'_> {
        Slot::None
    }
}

/// Where an output holds an error in the middle of a stream. Paths consist of wire names.
#[derive(Clone, Copy, Debug)]
pub enum StreamError {
    /// Nowhere: an error stands where the vendor's replies have it.
    Envelope,
    /// In an object, which this is the path of.
    Object(&'static [&'static str]),
    /// In members of their own.
    Members {
        /// The path of the code. An event in which it is absent, null, empty or 0 holds no error.
        code: &'static [&'static str],
        /// The path of the message, empty where there is none.
        message: &'static [&'static str],
    },
}

/// How an action is called.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The service.
    pub service: &'static Service,
    /// The name on the wire.
    pub name: &'static str,
    /// What a second execution would do.
    pub kind: Kind,
    /// The HTTP method.
    pub method: Method,
    /// The path template; names in braces stand for members.
    pub path: &'static str,
    /// The host without scheme, where it is not the service's.
    pub host: Option<&'static str>,
    /// How requests are signed.
    pub authentication: Authentication,
    /// How replies are wrapped.
    pub envelope: Envelope,
    /// Whether a region is sent.
    pub region: RegionUse,
    /// The documented rate limits.
    pub rate_limits: &'static [RateLimit],
    /// What kinds of failure the action's own codes stand for.
    pub errors: &'static [(&'static str, ErrorClass)],
}

impl Operation {
    /// An action of which nothing is said but its name: an unsigned POST of JSON that may do
    /// something twice.
    #[must_use]
    pub const fn new(service: &'static Service, name: &'static str) -> Self {
        Self {
            service,
            name,
            kind: Kind::Write,
            method: Method::Post,
            path: "/",
            host: None,
            authentication: Authentication::None,
            envelope: Envelope::Bare,
            region: RegionUse::None,
            rate_limits: &[],
            errors: &[],
        }
    }

    /// The time after which every documented rate allows one more call.
    pub(crate) fn spacing(&self) -> Duration {
        let spacings = self.rate_limits.iter().map(RateLimit::spacing);
        spacings.max().unwrap_or_default()
    }
}

/// How a request names the action that it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// Headers `X-TC-Action` and `X-TC-Version`.
    Header,
    /// The query parameter `Action`.
    Query,
    /// The method and the path.
    Path,
}

/// How a request proves who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Tencent Cloud TC3-HMAC-SHA256.
    Tc3,
    /// Tencent Cloud actions that take no signature.
    Skip,
    /// Huawei Cloud Meeting login with an App ID.
    AppId,
    /// Huawei Cloud Meeting login with account and password.
    Account,
    /// Huawei Cloud Meeting access token.
    Token,
    /// ZEGOCLOUD signature 2.0.
    Zego,
    /// None at all.
    None,
}

/// How a reply wraps its result or its error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// `{"Response": {…, "RequestId": …}}`, errors in `Response.Error`.
    Response,
    /// The result alone; errors are told by the HTTP status.
    Bare,
    /// `{"Code": 0, "Message": …, "RequestId": …, "Data": {…}}`.
    CodeData,
    /// `{"Code": 0, "Message": …, "RequestId": …, …}`.
    CodeFlat,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What executing an action twice would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing.
    Read,
    /// Leaves the same state however often it is executed.
    Idempotent,
    /// May do something twice.
    Write,
}

/// Whether an action takes a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionUse {
    /// The vendor refuses a request without one.
    Required,
    /// One is sent where the configuration has one.
    Optional,
    /// None is sent.
    None,
}

/// A documented limit on the rate of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many calls.
    pub count: u32,
    /// In what time.
    pub period: Duration,
    /// What shares the limit.
    pub scope: RateScope,
}

impl RateLimit {
    /// So many calls in a second.
    #[must_use]
    pub const fn per_second(count: u32, scope: RateScope) -> Self {
        Self {
            count,
            period: Duration::from_secs(1),
            scope,
        }
    }

    /// So many calls in a minute.
    #[must_use]
    pub const fn per_minute(count: u32, scope: RateScope) -> Self {
        Self {
            count,
            period: Duration::from_mins(1),
            scope,
        }
    }

    /// So many calls in an hour.
    #[must_use]
    pub const fn per_hour(count: u32, scope: RateScope) -> Self {
        Self {
            count,
            period: Duration::from_hours(1),
            scope,
        }
    }

    /// The time between two calls of a caller who keeps to the limit evenly.
    fn spacing(&self) -> Duration {
        self.period / self.count.max(1)
    }
}

/// What shares a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateScope {
    /// All calls of the action under one account.
    Account,
    /// All calls of the action under one application id.
    Application,
    /// All calls of the action for one room, which this input names.
    Room(&'static str),
}

/// What kind of failure a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The request is wrong.
    Invalid,
    /// The vendor does not accept who is calling.
    Authentication,
    /// The token has expired; a new one may help.
    Credential,
    /// The caller may not do this.
    Permission,
    /// What was asked for does not exist.
    NotFound,
    /// The state of a resource forbids it.
    Conflict,
    /// A quota is used up.
    Quota,
    /// Too many calls in too short a time.
    Throttled,
    /// The clocks differ too much.
    ClockSkew,
    /// The vendor failed.
    Server,
}

/// How to ask for the next page. Members are given by their wire names.
#[derive(Clone, Copy, Debug)]
pub enum Pagination {
    /// A page number and a page size.
    Number {
        /// The input that holds the page number.
        page: &'static str,
        /// The number of the first page.
        first: u64,
        /// The input that holds the number of items on a page.
        size: &'static str,
        /// How many items are asked for where the request does not say.
        default_size: u64,
        /// How many items a request may ask for, where the vendor says so.
        max_size: Option<u64>,
        /// Where the number of all items stands in the output.
        total: Option<&'static [&'static str]>,
    },
    /// The number of items to pass over and the number of items wanted.
    Offset {
        /// The input that holds the number of items to pass over.
        offset: &'static str,
        /// The input that holds the number of items wanted.
        limit: &'static str,
        /// How many items are asked for where the request does not say.
        default_size: u64,
        /// How many items a request may ask for, where the vendor says so.
        max_size: Option<u64>,
        /// Where the number of all items stands in the output.
        total: Option<&'static [&'static str]>,
    },
    /// A token from each reply that asks for what follows it.
    Token {
        /// The input that holds the token.
        token: &'static str,
        /// Where the next token stands in the output.
        next: &'static [&'static str],
        /// The input that holds the number of items wanted.
        limit: Option<&'static str>,
        /// How many items are asked for where the request does not say.
        default_size: u64,
    },
}
