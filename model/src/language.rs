//! The language as a table: which keys a mapping takes, what they hold and what they are for.
//!
//! The parser asks this table which keys it may accept, editors get it as a JSON Schema, and
//! people as a reference. A key that is not here does not exist.

pub use self::{reference::reference_markdown, schema::json_schema};

use self::Value::{
    Any, Count, Date, Duration, Errors, Flag, Items, JsonObject, Many, Map, One, Path, Pattern,
    Range, Rate, RateLimits, StatusCodes, Text, Texts, Type, Url, Word as Choice,
};
use crate::{
    model::{
        ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Location, Method,
        RateScope, RegionUse,
    },
    word::{EnumBase, SetBy, Word},
};

mod reference;
mod schema;

/// A kind of mapping.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// What a mapping of this kind describes, with its article: `an action`.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) doc: &'static str,
    /// What may stand in it, in the order in which people should write it.
    pub(crate) keys: &'static [Key],
}

/// A key of a mapping.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    pub(crate) required: bool,
    pub(crate) doc: &'static str,
    /// A value as it would be written.
    pub(crate) example: &'static str,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A number from 0.
    Count,
    /// One of a few words.
    Word(fn() -> Vec<(&'static str, &'static str)>),
    Url,
    Date,
    Duration,
    /// A type expression.
    Type,
    /// Bounds: `1..100`.
    Range,
    /// A regular expression.
    Pattern,
    /// A path template.
    Path,
    /// Whatever JSON can say.
    Any,
    /// Whatever JSON can say, as long as it has keys.
    JsonObject,
    /// A number of calls in a time: `20/s`.
    Rate,
    /// A rate, a mapping with a rate, or a list of these.
    RateLimits,
    /// A map from HTTP status codes to texts.
    StatusCodes,
    One(&'static Mapping),
    /// A mapping or a list of mappings.
    Many(&'static Mapping),
    /// A list of mappings.
    Items(&'static Mapping),
    /// A map from names to mappings.
    Map(&'static Mapping),
    /// A map from error codes to texts or mappings.
    Errors,
}

impl Mapping {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn required(
    name: &'static str,
    value: Value,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        name,
        value,
        required: true,
        doc,
        example,
    }
}

const fn optional(
    name: &'static str,
    value: Value,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        name,
        value,
        required: false,
        doc,
        example,
    }
}

/// The words of a closed list, each with its meaning.
fn words<T: Word>() -> Vec<(&'static str, &'static str)> {
    T::ALL.iter().map(|(word, _, doc)| (*word, *doc)).collect()
}

/// The kind of file that the keys at its top tell.
pub(crate) fn of_file<'k>(
    mut keys: impl Iterator<Item = &'k str> + Clone,
) -> Option<&'static Mapping> {
    // Other files declare types, too.
    if keys.clone().eq(["types"]) {
        return Some(&SHARED_TYPES);
    }
    keys.find_map(|key| match key {
        "provider" => Some(&PROVIDER),
        "service" => Some(&SERVICE),
        "action" => Some(&ACTION),
        "overlay" => Some(&OVERLAY),
        "deviations" => Some(&DEVIATIONS),
        _ => None,
    })
}

/// Every kind of mapping, in the order of the reference.
pub(crate) const MAPPINGS: &[&Mapping] = &[
    &PROVIDER,
    &SERVICE,
    &SHARED_TYPES,
    &ACTION,
    &SOURCE,
    &PARAM,
    &OUTPUT,
    &TYPE,
    &MEMBER,
    &ENUM_VALUE,
    &ERROR,
    &RATE_LIMIT,
    &PAGINATION,
    &EVENT_STREAM,
    &EXAMPLE,
    &OVERLAY,
    &CHANGE,
    &DEVIATIONS,
    &DEVIATION,
];

pub(crate) static PROVIDER: Mapping = Mapping {
    name: "a provider",
    doc: "`<provider>/provider.yaml`: what the services of one vendor have in common.",
    keys: &[
        required(
            "provider",
            Text,
            "tencent",
            "The name of the folder, which is also the Rust module.",
        ),
        required("title", Text, "Tencent Cloud", "The vendor's own name."),
        optional(
            "telemetry_name",
            Text,
            "tencentcloud",
            "What OpenTelemetry calls the vendor, `rpc.system.name`; the provider's name when left out.",
        ),
        required(
            "doc",
            Text,
            "Services that are called by action name.",
            "What the provider is.",
        ),
        required(
            "source",
            Many(&SOURCE),
            "{ url: \"https://example.com/api\" }",
            "The pages that this was taken from.",
        ),
        required(
            "dispatch",
            Choice(words::<Dispatch>),
            "header",
            "How a request names the action that it calls.",
        ),
        required(
            "authentication",
            Choice(words::<Authentication>),
            "tc3",
            "How requests are signed, unless an action says otherwise.",
        ),
        required(
            "envelope",
            Choice(words::<Envelope>),
            "response",
            "How replies are wrapped, unless an action says otherwise.",
        ),
        required(
            "arrays",
            Choice(words::<ArrayStyle>),
            "indexed",
            "How lists are written in a query string.",
        ),
        required(
            "clock_window",
            Duration,
            "300s",
            "How far the client's clock may be from the server's.",
        ),
        optional(
            "method",
            Choice(words::<Method>),
            "POST",
            "The HTTP method, unless an action says otherwise; `POST` when left out.",
        ),
        optional(
            "region",
            Choice(words::<RegionUse>),
            "required",
            "Whether actions take a region, unless one says otherwise; `none` when left out.",
        ),
        optional(
            "common_params",
            Map(&PARAM),
            "{}",
            "Parameters that every action takes.",
        ),
        optional(
            "errors",
            Errors,
            "{ AuthFailure: The signature is wrong. }",
            "Error codes that any action may answer with.",
        ),
    ],
};

pub(crate) static SERVICE: Mapping = Mapping {
    name: "a service",
    doc: "`<provider>/<service>/<version>/service.yaml`: one version of one service.",
    keys: &[
        required(
            "service",
            Text,
            "trtc",
            "The name of the folder, which is also the name in the signature.",
        ),
        required(
            "title",
            Text,
            "Real-Time Communication",
            "The product's name.",
        ),
        required(
            "version",
            Text,
            "\"2019-07-22\"",
            "The version as sent on the wire, in quotes.",
        ),
        required(
            "host",
            Text,
            "trtc.tencentcloudapi.com",
            "The host without scheme and path.",
        ),
        required(
            "doc",
            Text,
            "Audio and video calls.",
            "What the service is.",
        ),
        required(
            "source",
            Many(&SOURCE),
            "{ url: \"https://example.com/api\" }",
            "The pages that this was taken from.",
        ),
        optional(
            "types",
            Map(&TYPE),
            "{}",
            "Objects and enumerations that several actions use.",
        ),
        optional(
            "errors",
            Errors,
            "{ InternalError: The service failed. }",
            "Error codes that any action of the service may answer with.",
        ),
    ],
};

pub(crate) static SHARED_TYPES: Mapping = Mapping {
    name: "a file of types",
    doc: "`<provider>/<service>/<version>/types.yaml`: further types that several actions use. An import declares here what a person's `service.yaml` does not.",
    keys: &[required(
        "types",
        Map(&TYPE),
        "{}",
        "Objects and enumerations, none of which `service.yaml` declares.",
    )],
};

pub(crate) static ACTION: Mapping = Mapping {
    name: "an action",
    doc: "`<provider>/<service>/<version>/<Action>.yaml`: one action, as its page describes it.",
    keys: &[
        required(
            "action",
            Text,
            "DescribeUserInfo",
            "The name on the wire; the file is called after it.",
        ),
        optional(
            "name",
            Text,
            "DescribeUser",
            "The name in Rust, where the one made from `action` is taken.",
        ),
        optional(
            "title",
            Text,
            "Querying User Details",
            "What the page calls the action, where that differs.",
        ),
        required(
            "doc",
            Text,
            "Lists who was in a call.",
            "What the action does.",
        ),
        optional(
            "notes",
            Texts,
            "[Data is kept for 14 days.]",
            "Restrictions, advice and contradictions of the page.",
        ),
        optional(
            "formerly",
            Text,
            "DescribeUserInformation",
            "The name that the action had before.",
        ),
        required(
            "source",
            Many(&SOURCE),
            "{ url: \"https://example.com/api\" }",
            "The pages that this was taken from.",
        ),
        required(
            "kind",
            Choice(words::<Kind>),
            "read",
            "What a second execution would do; decides what may be retried.",
        ),
        optional(
            "method",
            Choice(words::<Method>),
            "GET",
            "The HTTP method, where it is not the provider's.",
        ),
        optional(
            "host",
            Text,
            "trtc.ai.tencentcloudapi.com",
            "The host without scheme and path, where it is not the service's.",
        ),
        optional(
            "path",
            Path,
            "/v1/members/{account}",
            "The path, with parameters in braces; `/` when left out. Required where the provider dispatches by path.",
        ),
        optional(
            "authentication",
            Choice(words::<Authentication>),
            "token",
            "How requests are signed, where that differs from the provider's way.",
        ),
        optional(
            "envelope",
            Choice(words::<Envelope>),
            "bare",
            "How replies are wrapped, where that differs from the provider's way.",
        ),
        optional(
            "region",
            Choice(words::<RegionUse>),
            "optional",
            "Whether a region is sent, where that differs from the provider's way.",
        ),
        optional(
            "regions",
            Texts,
            "[ap-beijing, ap-singapore]",
            "The regions that the action is limited to.",
        ),
        optional(
            "rate_limit",
            RateLimits,
            "20/s",
            "The documented rate limit, or a list of limits; a throttled call stays away for the time between two.",
        ),
        optional(
            "deprecated",
            Text,
            "Use DescribeCallDetailInfo.",
            "Why the action should no longer be used.",
        ),
        optional(
            "params",
            Map(&PARAM),
            "{}",
            "The inputs, in the page's order.",
        ),
        optional(
            "output",
            Map(&OUTPUT),
            "{}",
            "The outputs, in the page's order, without the envelope.",
        ),
        optional(
            "types",
            Map(&TYPE),
            "{}",
            "Objects and enumerations that only this action uses.",
        ),
        optional(
            "errors",
            Errors,
            "{ InternalError.DBError: The database failed. }",
            "The error codes that the page lists for this action.",
        ),
        optional(
            "status_codes",
            StatusCodes,
            "{ 200: Success. }",
            "The HTTP status codes that the page lists.",
        ),
        optional(
            "pagination",
            One(&PAGINATION),
            "{ offset: Offset, limit: Limit, items: List }",
            "How to walk through all results.",
        ),
        optional(
            "stream",
            One(&EVENT_STREAM),
            "{ switch: Stream }",
            "Says that the reply may be a stream of server-sent events, each of which holds the outputs.",
        ),
        optional("examples", Items(&EXAMPLE), "[]", "The page's examples."),
    ],
};

pub(crate) static SOURCE: Mapping = Mapping {
    name: "a source",
    doc: "A page that something was taken from.",
    keys: &[
        required(
            "url",
            Url,
            "\"https://example.com/api\"",
            "Where the page is.",
        ),
        optional("title", Text, "DescribeUserInfo", "Its title."),
        optional(
            "updated",
            Date,
            "2024-03-11",
            "The date that it gives for its last change.",
        ),
    ],
};

const TYPE_KEY: Key = required(
    "type",
    Type,
    "string",
    "What it holds: a type of the language, the name of a type, `[T]` for a list or `{T}` for a map from strings.",
);
const DOC_KEY: Key = required("doc", Text, "The number of users.", "What it means.");
const NAME_KEY: Key = optional(
    "name",
    Text,
    "instance_id",
    "The name of the Rust field, where the one made from the wire's name is taken.",
);
const DEFAULT_KEY: Key = optional(
    "default",
    Any,
    "6",
    "What the vendor assumes when it is left out.",
);
const RANGE_KEY: Key = optional(
    "range",
    Range,
    "1..100",
    "The smallest and the largest number; either may be left out.",
);
const LENGTH_KEY: Key = optional(
    "length",
    Range,
    "1..100",
    "The smallest and the largest number of characters of a string, or of items in a list; either may be left out.",
);
const PATTERN_KEY: Key = optional(
    "pattern",
    Pattern,
    "\"[a-z]+\"",
    "A regular expression that a string matches as a whole.",
);
const SENSITIVE_KEY: Key = optional(
    "sensitive",
    Flag,
    "true",
    "Whether it is a secret, which is never printed.",
);
const IDEMPOTENCY_TOKEN_KEY: Key = optional(
    "idempotency_token",
    Flag,
    "true",
    "Whether the vendor executes requests that share its value once. The client makes one up for each call where the caller gives none, and may then repeat the call. At most one for an action, and a string.",
);
const DEPRECATED_KEY: Key = optional(
    "deprecated",
    Text,
    "Use UserId.",
    "Why it should no longer be used.",
);
const EXAMPLE_KEY: Key = optional("example", Any, "user1", "A sample value.");
const NULLABLE_KEY: Key = optional(
    "nullable",
    Flag,
    "true",
    "Whether the vendor says that it may be null.",
);
const ALWAYS_KEY: Key = optional(
    "always",
    Flag,
    "true",
    "Whether this specification guarantees it, so that the Rust field is a plain value. Never for an enumeration.",
);

pub(crate) static PARAM: Mapping = Mapping {
    name: "a parameter",
    doc: "An input of an action.",
    keys: &[
        TYPE_KEY,
        optional(
            "required",
            Flag,
            "true",
            "Whether a request without it is refused.",
        ),
        DOC_KEY,
        NAME_KEY,
        optional(
            "set_by",
            Choice(words::<SetBy>),
            "client",
            "Who sets it, where that is not the caller; the caller never sees it.",
        ),
        optional(
            "in",
            Choice(words::<Location>),
            "path",
            "Where it travels; in the body when left out, or in the query string of a `GET` or `DELETE`.",
        ),
        optional(
            "arrays",
            Choice(words::<ArrayStyle>),
            "repeated",
            "How the list is written in a query string, where that differs from the provider's way.",
        ),
        IDEMPOTENCY_TOKEN_KEY,
        DEFAULT_KEY,
        RANGE_KEY,
        LENGTH_KEY,
        PATTERN_KEY,
        SENSITIVE_KEY,
        DEPRECATED_KEY,
        EXAMPLE_KEY,
    ],
};

pub(crate) static OUTPUT: Mapping = Mapping {
    name: "an output",
    doc: "An output of an action.",
    keys: &[
        TYPE_KEY,
        optional(
            "required",
            Flag,
            "true",
            "Whether the vendor promises to send it.",
        ),
        NULLABLE_KEY,
        ALWAYS_KEY,
        DOC_KEY,
        NAME_KEY,
        optional(
            "in",
            Choice(words::<Location>),
            "whole_body",
            "`whole_body`, where the reply is this value itself.",
        ),
        RANGE_KEY,
        LENGTH_KEY,
        PATTERN_KEY,
        SENSITIVE_KEY,
        DEPRECATED_KEY,
        EXAMPLE_KEY,
    ],
};

pub(crate) static MEMBER: Mapping = Mapping {
    name: "a member",
    doc: "A member of an object.",
    keys: &[
        TYPE_KEY,
        optional(
            "required",
            Flag,
            "true",
            "In inputs: whether a request without it is refused. In outputs: whether the vendor promises to send it.",
        ),
        NULLABLE_KEY,
        ALWAYS_KEY,
        DOC_KEY,
        NAME_KEY,
        DEFAULT_KEY,
        RANGE_KEY,
        LENGTH_KEY,
        PATTERN_KEY,
        SENSITIVE_KEY,
        DEPRECATED_KEY,
        EXAMPLE_KEY,
    ],
};

pub(crate) static TYPE: Mapping = Mapping {
    name: "a type",
    doc: "An object, which has `fields`, or an open enumeration, which has `enum` and `values`.",
    keys: &[
        required("doc", Text, "A user in a call.", "What it is."),
        optional(
            "name",
            Text,
            "UserDetail",
            "The name of the Rust type, where the vendor's name is taken.",
        ),
        optional("fields", Map(&MEMBER), "{}", "The members of an object."),
        optional(
            "enum",
            Choice(words::<EnumBase>),
            "int32",
            "What stands on the wire for an enumeration.",
        ),
        optional(
            "values",
            Map(&ENUM_VALUE),
            "{ 0: { name: Normal, doc: All is well. } }",
            "The values that are known; others are kept as they are.",
        ),
    ],
};

pub(crate) static ENUM_VALUE: Mapping = Mapping {
    name: "a value",
    doc: "One value of an enumeration.",
    keys: &[
        optional(
            "name",
            Text,
            "Normal",
            "The Rust variant; required where the value itself does not make a name.",
        ),
        required("doc", Text, "All is well.", "What it means."),
    ],
};

pub(crate) static ERROR: Mapping = Mapping {
    name: "an error",
    doc: "What a code means. A text alone is short for `doc`; `{}` says that the page explains nothing.",
    keys: &[
        optional("doc", Text, "The user does not exist.", "What it means."),
        optional(
            "name",
            Text,
            "UserNotFound",
            "The Rust variant; required where the code is a number.",
        ),
        optional(
            "remedy",
            Text,
            "Create the user first.",
            "What the vendor advises.",
        ),
        optional(
            "class",
            Choice(words::<ErrorClass>),
            "not_found",
            "What kind of failure it is. When left out: that of the longest dotted beginning of the code that the service or the provider lists.",
        ),
    ],
};

pub(crate) static RATE_LIMIT: Mapping = Mapping {
    name: "a rate limit",
    doc: "A limit on the rate of calls. A limit alone is short for `limit`.",
    keys: &[
        required(
            "limit",
            Rate,
            "20/s",
            "How many calls in a second (`s`), a minute (`m`) or an hour (`h`).",
        ),
        optional(
            "scope",
            Choice(words::<RateScope>),
            "account",
            "What shares the limit; `account` when left out.",
        ),
        optional(
            "by",
            Text,
            "RoomId",
            "With `scope: room`, and required there: the parameter that names the room.",
        ),
        optional(
            "doc",
            Text,
            "Shared with DescribeRoomInfo.",
            "What the page says beyond the numbers.",
        ),
    ],
};

pub(crate) static PAGINATION: Mapping = Mapping {
    name: "a pagination",
    doc: "How to walk through all results: by `page` and `size`, by `offset` and `limit`, or by `token` and `next`. Outputs inside of others are written with dots: `Data.List`.",
    keys: &[
        optional(
            "page",
            Text,
            "PageNumber",
            "The parameter that holds the number of the page.",
        ),
        optional("first", Count, "0", "The number of the first page."),
        optional(
            "size",
            Text,
            "PageSize",
            "With `page`: the parameter that holds the number of items on a page.",
        ),
        optional(
            "offset",
            Text,
            "Offset",
            "The parameter that holds the number of items to pass over.",
        ),
        optional(
            "limit",
            Text,
            "Limit",
            "With `offset` or `token`: the parameter that holds the number of items wanted.",
        ),
        optional(
            "token",
            Text,
            "NextToken",
            "The parameter that holds the token of the page.",
        ),
        optional(
            "next",
            Text,
            "NextToken",
            "With `token`: the output that holds the token of the next page.",
        ),
        required(
            "items",
            Text,
            "UserList",
            "The output that holds the items.",
        ),
        optional(
            "total",
            Text,
            "Total",
            "The output that holds the number of all items.",
        ),
    ],
};

pub(crate) static EVENT_STREAM: Mapping = Mapping {
    name: "an event stream",
    doc: "A reply of server-sent events. `{}` where it needs neither a switch nor a place for errors.",
    keys: &[
        optional(
            "switch",
            Text,
            "Stream",
            "The parameter, a bool, that asks for events instead of one reply.",
        ),
        optional(
            "error",
            Text,
            "ErrorMsg",
            "The output, an object, that holds an error in the middle of the stream; dots lead into objects.",
        ),
        optional(
            "error_code",
            Text,
            "ErrorCode",
            "The output that holds the code of such an error, where no object does. An event in which it is absent, null, empty or 0 holds no error.",
        ),
        optional(
            "error_message",
            Text,
            "ErrorMessage",
            "With `error_code`: the output that holds the error's message.",
        ),
    ],
};

pub(crate) static EXAMPLE: Mapping = Mapping {
    name: "an example",
    doc: "An example of the vendor's page. Words without quotes mean what they mean in JSON.",
    keys: &[
        required(
            "title",
            Text,
            "Querying the users of a call",
            "What it shows.",
        ),
        optional(
            "method",
            Choice(words::<Method>),
            "GET",
            "The HTTP method, where it is not the action's own.",
        ),
        optional(
            "request",
            JsonObject,
            "{ CommId: \"1400\" }",
            "The inputs by their names on the wire.",
        ),
        optional(
            "status",
            Count,
            "200",
            "The HTTP status of the reply; 200 when left out.",
        ),
        optional(
            "response",
            Any,
            "{ Response: { Total: 1 } }",
            "The reply as it stands on the wire, envelope included.",
        ),
    ],
};

pub(crate) static OVERLAY: Mapping = Mapping {
    name: "an overlay",
    doc: "`<file>.overlay.yaml`: corrections to `<file>.yaml` beside it, so that the file itself can be written anew by an import.",
    keys: &[
        required(
            "overlay",
            Text,
            "DescribeUserInfo",
            "The name of the action, the service or the provider that it corrects.",
        ),
        optional(
            "source",
            Many(&SOURCE),
            "{ url: \"https://example.com/sdk\" }",
            "The pages that the corrections were taken from, which are added to those of the file.",
        ),
        required(
            "changes",
            Items(&CHANGE),
            "[{ at: output.UserList.nullable, reason: The page says so., add: true }]",
            "The corrections, which are made one after the other.",
        ),
    ],
};

pub(crate) static CHANGE: Mapping = Mapping {
    name: "a change",
    doc: "One correction: one of `add`, `replace`, `rename` and `remove`. One that changes nothing, or whose place is gone, is an error.",
    keys: &[
        required(
            "at",
            Text,
            "output.UserList.nullable",
            "The keys that lead to it, with dots between them. A key that holds a dot stands in quotes: `errors.\"InternalError.DBError\"`. Items of lists are counted from 0.",
        ),
        required(
            "reason",
            Text,
            "The page says that it may be null.",
            "How it is known that the file is wrong.",
        ),
        optional("add", Any, "true", "The value of a key that is not there."),
        optional(
            "replace",
            Any,
            "uint64",
            "Another value for a key that is there.",
        ),
        optional(
            "was",
            Any,
            "int64",
            "With `replace` or `remove`, and required there: the value that was wrong. If the file holds another one by now, that is reported.",
        ),
        optional(
            "rename",
            Text,
            "X-TopicId",
            "Another name for the key itself, which keeps its place and what it holds.",
        ),
        optional("remove", Flag, "true", "Takes the key out."),
    ],
};

pub(crate) static DEVIATIONS: Mapping = Mapping {
    name: "a list of deviations",
    doc: "`<provider>/<service>/<version>/deviations.yaml`: where the service is meant to differ from the vendor's metadata. Only `bindery verify` reads it.",
    keys: &[required(
        "deviations",
        Items(&DEVIATION),
        "[{ at: GetUser.output.Uin.type, metadata: int64, reason: The page says so. }]",
        "The differences.",
    )],
};

pub(crate) static DEVIATION: Mapping = Mapping {
    name: "a deviation",
    doc: "One difference from the metadata. One that no longer is one is reported.",
    keys: &[
        required(
            "at",
            Text,
            "DescribeUserInfo.output.UserList.nullable",
            "The name of a file without its extension, then the keys that lead to it, with dots between them.",
        ),
        required(
            "metadata",
            Any,
            "false",
            "What the metadata says there; `null` where it says nothing.",
        ),
        required(
            "reason",
            Text,
            "The page says that it may be null.",
            "How it is known that the metadata is wrong.",
        ),
    ],
};

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    /// Every `$ref` of a schema.
    fn references(schema: &Json, found: &mut Vec<String>) {
        match schema {
            Json::Object(members) => {
                found.extend(
                    members
                        .get("$ref")
                        .and_then(Json::as_str)
                        .map(str::to_owned),
                );
                members.values().for_each(|value| references(value, found));
            }
            Json::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_schema_refers_to_nothing_that_it_lacks() {
        let schema = json_schema();
        let mut found = Vec::new();
        references(&schema, &mut found);
        for reference in &found {
            let pointer = reference.trim_start_matches('#');
            assert!(schema.pointer(pointer).is_some(), "{reference} is missing");
        }
        for mapping in MAPPINGS {
            let (_, noun) = mapping.name.split_once(' ').expect("an article");
            let definition = format!("#/definitions/{}", noun.replace(' ', "_"));
            assert!(found.contains(&definition), "{definition} is not used");
        }
    }

    #[test]
    fn the_reference_shows_every_key_and_word() {
        let reference = reference_markdown();
        for mapping in MAPPINGS {
            for key in mapping.keys {
                assert!(
                    reference.contains(&format!("\n| `{}`", key.name)),
                    "{}",
                    key.name
                );
                if let Value::Word(words) = key.value {
                    for (word, _) in words() {
                        assert!(reference.contains(&format!("\n| `{word}` | ")), "{word}");
                    }
                }
            }
        }
        for line in reference.lines().filter(|line| line.starts_with('|')) {
            let cells = line.replace("\\|", "").matches('|').count();
            assert!(cells == 5 || cells == 3, "{line}");
        }
    }
}
