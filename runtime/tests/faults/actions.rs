//! An action that reads and one that writes, of each vendor.

use std::time::Duration;

use bindery_runtime::support::{
    Action, ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation,
    Provider, RateLimit, RateScope, Service, ServiceClient,
};
use bindery_runtime::{Config, record};

pub(crate) static TENCENT: Provider = Provider {
    name: "tencent",
    telemetry_name: "tencentcloud",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: Duration::from_mins(5),
    errors: &[
        ("AuthFailure", ErrorClass::Authentication),
        ("AuthFailure.SignatureExpire", ErrorClass::ClockSkew),
        ("AuthFailure.TokenFailure", ErrorClass::Credential),
        ("InternalError", ErrorClass::Server),
        ("LimitExceeded", ErrorClass::Quota),
        ("RequestLimitExceeded", ErrorClass::Throttled),
    ],
};

static ZEGO: Provider = Provider {
    name: "zego",
    telemetry_name: "zegocloud",
    dispatch: Dispatch::Query,
    arrays: ArrayStyle::Brackets,
    clock_window: Duration::from_mins(10),
    errors: &[
        ("1", ErrorClass::Server),
        ("7", ErrorClass::Throttled),
        ("206", ErrorClass::Throttled),
        ("100000004", ErrorClass::ClockSkew),
    ],
};

static HUAWEI: Provider = Provider {
    name: "huawei",
    telemetry_name: "huaweicloud",
    dispatch: Dispatch::Path,
    arrays: ArrayStyle::Repeated,
    clock_window: Duration::from_mins(15),
    errors: &[
        ("APIGW.0303", ErrorClass::ClockSkew),
        ("APIGW.0308", ErrorClass::Throttled),
        ("USG.000000004", ErrorClass::Credential),
    ],
};

macro_rules! services {
    ($($service:ident: $provider:ident $name:literal $client:ident,)*) => {
        $(
            pub(crate) static $service: Service = Service {
                provider: &$provider,
                name: $name,
                version: "v1",
                host: "service.example.com",
                errors: &[],
            };

            pub(crate) fn $client(config: &Config) -> ServiceClient {
                ServiceClient::new(config, &$service).expect("the host is one")
            }
        )*
    };
}

services! {
    TRTC: TENCENT "trtc" tencent,
    RTC: ZEGO "rtc" zego,
    MEETING: HUAWEI "meeting" huawei,
}

pub(crate) struct Output {
    pub(crate) total: Option<u64>,
    pub(crate) name: Option<String>,
}

record! {
    Output {
        0 => total: "Total",
        1 => name: "Name",
    }
}

macro_rules! uploads {
    ($($action:ident: $kind:ident,)*) => {
        $(
            /// An action with a body of any size.
            pub(crate) struct $action {
                pub(crate) content: Vec<u8>,
            }

            record! { $action { 0 => content: "Content" whole_body, } }

            impl Action for $action {
                type Output = Output;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::$kind,
                    envelope: Envelope::Response,
                    ..Operation::new(&TRTC, stringify!($action))
                };
            }
        )*
    };
}

uploads! {
    Search: Read,
    Upload: Write,
}

/// An action without results.
pub(crate) struct Remove;

record! { Remove {} }

pub(crate) struct Nothing;

record! { Nothing {} }

impl Action for Remove {
    type Output = Nothing;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        envelope: Envelope::Response,
        ..Operation::new(&TRTC, "Remove")
    };
}

/// An action that may be called twice a minute.
pub(crate) struct TencentPaced;

record! { TencentPaced {} }

impl Action for TencentPaced {
    type Output = Output;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        envelope: Envelope::Response,
        rate_limits: &[RateLimit::per_minute(2, RateScope::Account)],
        ..Operation::new(&TRTC, "Paced")
    };
}

macro_rules! actions {
    ($($action:ident: $service:ident $kind:ident $method:ident $authentication:ident $envelope:ident,)*) => {
        $(
            pub(crate) struct $action;


            record! { $action {} }

            impl Action for $action {
                type Output = Output;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::$kind,
                    method: Method::$method,
                    authentication: Authentication::$authentication,
                    envelope: Envelope::$envelope,
                    ..Operation::new(&$service, stringify!($action))
                };
            }
        )*
    };
}

actions! {
    TencentRead: TRTC Read Post Tc3 Response,
    TencentWrite: TRTC Write Post Tc3 Response,
    ZegoRead: RTC Read Get Zego CodeData,
    ZegoWrite: RTC Write Get Zego CodeData,
    HuaweiWrite: MEETING Write Post Token Bare,
    HuaweiSigned: MEETING Write Post AppId Bare,
}
