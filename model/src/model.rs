//! The resolved model: what a specification means, as plain data.
//!
//! Everything here has been checked. A [`TypeRef::Named`] always points into [`Service::types`],
//! every `ident` is a legal and unambiguous Rust identifier, and every example value has been
//! compared with the type that it illustrates.

use std::time::Duration;

use serde_json::Value;

/// All providers, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The providers.
    pub providers: Vec<Provider>,
}

/// One vendor: what its services have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// The folder's name, which is also the Rust module: `tencent`.
    pub name: String,
    /// The vendor's own name: `Tencent Cloud`.
    pub title: String,
    /// What OpenTelemetry calls the vendor: `tencentcloud`.
    pub telemetry_name: String,
    /// What the provider is.
    pub doc: String,
    /// The pages that this description was taken from.
    pub sources: Vec<Source>,
    /// How requests name the action they call.
    pub dispatch: Dispatch,
    /// How requests are signed unless an action says otherwise.
    pub authentication: Authentication,
    /// How replies are wrapped.
    pub envelope: Envelope,
    /// How lists are written in a query string.
    pub arrays: ArrayStyle,
    /// How far the client's clock may be from the server's.
    pub clock_window: Duration,
    /// Parameters that every action takes.
    pub common_params: Vec<Field>,
    /// Codes that any action may answer with.
    pub errors: Vec<ErrorCode>,
    /// The services, ordered by name and then version.
    pub services: Vec<Service>,
}

/// One version of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The name used in the signature and in the path of the spec: `trtc`.
    pub name: String,
    /// The product's name: `Real-Time Communication`.
    pub title: String,
    /// The version as sent on the wire: `2019-07-22`.
    pub version: String,
    /// The version's folder and Rust module: `v20190722`.
    pub module: String,
    /// The host without scheme: `trtc.tencentcloudapi.com`.
    pub host: String,
    /// What the service is.
    pub doc: String,
    /// The pages that this description was taken from.
    pub sources: Vec<Source>,
    /// Every named type of the service: first the shared ones, then each action's own.
    pub types: Vec<TypeDef>,
    /// Codes that any action of this service may answer with.
    pub errors: Vec<ErrorCode>,
    /// The actions, ordered by name.
    pub actions: Vec<Action>,
}

/// One action of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The name on the wire: `DescribeUserInfo`.
    pub name: String,
    /// The Rust type of the request: `DescribeUserInfo`.
    pub ident: String,
    /// The Rust module and the client's method: `describe_user_info`.
    pub module: String,
    /// The name that the vendor's page gives the action, where it differs.
    pub title: Option<String>,
    /// What the action does.
    pub doc: String,
    /// Restrictions and advice, a paragraph each.
    pub notes: Vec<String>,
    /// The name that the action had before.
    pub formerly: Option<String>,
    /// The pages that this description was taken from.
    pub sources: Vec<Source>,
    /// What a second execution would do.
    pub kind: Kind,
    /// The HTTP method.
    pub method: Method,
    /// The host without scheme, where it is not the service's.
    pub host: Option<String>,
    /// The path template: `/` or `/v1/usg/dcs/corp/member/{account}`.
    pub path: String,
    /// How requests are signed.
    pub authentication: Authentication,
    /// How replies are wrapped.
    pub envelope: Envelope,
    /// Whether a region is sent.
    pub region: RegionUse,
    /// The regions that the action is limited to; empty when any will do.
    pub regions: Vec<String>,
    /// The documented rate limits.
    pub rate_limits: Vec<RateLimit>,
    /// Whether, and why, the action should no longer be used.
    pub deprecated: Option<String>,
    /// The inputs, in the page's order.
    pub params: Vec<Field>,
    /// The outputs, in the page's order.
    pub output: Vec<Field>,
    /// The codes that the page lists for this action.
    pub errors: Vec<ErrorCode>,
    /// The HTTP status codes that the page lists, with their meaning.
    pub status_codes: Vec<(u16, String)>,
    /// How to walk through all results.
    pub pagination: Option<Pagination>,
    /// How a stream of events is asked for, where the reply may be one.
    pub stream: Option<EventStream>,
    /// The page's examples.
    pub examples: Vec<Example>,
}

/// A page that something was taken from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Where it is.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// The date it gives for its last change: `2024-03-11`.
    pub updated: Option<String>,
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
    /// Tencent Cloud actions that take no signature: `Authorization: SKIP`.
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

/// How a list is written in a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayStyle {
    /// `Key.0=a&Key.1=b`.
    Indexed,
    /// `Key[]=a&Key[]=b`.
    Brackets,
    /// `Key=a&Key=b`.
    Repeated,
    /// `Key=a,b`.
    Comma,
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

/// Whether an action takes a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionUse {
    /// The request is refused without one.
    Required,
    /// One may be sent and is ignored.
    Optional,
    /// The vendor knows no regions.
    None,
}

/// A documented limit on the rate of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimit {
    /// How many calls.
    pub count: u32,
    /// In what time.
    pub period: Duration,
    /// What shares the limit.
    pub scope: RateScope,
    /// For the limit of a room: the input that names the room.
    pub by: Option<String>,
    /// What the page says beyond the numbers.
    pub doc: Option<String>,
}

/// What shares a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateScope {
    /// All calls of the action under one account.
    Account,
    /// All calls of the action under one application id.
    Application,
    /// All calls of the action for one room.
    Room,
}

/// An input, an output or a member of an object.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent statement of the vendor's page"
)]
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name on the wire: `CommId`.
    pub name: String,
    /// The Rust field: `comm_id`.
    pub ident: String,
    /// What it holds.
    pub ty: TypeRef,
    /// What it means.
    pub doc: String,
    /// For inputs: a request without it is refused. For outputs: the vendor promises to send it.
    pub required: bool,
    /// For outputs: the vendor says that it may be null.
    pub nullable: bool,
    /// For outputs: this specification guarantees it, so that the Rust field is a plain value.
    pub always: bool,
    /// For inputs: the client sets it and the caller never sees it.
    pub set_by_client: bool,
    /// For inputs: the vendor executes requests that share its value once. The client makes one up
    /// for each call where the caller gives none.
    pub idempotency_token: bool,
    /// Never to be printed.
    pub sensitive: bool,
    /// Whether, and why, it should no longer be used.
    pub deprecated: Option<String>,
    /// Where it travels. An output is in the body, or is the whole of it.
    pub location: Location,
    /// How a list is written in a query string, where it differs from the provider's way.
    pub arrays: Option<ArrayStyle>,
    /// What the vendor assumes when it is left out.
    pub default: Option<Value>,
    /// The smallest and largest number allowed, either of which may be open.
    pub range: Option<(Option<Value>, Option<Value>)>,
    /// The smallest and largest length: characters of a string, items of a list.
    pub length: Option<(Option<u64>, Option<u64>)>,
    /// A regular expression that a string matches as a whole.
    pub pattern: Option<String>,
    /// A sample value.
    pub example: Option<Value>,
}

/// Where an input travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body, or in the query string where the method has no body.
    Payload,
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In the body.
    Body,
    /// As a part of a `multipart/form-data` body.
    Part,
    /// As the body itself, without an object around it.
    WholeBody,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeRef {
    /// Text.
    String,
    /// True or false.
    Bool,
    /// A signed number of 32 bits.
    Int32,
    /// A signed number of 64 bits.
    Int64,
    /// An unsigned number of 32 bits.
    Uint32,
    /// An unsigned number of 64 bits.
    Uint64,
    /// A number with a fraction.
    Float,
    /// Bytes, written in base64.
    Bytes,
    /// An instant, written as seconds since 1970.
    Seconds,
    /// An instant, written as milliseconds since 1970.
    Milliseconds,
    /// A day as the vendor writes it.
    Date,
    /// An instant as the vendor writes it.
    DateTime,
    /// Anything that JSON can say.
    Json,
    /// A list.
    List(Box<TypeRef>),
    /// A map from strings.
    Map(Box<TypeRef>),
    /// An object or enumeration: an index into [`Service::types`].
    Named(usize),
}

/// An object or an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDef {
    /// The vendor's name.
    pub name: String,
    /// The Rust type.
    pub ident: String,
    /// What it is.
    pub doc: String,
    /// The action that declares it, an index into [`Service::actions`]; none when it is shared.
    pub owner: Option<usize>,
    /// Whether requests reach it.
    pub input: bool,
    /// Whether replies reach it.
    pub output: bool,
    /// What it consists of.
    pub shape: Shape,
}

/// What a named type consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object with members.
    Object(Vec<Field>),
    /// Numbers with a meaning.
    IntegerEnum(Vec<EnumValue<i64>>),
    /// Strings with a meaning.
    StringEnum(Vec<EnumValue<String>>),
}

/// One value of an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue<T> {
    /// What stands on the wire.
    pub value: T,
    /// The Rust variant.
    pub ident: String,
    /// What it means.
    pub doc: String,
}

/// An error code.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorCode {
    /// The code as text: `ResourceNotFound.UserNotExist`, `50001`.
    pub code: String,
    /// The Rust variant.
    pub ident: String,
    /// What it means; empty where the page says nothing.
    pub doc: String,
    /// What the vendor advises.
    pub remedy: Option<String>,
    /// What kind of failure it is, where the specification knows.
    pub class: Option<ErrorClass>,
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

/// How to walk through all results of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Pagination {
    /// What tells one page from the next.
    pub style: PageStyle,
    /// The path of the list in the output, as wire names.
    pub items: Vec<String>,
    /// The path of the total number of items in the output, as wire names.
    pub total: Option<Vec<String>>,
}

/// What tells one page from the next.
#[derive(Clone, Debug, PartialEq)]
pub enum PageStyle {
    /// A page number and a page size.
    Number {
        /// The input that holds the page number.
        page: String,
        /// The number of the first page, where it is known.
        first: Option<u64>,
        /// The input that holds the number of items on a page.
        size: String,
    },
    /// The number of items to pass over and the number of items wanted.
    Offset {
        /// The input that holds the number of items to pass over.
        offset: String,
        /// The input that holds the number of items wanted.
        limit: String,
    },
    /// A token from each reply that asks for what follows it.
    Token {
        /// The input that holds the token.
        token: String,
        /// The path of the next token in the output, as wire names.
        next: Vec<String>,
        /// The input that holds the number of items wanted.
        limit: Option<String>,
    },
}

/// A reply that may be a stream of server-sent events, each of which holds the outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct EventStream {
    /// The input that asks for events instead of one reply.
    pub switch: Option<String>,
    /// Where an error in the middle of the stream stands, if not where the vendor's replies have it.
    pub error: Option<StreamError>,
}

/// Where outputs hold an error in the middle of a stream. Paths consist of wire names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// In an object, which this is the path of.
    Object(Vec<String>),
    /// In outputs of their own.
    Members {
        /// The path of the code. An event in which it is absent, null, empty or 0 holds no error.
        code: Vec<String>,
        /// The path of the message, if there is one.
        message: Option<Vec<String>>,
    },
}

/// An example from the vendor's page.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// The method, where it is not the action's own.
    pub method: Option<Method>,
    /// The inputs by wire name.
    pub request: serde_json::Map<String, Value>,
    /// The HTTP status of the reply.
    pub status: u16,
    /// The reply as it stands on the wire, envelope included.
    pub response: Option<Value>,
}

impl Service {
    /// The definition that a [`TypeRef::Named`] points to.
    pub fn type_def(&self, index: usize) -> &TypeDef {
        &self.types[index]
    }
}
