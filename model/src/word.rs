//! The words of the language that come from a closed list, with what they mean.

use crate::{
    model::{
        ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Location, Method,
        RateScope, RegionUse,
    },
    spec::Builtin,
};

/// A meaning that is written as one of a few words.
pub(crate) trait Word: Copy + 'static {
    /// Each word with its meaning and an explanation.
    const ALL: &'static [(&'static str, Self, &'static str)];
}

/// Who sets a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetBy;

/// What stands on the wire for an enumeration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EnumBase {
    Integer { min: i64, max: i64 },
    String,
}

impl Word for Dispatch {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        (
            "header",
            Self::Header,
            "by the headers X-TC-Action and X-TC-Version",
        ),
        ("query", Self::Query, "by the query parameter Action"),
        ("path", Self::Path, "by method and path"),
    ];
}

impl Word for Authentication {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("tc3", Self::Tc3, "Tencent Cloud TC3-HMAC-SHA256"),
        (
            "skip",
            Self::Skip,
            "Tencent Cloud actions that take no signature",
        ),
        (
            "app_id",
            Self::AppId,
            "Huawei Cloud Meeting login with an App ID",
        ),
        (
            "account",
            Self::Account,
            "Huawei Cloud Meeting login with account and password",
        ),
        ("token", Self::Token, "Huawei Cloud Meeting access token"),
        ("zego", Self::Zego, "ZEGOCLOUD signature 2.0"),
        ("none", Self::None, "none at all"),
    ];
}

impl Word for Envelope {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        (
            "response",
            Self::Response,
            "{Response: {…}}, errors in Response.Error",
        ),
        (
            "bare",
            Self::Bare,
            "the result alone; errors are told by the HTTP status",
        ),
        (
            "code_data",
            Self::CodeData,
            "{Code, Message, RequestId, Data: {…}}",
        ),
        ("code_flat", Self::CodeFlat, "{Code, Message, RequestId, …}"),
    ];
}

impl Word for ArrayStyle {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("indexed", Self::Indexed, "Key.0=a&Key.1=b"),
        ("brackets", Self::Brackets, "Key[]=a&Key[]=b"),
        ("repeated", Self::Repeated, "Key=a&Key=b"),
        ("comma", Self::Comma, "Key=a,b"),
    ];
}

impl Word for Kind {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("read", Self::Read, "changes nothing"),
        (
            "idempotent",
            Self::Idempotent,
            "leaves the same state however often it is executed",
        ),
        ("write", Self::Write, "may do something twice"),
    ];
}

impl Word for Method {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("GET", Self::Get, "without a body"),
        ("POST", Self::Post, "with a body"),
        ("PUT", Self::Put, "with a body"),
        (
            "DELETE",
            Self::Delete,
            "without a body, unless a parameter is `in: body`",
        ),
    ];
}

impl Word for RegionUse {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        (
            "required",
            Self::Required,
            "a request without one is refused",
        ),
        ("optional", Self::Optional, "one may be sent and is ignored"),
        ("none", Self::None, "the vendor knows no regions"),
    ];
}

impl Word for RateScope {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        (
            "account",
            Self::Account,
            "all calls of the action under one account",
        ),
        (
            "application",
            Self::Application,
            "all calls of the action under one application id",
        ),
        ("room", Self::Room, "all calls of the action for one room"),
    ];
}

impl Word for Location {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("path", Self::Path, "in the path"),
        ("query", Self::Query, "in the query string"),
        ("header", Self::Header, "in a header"),
        ("body", Self::Body, "in the body"),
        (
            "part",
            Self::Part,
            "as a part of a `multipart/form-data` body",
        ),
        (
            "whole_body",
            Self::WholeBody,
            "as the body itself, without an object around it",
        ),
    ];
}

impl Word for ErrorClass {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("invalid", Self::Invalid, "the request is wrong"),
        (
            "authentication",
            Self::Authentication,
            "the vendor does not accept who is calling",
        ),
        (
            "credential",
            Self::Credential,
            "the token has expired; a new one may help",
        ),
        ("permission", Self::Permission, "the caller may not do this"),
        (
            "not_found",
            Self::NotFound,
            "what was asked for does not exist",
        ),
        (
            "conflict",
            Self::Conflict,
            "the state of a resource forbids it",
        ),
        ("quota", Self::Quota, "a quota is used up"),
        (
            "throttled",
            Self::Throttled,
            "too many calls in too short a time",
        ),
        ("clock_skew", Self::ClockSkew, "the clocks differ too much"),
        ("server", Self::Server, "the vendor failed"),
    ];
}

impl Word for bool {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("true", true, "yes"),
        ("false", false, "no; the same as leaving the key out"),
    ];
}

impl Word for SetBy {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[(
        "client",
        Self,
        "the client computes it: a signature, a token, the action's name",
    )];
}

impl Word for EnumBase {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        (
            "int32",
            Self::Integer {
                min: i32::MIN as i64,
                max: i32::MAX as i64,
            },
            "a signed number of 32 bits",
        ),
        (
            "int64",
            Self::Integer {
                min: i64::MIN,
                max: i64::MAX,
            },
            "a signed number of 64 bits",
        ),
        (
            "uint32",
            Self::Integer {
                min: 0,
                max: u32::MAX as i64,
            },
            "an unsigned number of 32 bits",
        ),
        (
            "uint64",
            Self::Integer {
                min: 0,
                max: i64::MAX,
            },
            "an unsigned number of 64 bits",
        ),
        ("string", Self::String, "text"),
    ];
}

impl Word for Builtin {
    const ALL: &'static [(&'static str, Self, &'static str)] = &[
        ("string", Self::String, "text"),
        ("bool", Self::Bool, "true or false"),
        ("int32", Self::Int32, "a signed number of 32 bits"),
        ("int64", Self::Int64, "a signed number of 64 bits"),
        ("uint32", Self::Uint32, "an unsigned number of 32 bits"),
        ("uint64", Self::Uint64, "an unsigned number of 64 bits"),
        ("float", Self::Float, "a number with a fraction"),
        ("bytes", Self::Bytes, "bytes, written in base64"),
        (
            "timestamp(s)",
            Self::Seconds,
            "an instant, written as seconds since 1970",
        ),
        (
            "timestamp(ms)",
            Self::Milliseconds,
            "an instant, written as milliseconds since 1970",
        ),
        ("date", Self::Date, "a day as the vendor writes it"),
        (
            "datetime",
            Self::DateTime,
            "an instant as the vendor writes it",
        ),
        ("json", Self::Json, "anything that JSON can say"),
    ];
}
