//! Some actions as they are generated, of each vendor, with what the tests need of them.

use std::time::Duration;

use bindery_runtime::support::{
    Action, ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation,
    Paged, Pagination, Provider, RecordMut, RegionUse, Service, ServiceClient, Slot,
};
use bindery_runtime::{Config, Timestamp, UnknownValue, record, string_enum};

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
        ("FailedOperation", ErrorClass::Invalid),
        ("InternalError", ErrorClass::Server),
        ("LimitExceeded", ErrorClass::Quota),
        ("RequestLimitExceeded", ErrorClass::Throttled),
        ("ResourceNotFound", ErrorClass::NotFound),
        ("UnauthorizedOperation", ErrorClass::Permission),
    ],
};

static TRTC: Service = Service {
    provider: &TENCENT,
    name: "trtc",
    version: "2019-07-22",
    host: "trtc.tencentcloudapi.com",
    errors: &[("FailedOperation.Busy", ErrorClass::Conflict)],
};

static HUAWEI: Provider = Provider {
    name: "huawei",
    telemetry_name: "huaweicloud",
    dispatch: Dispatch::Path,
    arrays: ArrayStyle::Repeated,
    clock_window: Duration::from_mins(15),
    errors: &[],
};

static MEETING: Service = Service {
    provider: &HUAWEI,
    name: "meeting",
    version: "v1",
    host: "api.meeting.huaweicloud.com",
    errors: &[],
};

static ZEGO: Provider = Provider {
    name: "zego",
    telemetry_name: "zegocloud",
    dispatch: Dispatch::Query,
    arrays: ArrayStyle::Brackets,
    clock_window: Duration::from_mins(10),
    errors: &[("206", ErrorClass::Throttled)],
};

static RTC: Service = Service {
    provider: &ZEGO,
    name: "rtc",
    version: "v2",
    host: "rtc-api.zego.im",
    errors: &[],
};

pub(crate) fn trtc(config: &Config) -> ServiceClient {
    ServiceClient::new(config, &TRTC).expect("the host is one")
}

pub(crate) fn meeting(config: &Config) -> ServiceClient {
    ServiceClient::new(config, &MEETING).expect("the host is one")
}

pub(crate) fn rtc(config: &Config) -> ServiceClient {
    ServiceClient::new(config, &RTC).expect("the host is one")
}

/// Reads pages by their numbers, which begin with 0.
pub(crate) struct DescribeUserInfo {
    pub(crate) comm_id: String,
    pub(crate) start_time: Timestamp,
    pub(crate) end_time: Timestamp,
    pub(crate) sdk_app_id: u64,
    pub(crate) user_ids: Option<Vec<String>>,
    pub(crate) page_number: Option<u64>,
    pub(crate) page_size: Option<u64>,
}

record! {
    DescribeUserInfo {
        0 => comm_id: "CommId" required,
        1 => start_time: "StartTime" required seconds,
        2 => end_time: "EndTime" required seconds,
        3 => sdk_app_id: "SdkAppId" required,
        4 => user_ids: "UserIds",
        5 => page_number: "PageNumber",
        6 => page_size: "PageSize",
    }
}

pub(crate) struct DescribeUserInfoOutput {
    pub(crate) total: Option<u64>,
    pub(crate) user_list: Vec<UserInformation>,
}

record! {
    DescribeUserInfoOutput {
        0 => total: "Total",
        1 => user_list: "UserList" nullable,
    }
}

pub(crate) struct UserInformation {
    pub(crate) user_id: Option<String>,
    pub(crate) join_ts: Option<Timestamp>,
}

record! {
    UserInformation {
        0 => user_id: "UserId",
        1 => join_ts: "JoinTs" seconds,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UserErrorCode {
    ResourceNotFoundUserNotExist,
    Unknown(UnknownValue<String>),
}

string_enum! {
    UserErrorCode {
        "ResourceNotFound.UserNotExist" => ResourceNotFoundUserNotExist,
    }
}

impl Action for DescribeUserInfo {
    type Output = DescribeUserInfoOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Read,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        region: RegionUse::Required,
        errors: &[("FailedOperation.Busy.Forever", ErrorClass::Server)],
        ..Operation::new(&TRTC, "DescribeUserInfo")
    };
}

/// The field of a request by its wire name, to be filled.
pub(crate) fn input<'a>(request: &'a mut dyn RecordMut, name: &str) -> Slot<'a> {
    let mut members = request.members().iter();
    let index = members.position(|member| member.name == name);
    request.slot(index.unwrap_or(usize::MAX))
}

impl Paged for DescribeUserInfo {
    type Item = UserInformation;

    const PAGINATION: Pagination = Pagination::Number {
        page: "PageNumber",
        first: 0,
        size: "PageSize",
        default_size: 20,
        max_size: Some(100),
        total: Some(&["Total"]),
    };

    fn input(&mut self, name: &str) -> Slot<'_> {
        input(self, name)
    }

    fn items(page: &mut DescribeUserInfoOutput) -> Option<&mut Vec<UserInformation>> {
        Some(&mut page.user_list)
    }
}

impl DescribeUserInfo {
    /// The request that the vendor's page has as its example.
    pub(crate) fn example() -> Self {
        Self {
            comm_id: "1400188366_218695_1590065777".to_owned(),
            start_time: Timestamp::from_second(1_590_065_777).expect("it is in range"),
            end_time: Timestamp::from_second(1_590_065_877).expect("it is in range"),
            sdk_app_id: 1_400_188_366,
            user_ids: Some(vec![
                "user1_54816741".to_owned(),
                "user2_2107025".to_owned(),
            ]),
            page_number: None,
            page_size: None,
        }
    }
}

/// Writes, and has neither inputs nor outputs. Takes any region.
pub(crate) struct RemoveAll {}

record! {
    RemoveAll {}
}

pub(crate) struct RemoveAllOutput {}

record! {
    RemoveAllOutput {}
}

impl Action for RemoveAll {
    type Output = RemoveAllOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Write,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        region: RegionUse::Optional,
        ..Operation::new(&TRTC, "RemoveAll")
    };
}

pub(crate) struct ShowUserDetail {
    pub(crate) account: String,
    pub(crate) account_type: Option<i64>,
    pub(crate) request_id: Option<String>,
}

record! {
    ShowUserDetail {
        0 => account: "account" required path,
        1 => account_type: "accountType" query,
        2 => request_id: "X-Request-Id" header,
    }
}

pub(crate) struct ShowUserDetailOutput {
    pub(crate) name: Option<String>,
}

record! {
    ShowUserDetailOutput {
        0 => name: "name",
    }
}

impl Action for ShowUserDetail {
    type Output = ShowUserDetailOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Read,
        method: Method::Get,
        path: "/v1/usg/dcs/corp/member/{account}",
        authentication: Authentication::Token,
        ..Operation::new(&MEETING, "ShowUserDetail")
    };
}

pub(crate) struct CreateAppIdToken {
    pub(crate) user_name: Option<String>,
}

record! {
    CreateAppIdToken {
        0 => user_name: "userName",
    }
}

pub(crate) struct TokenOutput {
    pub(crate) access_token: Option<String>,
}

record! {
    TokenOutput {
        0 => access_token: "accessToken" sensitive,
    }
}

impl Action for CreateAppIdToken {
    type Output = TokenOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        path: "/v2/usg/acs/auth/appauth",
        authentication: Authentication::AppId,
        ..Operation::new(&MEETING, "CreateAppIdToken")
    };
}

pub(crate) struct CreateToken {}

record! {
    CreateToken {}
}

impl Action for CreateToken {
    type Output = TokenOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        path: "/v1/usg/acs/auth/account",
        authentication: Authentication::Account,
        ..Operation::new(&MEETING, "CreateToken")
    };
}

pub(crate) struct DescribeUsers {
    pub(crate) room_id: String,
    pub(crate) user_id: Vec<String>,
    pub(crate) pass: Option<String>,
}

record! {
    DescribeUsers {
        0 => room_id: "RoomId" required,
        1 => user_id: "UserId" required,
        2 => pass: "Pass" sensitive,
    }
}

pub(crate) struct DescribeUsersOutput {
    pub(crate) user_status_list: Vec<UserInformation>,
}

record! {
    DescribeUsersOutput {
        0 => user_status_list: "UserStatusList",
    }
}

impl Action for DescribeUsers {
    type Output = DescribeUsersOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Read,
        method: Method::Get,
        authentication: Authentication::Zego,
        envelope: Envelope::CodeData,
        ..Operation::new(&RTC, "DescribeUsers")
    };
}
