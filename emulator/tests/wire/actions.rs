//! The actions of the test's specification, written as they would be generated.

use std::time::Duration;

use bindery_runtime::record;
use bindery_runtime::support::{
    Action, ArrayStyle, Authentication, Dispatch, Envelope, Kind, Method, Operation, Provider,
    Service,
};

macro_rules! services {
    ($($service:ident $provider:ident: $dispatch:ident $arrays:ident $name:literal $version:literal;)*) => {
        $(
            static $provider: Provider = Provider {
                name: $name,
                telemetry_name: $name,
                dispatch: Dispatch::$dispatch,
                arrays: ArrayStyle::$arrays,
                clock_window: Duration::from_mins(5),
                errors: &[],
            };

            pub(crate) static $service: Service = Service {
                provider: &$provider,
                name: $name,
                version: $version,
                host: "localhost",
                errors: &[],
            };
        )*
    };
}

services! {
    CLOUDS TENCENT: Header Indexed "echo" "2020-01-01";
    CALLS ZEGO: Query Brackets "echo" "v2";
    MEETINGS HUAWEI: Path Repeated "meeting" "v1";
}

/// The inputs of a call. Each action sends some of them.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    pub(crate) text: String,
    pub(crate) number: i64,
    pub(crate) flag: Option<bool>,
    pub(crate) texts: Vec<String>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) parts: Vec<Part>,
    pub(crate) room: String,
    pub(crate) user: String,
    pub(crate) note: String,
    pub(crate) query: String,
}

#[derive(PartialEq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) notes: Vec<String>,
}

record! { Part { 0 => name: "Name" required, 1 => notes: "Notes" required, } }

pub(crate) struct Nothing {}

record! { Nothing {} }

macro_rules! actions {
    ($(
        $request:ident: $service:ident $name:literal $method:ident $path:literal $authentication:ident
            $envelope:ident { $($index:literal $field:ident: $type:ty, $wire:literal $($modifier:ident)*;)* }
    )*) => {
        $(
            pub(crate) struct $request {
                $($field: $type,)*
            }

            record! { $request { $($index => $field: $wire $($modifier)*,)* } }

            impl From<&Inputs> for $request {
                fn from(inputs: &Inputs) -> Self {
                    Self { $($field: inputs.$field.clone(),)* }
                }
            }

            impl Action for $request {
                type Output = Nothing;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::Write,
                    method: Method::$method,
                    path: $path,
                    authentication: Authentication::$authentication,
                    envelope: Envelope::$envelope,
                    ..Operation::new(&$service, $name)
                };
            }
        )*
    };
}

actions! {
    CloudsStore: CLOUDS "Store" Post "/" Tc3 Response {
        0 text: String, "Text";
        1 number: i64, "Number";
        2 flag: Option<bool>, "Flag";
        3 texts: Vec<String>, "Texts";
        4 bytes: Vec<u8>, "Bytes";
        5 parts: Vec<Part>, "Parts";
    }
    CloudsUpload: CLOUDS "Upload" Post "/" Tc3 Response {
        0 bytes: Vec<u8>, "Bytes" whole_body;
    }
    CloudsSubmit: CLOUDS "Submit" Post "/" Tc3 Response {
        0 text: String, "Text" part;
        1 number: i64, "Number" part;
        2 flag: Option<bool>, "Flag" part;
        3 texts: Vec<String>, "Texts" part;
        4 bytes: Vec<u8>, "Bytes" part;
    }
    CallsAsk: CALLS "Ask" Get "/" Zego CodeData {
        0 text: String, "Text";
        1 number: i64, "Number";
        2 flag: Option<bool>, "Flag";
        3 texts: Vec<String>, "Texts";
    }
    CallsStore: CALLS "Store" Post "/" Zego CodeData {
        0 text: String, "Text";
        1 number: i64, "Number";
        2 flag: Option<bool>, "Flag";
        3 texts: Vec<String>, "Texts";
        4 bytes: Vec<u8>, "Bytes";
        5 parts: Vec<Part>, "Parts";
    }
    MeetingsAsk: MEETINGS "Ask" Get "/v1/rooms/{Room}" Token Bare {
        0 room: String, "Room" path;
        1 text: String, "Text" query;
        2 number: i64, "Number" query;
        3 flag: Option<bool>, "Flag" query;
        4 texts: Vec<String>, "Texts" query;
    }
    MeetingsStore: MEETINGS "Store" Post "/v1/rooms/{Room}/users/{User}" Token Bare {
        0 room: String, "Room" path;
        1 user: String, "User" path;
        2 note: String, "X-Note" header;
        3 query: String, "Query" query;
        4 text: String, "Text";
        5 number: i64, "Number";
        6 flag: Option<bool>, "Flag";
        7 texts: Vec<String>, "Texts";
        8 bytes: Vec<u8>, "Bytes";
        9 parts: Vec<Part>, "Parts";
    }
}
