//! The specification as it is written, with the place of everything that can be wrong.
//!
//! Names are not looked up here, and nothing is inherited yet: that is what resolving does.

use std::time::Duration;

use serde_json::{Number, Value};

use crate::{
    diagnostic::Span,
    model::{
        ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Location, Method,
        RateLimit, RegionUse, Source,
    },
    sources::Sources,
    word::SetBy,
    yaml::Node,
};

/// A parsed specification: what was written, and where.
#[derive(Clone, Debug)]
pub struct Spec {
    pub(crate) sources: Sources,
    pub(crate) providers: Vec<ProviderSpec>,
}

/// Something and its place.
#[derive(Clone, Debug)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// A provider's file.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSpec {
    pub(crate) name: Located<String>,
    pub(crate) title: String,
    pub(crate) doc: String,
    pub(crate) sources: Vec<Source>,
    pub(crate) dispatch: Dispatch,
    pub(crate) authentication: Authentication,
    pub(crate) envelope: Envelope,
    pub(crate) arrays: ArrayStyle,
    pub(crate) clock_window: Duration,
    pub(crate) method: Method,
    pub(crate) region: RegionUse,
    pub(crate) common_params: Vec<FieldSpec>,
    pub(crate) errors: Vec<ErrorSpec>,
    pub(crate) services: Vec<ServiceSpec>,
}

/// A service's file.
#[derive(Clone, Debug)]
pub(crate) struct ServiceSpec {
    pub(crate) name: Located<String>,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) module: String,
    pub(crate) host: String,
    pub(crate) doc: String,
    pub(crate) sources: Vec<Source>,
    pub(crate) types: Vec<TypeSpec>,
    pub(crate) errors: Vec<ErrorSpec>,
    pub(crate) actions: Vec<ActionSpec>,
}

/// An action's file.
#[derive(Clone, Debug)]
pub(crate) struct ActionSpec {
    pub(crate) name: Located<String>,
    pub(crate) rust_name: Option<Located<String>>,
    pub(crate) title: Option<String>,
    pub(crate) doc: String,
    pub(crate) notes: Vec<String>,
    pub(crate) formerly: Option<String>,
    pub(crate) sources: Vec<Source>,
    pub(crate) kind: Kind,
    pub(crate) method: Option<Method>,
    pub(crate) host: Option<String>,
    pub(crate) path: Option<Located<String>>,
    pub(crate) authentication: Option<Authentication>,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) region: Option<RegionUse>,
    pub(crate) regions: Vec<Located<String>>,
    pub(crate) rate_limits: Vec<RateLimit>,
    pub(crate) deprecated: Option<String>,
    pub(crate) params: Vec<FieldSpec>,
    pub(crate) output: Vec<FieldSpec>,
    pub(crate) types: Vec<TypeSpec>,
    pub(crate) errors: Vec<ErrorSpec>,
    pub(crate) status_codes: Vec<(u16, String)>,
    pub(crate) pagination: Option<Located<PaginationSpec>>,
    pub(crate) stream: Option<Located<EventStreamSpec>>,
    pub(crate) examples: Vec<ExampleSpec>,
}

/// An input, an output or a member of an object.
#[derive(Clone, Debug)]
pub(crate) struct FieldSpec {
    pub(crate) name: Located<String>,
    pub(crate) rust_name: Option<Located<String>>,
    pub(crate) ty: Option<Located<TypeExpression>>,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) always: Option<Located<bool>>,
    pub(crate) set_by: Option<SetBy>,
    pub(crate) sensitive: bool,
    pub(crate) deprecated: Option<String>,
    pub(crate) location: Option<Located<Location>>,
    pub(crate) arrays: Option<Located<ArrayStyle>>,
    pub(crate) default: Option<Node>,
    pub(crate) range: Option<Located<Range<Number>>>,
    pub(crate) length: Option<Located<Range<u64>>>,
    pub(crate) pattern: Option<Located<String>>,
    pub(crate) example: Option<Node>,
}

/// The smallest and the largest value, either of which may be open.
pub(crate) type Range<T> = (Option<T>, Option<T>);

/// The type of a field as written; names are not looked up yet.
#[derive(Clone, Debug)]
pub(crate) enum TypeExpression {
    /// One of the language's own types.
    Builtin(Builtin),
    /// A list.
    List(Box<TypeExpression>),
    /// A map from strings.
    Map(Box<TypeExpression>),
    /// A type of the specification.
    Named(Located<String>),
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
pub(crate) struct TypeSpec {
    pub(crate) name: Located<String>,
    pub(crate) rust_name: Option<Located<String>>,
    pub(crate) doc: String,
    pub(crate) shape: ShapeSpec,
}

/// What a type consists of.
#[derive(Clone, Debug)]
pub(crate) enum ShapeSpec {
    Object(Vec<FieldSpec>),
    IntegerEnum(Vec<EnumValueSpec<i64>>),
    StringEnum(Vec<EnumValueSpec<String>>),
}

/// One value of an enumeration.
#[derive(Clone, Debug)]
pub(crate) struct EnumValueSpec<T> {
    pub(crate) value: Located<T>,
    pub(crate) rust_name: Option<Located<String>>,
    pub(crate) doc: String,
}

/// An error code.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSpec {
    pub(crate) code: Located<String>,
    pub(crate) rust_name: Option<Located<String>>,
    pub(crate) doc: String,
    pub(crate) remedy: Option<String>,
    pub(crate) class: Option<ErrorClass>,
}

/// How to walk through all results.
#[derive(Clone, Debug)]
pub(crate) struct PaginationSpec {
    pub(crate) style: PageStyleSpec,
    pub(crate) items: Option<Located<String>>,
    pub(crate) total: Option<Located<String>>,
}

/// What tells one page from the next. A part that is missing has been reported.
#[derive(Clone, Debug)]
pub(crate) enum PageStyleSpec {
    Number {
        page: Option<Located<String>>,
        first: Option<u64>,
        size: Option<Located<String>>,
    },
    Offset {
        offset: Option<Located<String>>,
        limit: Option<Located<String>>,
    },
    Token {
        token: Option<Located<String>>,
        next: Option<Located<String>>,
        limit: Option<Located<String>>,
    },
}

/// A reply that may be a stream of events.
#[derive(Clone, Debug)]
pub(crate) struct EventStreamSpec {
    pub(crate) switch: Option<Located<String>>,
    pub(crate) error: Option<Located<String>>,
}

/// An example from the vendor's page.
#[derive(Clone, Debug)]
pub(crate) struct ExampleSpec {
    pub(crate) title: String,
    pub(crate) method: Option<Method>,
    pub(crate) request: Option<Node>,
    pub(crate) request_value: serde_json::Map<String, Value>,
    pub(crate) status: u16,
    pub(crate) response: Option<Node>,
    pub(crate) response_value: Option<Value>,
}
