//! A specification without problems resolves to what it says.

use std::time::Duration;

use bindery_model::{
    ArrayStyle, Authentication, Dispatch, Envelope, ErrorClass, EventStream, Kind, Location,
    Method, Model, PageStyle, RateScope, RegionUse, Shape, Sources, Specification, StreamError,
    TypeRef, check,
};
use serde_json::json;

const PROVIDER: &str = r#"
provider: acme
title: Acme Cloud
doc: Makes everything.
source: { url: "https://acme.example/api", updated: 2024-03-11 }
dispatch: header
authentication: tc3
envelope: response
arrays: indexed
clock_window: 5m
region: required
common_params:
  Signature: { type: string, set_by: client, doc: The signature. }
errors:
  AuthFailure: { doc: Not you., class: authentication }
"#;

const SERVICE: &str = r#"
service: calls
title: Calls
version: "2019-07-22"
host: calls.acme.example
doc: Calls between users.
source: { url: "https://acme.example/calls" }
types:
  User:
    doc: A user of a call.
    fields:
      UserId: { type: string, doc: The user. }
      Friends: { type: "[User]", doc: Other users. }
      State: { type: State, doc: The state. }
  State:
    doc: A state.
    enum: int32
    values:
      0: { name: Gone, doc: The user has left. }
      1: { name: Here, doc: The user is there. }
errors:
  InternalError: { class: server }
"#;

const LIST: &str = r#"
action: ListUsers
doc: Lists users.
notes: [Data is kept for 14 days.]
source: { url: "https://acme.example/calls/list" }
kind: read
regions: [north-1, south-1]
rate_limit: { limit: 20/m, scope: room, by: Type }
params:
  CommIDs: { type: "[string]", required: true, length: 1..100, doc: The calls. }
  Type: { type: uint64, range: 1.., default: 6, doc: The type. }
  Page: { type: uint64, doc: The page. }
  Token: { type: string, idempotency_token: true, length: ..36, doc: Tells calls apart. }
  Filter: { type: Filter, doc: What to list. }
output:
  Data: { type: Page, doc: The page. }
types:
  Filter: { doc: A filter., fields: { Since: { type: timestamp(s), doc: The start. } } }
  Page:
    doc: A page.
    fields:
      Users: { type: "[User]", nullable: true, doc: The users. }
      Total: { type: uint64, always: true, doc: How many there are. }
errors:
  InternalError.DB.Down: The database is down.
  AuthFailure.Token: {}
  50001: { name: Busy, doc: Try later., class: throttled }
pagination: { page: Page, first: 0, size: Type, items: Data.Users, total: Data.Total }
examples:
  - title: Two users
    request: { CommIDs: [a, "1"], Type: 7, Filter: { Since: 1590065777 } }
    response: { Response: { Data: { Users: null, Total: "many" } } }
"#;

const CHAT: &str = r#"
action: Chat
doc: Answers a question.
source: { url: "https://acme.example/calls/chat" }
kind: write
host: chat.acme.example
params: { Stream: { type: bool, doc: Whether to answer bit by bit. } }
output: { Choice: { type: Choice, doc: What was said. } }
types:
  Choice: { doc: An answer., fields: { Error: { type: Fault, doc: What went wrong. } } }
  Fault: { doc: An error., fields: { Code: { type: string, doc: The code. } } }
stream: { switch: Stream, error: Choice.Error }
"#;

const UPLOAD: &str = r#"
action: Upload
doc: Stores a recording.
source: { url: "https://acme.example/calls/upload" }
kind: write
envelope: bare
params:
  Recording: { type: bytes, in: part, required: true, doc: The recording. }
  Tags: { type: "{string}", in: part, doc: The tags. }
  CallId: { type: string, in: query, doc: The call. }
output: { Parts: { type: "[string]", in: whole_body, doc: The parts. } }
"#;

const LIST_OVERLAY: &str = r#"
overlay: ListUsers
changes:
  - at: params.Size
    reason: The metadata forgets it.
    add: { type: int64, doc: How many to list. }
  - { at: params.Size.type, reason: It is never negative., was: int64, replace: uint64 }
  - { at: pagination.size, reason: Type is something else., was: Type, replace: Size }
  - at: errors."InternalError.DB.Down"
    reason: It is not sent.
    was: The database is down.
    remove: true
  - at: examples.0.request.CommIDs.2
    reason: The page shows three.
    add: "007"
  - { at: examples.0.request.Type, reason: It is a text there., was: 7, replace: "7" }
  - { at: examples.0.request.Type, reason: The text was wrong., was: "7", replace: 8 }
"#;

fn model() -> Model {
    let sources = Sources::from_files([
        ("acme/provider.yaml", PROVIDER),
        ("acme/calls/v20190722/service.yaml", SERVICE),
        ("acme/calls/v20190722/ListUsers.yaml", LIST),
        ("acme/calls/v20190722/Chat.yaml", CHAT),
        ("acme/calls/v20190722/Upload.yaml", UPLOAD),
    ]);
    check(&sources).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn a_provider_holds_what_its_services_share() {
    let model = model();
    let provider = &model.providers[0];
    assert_eq!(provider.name, "acme");
    assert_eq!(provider.sources[0].updated.as_deref(), Some("2024-03-11"));
    assert_eq!(provider.dispatch, Dispatch::Header);
    assert_eq!(provider.arrays, ArrayStyle::Indexed);
    assert_eq!(provider.clock_window, Duration::from_mins(5));
    assert!(provider.common_params[0].set_by_client);
    assert_eq!(provider.errors[0].class, Some(ErrorClass::Authentication));
}

#[test]
fn an_action_inherits_from_its_provider() {
    let model = model();
    let service = &model.providers[0].services[0];
    assert_eq!(
        (service.module.as_str(), service.version.as_str()),
        ("v20190722", "2019-07-22")
    );
    let action = &service.actions[1];
    assert_eq!(
        (action.ident.as_str(), action.module.as_str()),
        ("ListUsers", "list_users")
    );
    assert_eq!((action.method, action.path.as_str()), (Method::Post, "/"));
    assert_eq!(action.authentication, Authentication::Tc3);
    assert_eq!(action.envelope, Envelope::Response);
    assert_eq!(
        (action.kind, action.region),
        (Kind::Read, RegionUse::Required)
    );
    assert_eq!(action.regions, ["north-1", "south-1"]);
    let limit = &action.rate_limits[0];
    assert_eq!((limit.count, limit.period), (20, Duration::from_mins(1)));
    assert_eq!(limit.scope, RateScope::Room);
    assert_eq!(limit.by.as_deref(), Some("Type"));
    let tokens = action.params.iter().filter(|param| param.idempotency_token);
    let tokens: Vec<_> = tokens.map(|param| param.name.as_str()).collect();
    assert_eq!(tokens, ["Token"]);
}

#[test]
fn fields_have_types_limits_and_rust_names() {
    let model = model();
    let action = &model.providers[0].services[0].actions[1];
    let [ids, ty, _, _, filter] = &action.params[..] else {
        panic!("five parameters")
    };
    assert_eq!((ids.ident.as_str(), ids.required), ("comm_ids", true));
    assert_eq!(ids.ty, TypeRef::List(Box::new(TypeRef::String)));
    assert_eq!(ids.length, Some((Some(1), Some(100))));
    assert_eq!(ids.location, Location::Payload);
    assert_eq!(ty.ident, "r#type");
    assert_eq!(ty.range, Some((Some(json!(1)), None)));
    assert_eq!(ty.default, Some(json!(6)));
    assert_eq!(filter.ty, TypeRef::Named(4));
}

#[test]
fn types_know_who_declares_and_who_reaches_them() {
    let model = model();
    let types = &model.providers[0].services[0].types;
    let facts = types
        .iter()
        .map(|ty| (ty.ident.as_str(), ty.owner, ty.input, ty.output));
    assert_eq!(
        facts.collect::<Vec<_>>(),
        [
            ("User", None, false, true),
            ("State", None, false, true),
            ("Choice", Some(0), false, true),
            ("Fault", Some(0), false, true),
            ("Filter", Some(1), true, false),
            ("Page", Some(1), false, true),
        ]
    );
    let Shape::Object(members) = &types[0].shape else {
        panic!("an object")
    };
    assert_eq!(members[1].ty, TypeRef::List(Box::new(TypeRef::Named(0))));
    let Shape::IntegerEnum(values) = &types[1].shape else {
        panic!("an enumeration")
    };
    assert_eq!((values[1].value, values[1].ident.as_str()), (1, "Here"));
}

#[test]
fn a_service_may_have_a_second_file_of_types() {
    let (service, types) = SERVICE.split_once("\n  State:").unwrap();
    let (state, errors) = types.split_once("errors:").unwrap();
    let overlay = "
overlay: types
changes: [{ at: types.State.enum, reason: It is wider., was: int32, replace: int64 }]
";
    let sources = |service: String| {
        Sources::from_files([
            ("acme/provider.yaml", PROVIDER.to_owned()),
            ("acme/calls/v20190722/service.yaml", service),
            (
                "acme/calls/v20190722/types.yaml",
                format!("types:\n  State:{state}"),
            ),
            (
                "acme/calls/v20190722/types.overlay.yaml",
                overlay.to_owned(),
            ),
            ("acme/calls/v20190722/ListUsers.yaml", LIST.to_owned()),
        ])
    };
    let specification = Specification::new(sources(format!("{service}\nerrors:{errors}")));
    let files = specification.files(&specification.services()[0]);
    assert!(files.count() == 5, "a change of types changes the service");
    let model = specification
        .model()
        .unwrap_or_else(|problems| panic!("{problems}"));
    let types = &model.providers[0].services[0].types;
    let owners: Vec<_> = types.iter().map(|ty| (&*ty.name, ty.owner)).collect();
    let expected = [
        ("User", None),
        ("State", None),
        ("Filter", Some(0)),
        ("Page", Some(0)),
    ];
    assert_eq!(owners, expected);

    let problems = check(&sources(SERVICE.to_owned())).unwrap_err().to_string();
    assert!(
        problems.contains("the type `State` is declared twice")
            && problems.contains("help: remove one of them"),
        "{problems}"
    );
}

#[test]
fn codes_inherit_the_class_of_their_longest_beginning() {
    let model = model();
    let action = &model.providers[0].services[0].actions[1];
    let codes = action
        .errors
        .iter()
        .map(|error| (error.ident.as_str(), error.class));
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [
            ("InternalErrorDBDown", Some(ErrorClass::Server)),
            ("AuthFailureToken", Some(ErrorClass::Authentication)),
            ("Busy", Some(ErrorClass::Throttled)),
        ]
    );
}

#[test]
fn pages_and_examples_name_what_exists() {
    let model = model();
    let action = &model.providers[0].services[0].actions[1];
    let pagination = action.pagination.as_ref().expect("a pagination");
    assert_eq!(pagination.items, ["Data", "Users"]);
    let style = PageStyle::Number {
        page: "Page".into(),
        first: Some(0),
        size: "Type".into(),
    };
    assert_eq!(pagination.style, style);
    let example = &action.examples[0];
    let request = json!({"CommIDs": ["a", "1"], "Type": 7, "Filter": {"Since": 1_590_065_777}});
    assert_eq!(serde_json::Value::Object(example.request.clone()), request);
    assert_eq!(example.status, 200);
}

#[test]
fn a_reply_may_be_a_stream_of_events() {
    let model = model();
    let actions = &model.providers[0].services[0].actions;
    assert_eq!(actions[0].host.as_deref(), Some("chat.acme.example"));
    let stream = EventStream {
        switch: Some("Stream".into()),
        error: Some(StreamError::Object(vec!["Choice".into(), "Error".into()])),
    };
    assert_eq!(actions[0].stream, Some(stream));
    assert_eq!((&actions[1].host, &actions[1].stream), (&None, &None));
}

#[test]
fn a_body_may_be_a_form_or_a_value_by_itself() {
    let model = model();
    let upload = &model.providers[0].services[0].actions[2];
    let fields = upload.params.iter().chain(&upload.output);
    let locations: Vec<_> = fields.map(|field| field.location).collect();
    assert_eq!(
        locations,
        [
            Location::Part,
            Location::Part,
            Location::Query,
            Location::WholeBody
        ]
    );
}

#[test]
fn overlays_rename_keys_in_their_place_and_add_their_sources() {
    let overlay = "
overlay: ListUsers
source: [{ url: https://acme.example/sdk, title: The SDK }]
changes:
  - { at: params.Token, reason: The service reads another name., rename: X-Token }
  - { at: params.X-Token.in, reason: It is a header., add: header }
";
    let sources = Sources::from_files([
        ("acme/provider.yaml", PROVIDER),
        ("acme/calls/v20190722/service.yaml", SERVICE),
        ("acme/calls/v20190722/ListUsers.yaml", LIST),
        ("acme/calls/v20190722/ListUsers.overlay.yaml", overlay),
    ]);
    let model = bindery_model::check(&sources).unwrap_or_else(|problems| panic!("{problems}"));
    let action = &model.providers[0].services[0].actions[0];
    let params = action.params.iter();
    let names: Vec<_> = params.map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["CommIDs", "Type", "Page", "X-Token", "Filter"]);
    assert_eq!(action.params[3].location, Location::Header);
    assert!(action.params[3].idempotency_token);
    let sources = action.sources.iter();
    let urls: Vec<_> = sources.map(|source| source.url.as_str()).collect();
    let expected = [
        "https://acme.example/calls/list",
        "https://acme.example/sdk",
    ];
    assert_eq!(urls, expected);
}

#[test]
fn overlays_correct_what_they_stand_beside() {
    let service = "
overlay: calls
changes:
  - at: types.User.fields.State
    reason: It is never sent.
    was: { doc: The state., type: State }
    remove: true
";
    let provider = "
overlay: acme
changes: [{ at: clock_window, reason: The page says so., was: 5m, replace: 10m }]
";
    let sources = Sources::from_files([
        ("acme/provider.yaml", PROVIDER),
        ("acme/provider.overlay.yaml", provider),
        ("acme/calls/v20190722/service.yaml", SERVICE),
        ("acme/calls/v20190722/service.overlay.yaml", service),
        ("acme/calls/v20190722/ListUsers.yaml", LIST),
        ("acme/calls/v20190722/ListUsers.overlay.yaml", LIST_OVERLAY),
    ]);
    let specification = Specification::new(sources);
    let files = specification.files(&specification.services()[0]);
    assert_eq!(
        files.count(),
        6,
        "a change of an overlay changes the service"
    );
    let model = specification
        .model()
        .unwrap_or_else(|problems| panic!("{problems}"));

    let provider = &model.providers[0];
    assert_eq!(provider.clock_window, Duration::from_mins(10));
    let service = &provider.services[0];
    let Shape::Object(user) = &service
        .types
        .iter()
        .find(|ty| ty.name == "User")
        .unwrap()
        .shape
    else {
        panic!("a user is an object");
    };
    assert!(user.iter().all(|field| field.name != "State"));
    let action = &service.actions[0];
    let size = action.params.last().unwrap();
    assert_eq!((&*size.name, &size.ty), ("Size", &TypeRef::Uint64));
    assert!(
        action
            .errors
            .iter()
            .all(|error| error.code != "InternalError.DB.Down")
    );
    assert!(matches!(
        &action.pagination.as_ref().unwrap().style,
        PageStyle::Number { size, .. } if size == "Size"
    ));
    assert_eq!(
        json!(action.examples[0].request),
        json!({ "CommIDs": ["a", "1", "007"], "Type": 8, "Filter": { "Since": 1_590_065_777 } })
    );
}
