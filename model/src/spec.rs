//! The specification as it is written, with the place of everything that can be wrong.
//!
//! Names are not looked up here, and nothing is inherited yet: that is what resolving does.

use std::time::Duration;

use serde_json::Number;

use crate::{
    diagnostic::Span,
    model::{
        ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Location, Method,
        RateScope, RegionUse, Source,
    },
    word::SetBy,
    yaml::Node,
};

/// Something and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// A provider's file.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSpec<'a> {
    pub(crate) name: Located<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) telemetry_name: Option<&'a str>,
    pub(crate) doc: &'a str,
    pub(crate) sources: Vec<Source>,
    pub(crate) dispatch: Dispatch,
    pub(crate) authentication: Authentication,
    pub(crate) envelope: Envelope,
    pub(crate) arrays: ArrayStyle,
    pub(crate) clock_window: Duration,
    pub(crate) method: Method,
    pub(crate) region: RegionUse,
    pub(crate) common_params: Vec<FieldSpec<'a>>,
    pub(crate) errors: Vec<ErrorSpec<'a>>,
}

/// A service's file.
#[derive(Clone, Debug)]
pub(crate) struct ServiceSpec<'a> {
    pub(crate) name: Located<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) version: &'a str,
    pub(crate) module: &'a str,
    pub(crate) host: &'a str,
    pub(crate) doc: &'a str,
    pub(crate) sources: Vec<Source>,
    pub(crate) types: Vec<TypeSpec<'a>>,
    pub(crate) errors: Vec<ErrorSpec<'a>>,
    pub(crate) actions: Vec<ActionSpec<'a>>,
}

/// An action's file.
#[derive(Clone, Debug)]
pub(crate) struct ActionSpec<'a> {
    pub(crate) name: Located<&'a str>,
    pub(crate) rust_name: Option<Located<&'a str>>,
    pub(crate) title: Option<&'a str>,
    pub(crate) doc: &'a str,
    pub(crate) notes: Vec<&'a str>,
    pub(crate) formerly: Option<&'a str>,
    pub(crate) sources: Vec<Source>,
    pub(crate) kind: Kind,
    pub(crate) method: Option<Method>,
    pub(crate) host: Option<&'a str>,
    pub(crate) path: Option<Located<&'a str>>,
    pub(crate) authentication: Option<Authentication>,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) region: Option<RegionUse>,
    pub(crate) regions: Vec<Located<&'a str>>,
    pub(crate) rate_limits: Vec<RateLimitSpec<'a>>,
    pub(crate) deprecated: Option<&'a str>,
    pub(crate) params: Vec<FieldSpec<'a>>,
    pub(crate) output: Vec<FieldSpec<'a>>,
    pub(crate) types: Vec<TypeSpec<'a>>,
    pub(crate) errors: Vec<ErrorSpec<'a>>,
    pub(crate) status_codes: Vec<(u16, &'a str)>,
    pub(crate) pagination: Option<Located<PaginationSpec<'a>>>,
    pub(crate) stream: Option<Located<EventStreamSpec<'a>>>,
    pub(crate) examples: Vec<ExampleSpec<'a>>,
}

/// A limit on the rate of calls.
#[derive(Clone, Debug)]
pub(crate) struct RateLimitSpec<'a> {
    pub(crate) count: u32,
    pub(crate) period: Duration,
    pub(crate) scope: RateScope,
    pub(crate) by: Option<Located<&'a str>>,
    pub(crate) doc: Option<&'a str>,
    /// Where what is missing is reported.
    pub(crate) span: Span,
}

/// An input, an output or a member of an object.
#[derive(Clone, Debug)]
pub(crate) struct FieldSpec<'a> {
    pub(crate) name: Located<&'a str>,
    pub(crate) rust_name: Option<Located<&'a str>>,
    pub(crate) ty: Option<Located<TypeExpression<'a>>>,
    pub(crate) doc: &'a str,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) always: Option<Located<bool>>,
    pub(crate) set_by: Option<SetBy>,
    pub(crate) idempotency_token: Option<Located<bool>>,
    pub(crate) sensitive: bool,
    pub(crate) deprecated: Option<&'a str>,
    pub(crate) location: Option<Located<Location>>,
    pub(crate) arrays: Option<Located<ArrayStyle>>,
    pub(crate) default: Option<&'a Node<'a>>,
    pub(crate) range: Option<Located<Range<Number>>>,
    pub(crate) length: Option<Located<Range<u64>>>,
    pub(crate) pattern: Option<Located<&'a str>>,
    pub(crate) example: Option<&'a Node<'a>>,
}

/// The smallest and the largest value, either of which may be open.
pub(crate) type Range<T> = (Option<T>, Option<T>);

/// The type of a field as written; names are not looked up yet.
#[derive(Clone, Debug)]
pub(crate) enum TypeExpression<'a> {
    /// One of the language's own types.
    Builtin(Builtin),
    /// A list.
    List(Box<TypeExpression<'a>>),
    /// A map from strings.
    Map(Box<TypeExpression<'a>>),
    /// A type of the specification.
    Named(Located<&'a str>),
}

/// A type of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    String,
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Float,
    Bytes,
    Seconds,
    Milliseconds,
    Date,
    DateTime,
    Json,
}

/// An object or an enumeration.
#[derive(Clone, Debug)]
pub(crate) struct TypeSpec<'a> {
    pub(crate) name: Located<&'a str>,
    pub(crate) rust_name: Option<Located<&'a str>>,
    pub(crate) doc: &'a str,
    pub(crate) shape: ShapeSpec<'a>,
}

/// What a type consists of.
#[derive(Clone, Debug)]
pub(crate) enum ShapeSpec<'a> {
    Object(Vec<FieldSpec<'a>>),
    IntegerEnum(Vec<EnumValueSpec<'a, i64>>),
    StringEnum(Vec<EnumValueSpec<'a, &'a str>>),
}

/// One value of an enumeration.
#[derive(Clone, Debug)]
pub(crate) struct EnumValueSpec<'a, T> {
    pub(crate) value: Located<T>,
    pub(crate) rust_name: Option<Located<&'a str>>,
    pub(crate) doc: &'a str,
}

/// An error code.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSpec<'a> {
    pub(crate) code: Located<&'a str>,
    pub(crate) rust_name: Option<Located<&'a str>>,
    pub(crate) doc: &'a str,
    pub(crate) remedy: Option<&'a str>,
    pub(crate) class: Option<ErrorClass>,
}

/// How to walk through all results.
#[derive(Clone, Debug)]
pub(crate) struct PaginationSpec<'a> {
    pub(crate) style: PageStyleSpec<'a>,
    pub(crate) items: Option<Located<&'a str>>,
    pub(crate) total: Option<Located<&'a str>>,
}

/// What tells one page from the next. A part that is missing has been reported.
#[derive(Clone, Debug)]
pub(crate) enum PageStyleSpec<'a> {
    Number {
        page: Option<Located<&'a str>>,
        first: Option<u64>,
        size: Option<Located<&'a str>>,
    },
    Offset {
        offset: Option<Located<&'a str>>,
        limit: Option<Located<&'a str>>,
    },
    Token {
        token: Option<Located<&'a str>>,
        next: Option<Located<&'a str>>,
        limit: Option<Located<&'a str>>,
    },
}

/// A reply that may be a stream of events.
#[derive(Clone, Debug)]
pub(crate) struct EventStreamSpec<'a> {
    pub(crate) switch: Option<Located<&'a str>>,
    pub(crate) error: Option<Located<&'a str>>,
    pub(crate) error_code: Option<Located<&'a str>>,
    pub(crate) error_message: Option<Located<&'a str>>,
}

/// An example from the vendor's page.
#[derive(Clone, Debug)]
pub(crate) struct ExampleSpec<'a> {
    pub(crate) title: &'a str,
    pub(crate) method: Option<Method>,
    pub(crate) request: Option<&'a Node<'a>>,
    pub(crate) status: u16,
    pub(crate) response: Option<&'a Node<'a>>,
}
