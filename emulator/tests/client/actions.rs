//! The actions of the test's specification, written as they would be generated.

use std::time::Duration;

use bindery_runtime::support::{
    Action, ArrayStyle, Authentication, Dispatch, Envelope, Kind, Method, Operation, Paged,
    Pagination, Provider, RecordMut, Service, Slot, StreamError, Streamed, ValueMut,
};
use bindery_runtime::{Credential, UnknownValue, record, string_enum};

static CLOUDS: Provider = Provider {
    name: "clouds",
    telemetry_name: "clouds",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: Duration::from_mins(5),
    errors: &[],
};

static ROOMS: Provider = Provider {
    name: "rooms",
    telemetry_name: "rooms",
    dispatch: Dispatch::Path,
    ..CLOUDS
};

macro_rules! services {
    ($($constant:ident: $provider:ident, $name:literal, $version:literal;)*) => {
        $(
            pub(crate) static $constant: Service = Service {
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
    CASTLES: CLOUDS, "castles", "2020-01-01";
    CII: CLOUDS, "cii", "2021-04-08";
    CLS: CLOUDS, "cls", "2020-10-16";
    CONFERENCES: ROOMS, "conferences", "v1";
    HUNYUAN: CLOUDS, "hunyuan", "2023-09-01";
    STS: CLOUDS, "sts", "2018-08-13";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Unknown(UnknownValue<String>),
}

string_enum! { Code {} }

/// Implements what generated code implements for an action.
macro_rules! action {
    ($request:ident -> $output:ident, $service:ident, $($member:ident: $value:expr),*) => {
        impl Action for $request {
            type Output = $output;
            type ErrorCode = Code;

            const OPERATION: Operation = Operation {
                kind: Kind::Read,
                $($member: $value,)*
                ..Operation::new(&$service, stringify!($request))
            };
        }
    };
    ($request:ident -> $output:ident, $service:ident) => {
        action!($request -> $output, $service, authentication: Authentication::Tc3,
            envelope: Envelope::Response);
    };
}

/// The field of a request by its wire name, to be filled.
fn input<'a>(request: &'a mut dyn RecordMut, name: &str) -> Slot<'a> {
    let mut members = request.members().iter();
    let index = members.position(|member| member.name == name);
    request.slot(index.unwrap_or(usize::MAX))
}

/// Implements paging for an action.
macro_rules! paged {
    ($request:ident, $item:ty, |$page:ident| $items:expr, $pagination:expr) => {
        impl Paged for $request {
            type Item = $item;

            const PAGINATION: Pagination = $pagination;

            fn input(&mut self, name: &str) -> Slot<'_> {
                input(self, name)
            }

            fn items($page: &mut Self::Output) -> Option<&mut Vec<$item>> {
                $items
            }
        }
    };
}

pub(crate) struct Nothing {}

record! {
    Nothing {}
}

pub(crate) struct Chat {
    stream: Option<bool>,
    model: String,
    messages: Vec<Message>,
}

record! {
    Chat {
        0 => stream: "Stream",
        1 => model: "Model",
        2 => messages: "Messages",
    }
}

pub(crate) struct Message {
    pub(crate) role: String,
}

record! {
    Message {
        0 => role: "Role",
    }
}

pub(crate) struct ChatOutput {
    pub(crate) choices: Vec<Choice>,
    pub(crate) error: Option<ErrorMsg>,
}

record! {
    ChatOutput {
        0 => choices: "Choices",
        1 => error: "ErrorMsg",
    }
}

pub(crate) struct Choice {
    pub(crate) delta: Option<Delta>,
}

record! {
    Choice {
        0 => delta: "Delta",
    }
}

pub(crate) struct Delta {
    pub(crate) content: Option<String>,
}

record! {
    Delta {
        0 => content: "Content",
    }
}

pub(crate) struct ErrorMsg {
    pub(crate) msg: Option<String>,
    pub(crate) code: Option<i64>,
}

record! {
    ErrorMsg {
        0 => msg: "Msg",
        1 => code: "Code",
    }
}

impl Chat {
    pub(crate) fn hello() -> Self {
        Self {
            stream: None,
            model: "hunyuan".to_owned(),
            messages: vec![Message {
                role: "user".to_owned(),
            }],
        }
    }
}

impl Choice {
    pub(crate) fn text(&self) -> Option<&str> {
        self.delta.as_ref()?.content.as_deref()
    }
}

impl Action for Chat {
    type Output = ChatOutput;
    type ErrorCode = Code;

    const OPERATION: Operation = Operation {
        kind: Kind::Read,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        ..Operation::new(&HUNYUAN, "ChatCompletions")
    };
}

impl Streamed for Chat {
    const ERROR: StreamError = StreamError::Object(&["ErrorMsg"]);

    fn switch(&mut self) -> Slot<'_> {
        ValueMut::as_slot(&mut self.stream)
    }
}

pub(crate) struct Speak {}

record! {
    Speak {}
}

pub(crate) struct SpeakOutput {
    pub(crate) seq: Option<i64>,
}

record! {
    SpeakOutput {
        0 => seq: "Seq",
    }
}

action!(Speak -> SpeakOutput, CASTLES);

impl Streamed for Speak {
    const ERROR: StreamError = StreamError::Envelope;
}

pub(crate) struct Advise {}

record! {
    Advise {}
}

pub(crate) struct AdviseOutput {
    pub(crate) advice: Option<String>,
    pub(crate) fault: Option<Fault>,
    pub(crate) message: Option<String>,
}

record! {
    AdviseOutput {
        0 => advice: "Advice",
        1 => fault: "Fault",
        2 => message: "ErrorMessage",
    }
}

pub(crate) struct Fault {
    pub(crate) code: Option<i64>,
}

record! {
    Fault {
        0 => code: "ErrorCode",
    }
}

action!(Advise -> AdviseOutput, CASTLES);

impl Streamed for Advise {
    const ERROR: StreamError = StreamError::Members {
        code: &["Fault", "ErrorCode"],
        message: &["ErrorMessage"],
    };
}

pub(crate) struct UploadLog {
    pub(crate) topic_id: String,
    pub(crate) content: Vec<u8>,
}

record! {
    UploadLog {
        0 => topic_id: "X-CLS-TopicId" header,
        1 => content: "Content" whole_body,
    }
}

action!(UploadLog -> Nothing, CLS);

pub(crate) struct UploadMedicalFile {
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) file_url: Option<String>,
    pub(crate) pages: Option<Vec<u64>>,
}

record! {
    UploadMedicalFile {
        0 => file: "File" part,
        1 => file_url: "FileURL" part,
        2 => pages: "Pages" part,
    }
}

pub(crate) struct UploadMedicalFileOutput {
    pub(crate) file_key: Option<String>,
}

record! {
    UploadMedicalFileOutput {
        0 => file_key: "FileKey",
    }
}

action!(UploadMedicalFile -> UploadMedicalFileOutput, CII);

pub(crate) struct AddUsers {
    pub(crate) id: String,
    pub(crate) users: Vec<User>,
}

record! {
    AddUsers {
        0 => id: "id" path,
        1 => users: "users" whole_body,
    }
}

pub(crate) struct AddUsersOutput {
    pub(crate) users: Vec<User>,
}

record! {
    AddUsersOutput {
        0 => users: "users" whole_body,
    }
}

pub(crate) struct User {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<i64>,
}

record! {
    User {
        0 => name: "name",
        1 => role: "role",
    }
}

action!(AddUsers -> AddUsersOutput, CONFERENCES, method: Method::Put,
    path: "/v1/test/conferences/{id}/users");

impl User {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            role: None,
        }
    }
}

pub(crate) struct ListRooms {
    pub(crate) offset: Option<i64>,
    pub(crate) limit: Option<i64>,
}

record! {
    ListRooms {
        0 => offset: "offset" query,
        1 => limit: "limit" query,
    }
}

pub(crate) struct ListRoomsOutput {
    pub(crate) count: Option<i64>,
    pub(crate) data: Vec<Room>,
}

record! {
    ListRoomsOutput {
        0 => count: "count",
        1 => data: "data",
    }
}

pub(crate) struct Room {
    pub(crate) id: Option<String>,
}

record! {
    Room {
        0 => id: "id",
    }
}

action!(ListRooms -> ListRoomsOutput, CONFERENCES, method: Method::Get,
    path: "/v1/test/rooms");
paged!(
    ListRooms,
    Room,
    |page| Some(&mut page.data),
    Pagination::Offset {
        offset: "offset",
        limit: "limit",
        default_size: 20,
        max_size: Some(100),
        total: Some(&["count"]),
    }
);

impl ListRooms {
    pub(crate) fn of(limit: i64) -> Self {
        Self {
            offset: None,
            limit: Some(limit),
        }
    }
}

#[derive(Default)]
pub(crate) struct ListByNumber {
    pub(crate) page: Option<u64>,
    pub(crate) size: Option<u64>,
}

record! {
    ListByNumber {
        0 => page: "Page",
        1 => size: "Size",
    }
}

pub(crate) struct ListByNumberOutput {
    pub(crate) total: Option<u64>,
    pub(crate) towers: Vec<String>,
}

record! {
    ListByNumberOutput {
        0 => total: "Total",
        1 => towers: "Towers",
    }
}

action!(ListByNumber -> ListByNumberOutput, CASTLES);
paged!(
    ListByNumber,
    String,
    |page| Some(&mut page.towers),
    Pagination::Number {
        page: "Page",
        first: 1,
        size: "Size",
        default_size: 3,
        max_size: Some(100),
        total: Some(&["Total"]),
    }
);

pub(crate) struct ListByOffset {
    pub(crate) offset: Option<String>,
    pub(crate) limit: Option<i64>,
}

record! {
    ListByOffset {
        0 => offset: "Offset",
        1 => limit: "Limit",
    }
}

pub(crate) struct ListByOffsetOutput {
    pub(crate) data: Option<Towers>,
}

record! {
    ListByOffsetOutput {
        0 => data: "Data",
    }
}

pub(crate) struct Towers {
    pub(crate) total_count: Option<i64>,
    pub(crate) towers: Vec<String>,
}

record! {
    Towers {
        0 => total_count: "TotalCount",
        1 => towers: "Towers",
    }
}

action!(ListByOffset -> ListByOffsetOutput, CASTLES);
paged!(
    ListByOffset,
    String,
    |page| Some(&mut page.data.as_mut()?.towers),
    Pagination::Offset {
        offset: "Offset",
        limit: "Limit",
        default_size: 20,
        max_size: Some(100),
        total: Some(&["Data", "TotalCount"]),
    }
);

impl ListByOffset {
    pub(crate) fn of(limit: i64) -> Self {
        Self {
            offset: None,
            limit: Some(limit),
        }
    }
}

pub(crate) struct ListByToken {
    pub(crate) marker: Option<String>,
    pub(crate) max_keys: Option<i64>,
}

record! {
    ListByToken {
        0 => marker: "Marker",
        1 => max_keys: "MaxKeys",
    }
}

pub(crate) struct ListByTokenOutput {
    pub(crate) next_marker: Option<String>,
    pub(crate) towers: Vec<String>,
}

record! {
    ListByTokenOutput {
        0 => next_marker: "NextMarker",
        1 => towers: "Towers",
    }
}

action!(ListByToken -> ListByTokenOutput, CASTLES);
paged!(
    ListByToken,
    String,
    |page| Some(&mut page.towers),
    Pagination::Token {
        token: "Marker",
        next: &["NextMarker"],
        limit: Some("MaxKeys"),
        default_size: 20,
    }
);

impl ListByToken {
    pub(crate) fn of(max_keys: i64) -> Self {
        Self {
            marker: None,
            max_keys: Some(max_keys),
        }
    }
}

pub(crate) struct ListByNext {
    pub(crate) next: Option<u64>,
    pub(crate) limit: Option<u64>,
}

record! {
    ListByNext {
        0 => next: "Next",
        1 => limit: "Limit",
    }
}

pub(crate) struct ListByNextOutput {
    pub(crate) next: Option<u64>,
    pub(crate) towers: Vec<String>,
}

record! {
    ListByNextOutput {
        0 => next: "Next",
        1 => towers: "Towers",
    }
}

action!(ListByNext -> ListByNextOutput, CASTLES);
paged!(
    ListByNext,
    String,
    |page| Some(&mut page.towers),
    Pagination::Token {
        token: "Next",
        next: &["Next"],
        limit: Some("Limit"),
        default_size: 20,
    }
);

impl ListByNext {
    pub(crate) fn of(limit: u64) -> Self {
        Self {
            next: None,
            limit: Some(limit),
        }
    }
}

pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
    pub(crate) duration_seconds: Option<u64>,
}

record! {
    AssumeRole {
        0 => role_arn: "RoleArn",
        1 => role_session_name: "RoleSessionName",
        2 => duration_seconds: "DurationSeconds",
    }
}

action!(AssumeRole -> AssumeRoleOutput, STS);

pub(crate) struct AssumeRoleWithWebIdentity {
    pub(crate) provider_id: String,
    pub(crate) web_identity_token: String,
    pub(crate) role_arn: String,
    pub(crate) role_session_name: String,
}

record! {
    AssumeRoleWithWebIdentity {
        0 => provider_id: "ProviderId",
        1 => web_identity_token: "WebIdentityToken" sensitive,
        2 => role_arn: "RoleArn",
        3 => role_session_name: "RoleSessionName",
    }
}

action!(AssumeRoleWithWebIdentity -> AssumeRoleOutput, STS,
    authentication: Authentication::Skip, envelope: Envelope::Response);

pub(crate) struct AssumeRoleOutput {
    pub(crate) credentials: Option<Credentials>,
}

record! {
    AssumeRoleOutput {
        0 => credentials: "Credentials",
    }
}

pub(crate) struct Credentials {
    token: String,
    id: String,
    secret: String,
}

record! {
    Credentials {
        0 => token: "Token" sensitive,
        1 => id: "TmpSecretId",
        2 => secret: "TmpSecretKey" sensitive,
    }
}

impl Credentials {
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn without_token(&self) -> Credential {
        Credential::tencent(&*self.id, &*self.secret)
    }

    pub(crate) fn credential(&self) -> Credential {
        self.without_token().with_token(&*self.token)
    }
}

pub(crate) struct GetCallerIdentity {}

record! {
    GetCallerIdentity {}
}

action!(GetCallerIdentity -> Nothing, STS);

pub(crate) struct Rent {
    pub(crate) client_token: Option<String>,
}

record! {
    Rent {
        0 => client_token: "ClientToken" idempotency_token,
    }
}

pub(crate) struct RentOutput {
    pub(crate) id: Option<i64>,
}

record! {
    RentOutput {
        0 => id: "Id",
    }
}

impl Action for Rent {
    type Output = RentOutput;
    type ErrorCode = Code;

    const OPERATION: Operation = Operation {
        kind: Kind::Write,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        ..Operation::new(&CASTLES, "Rent")
    };
}
