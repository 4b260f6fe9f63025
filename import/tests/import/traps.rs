//! What stands in the vendor's metadata and breaks generators. Each fixture has the shape of a
//! real case; the names are those of the vendor.

use crate::common::{
    Folder, action, add_service, import_service, member, member_with, object, root,
};
use bindery_model::{Authentication, Field, Kind, Location, Service, Shape, TypeDef, TypeRef};
use serde_json::{Value, json};

/// A service with one action that looks something up.
fn lookup(test: &str, input: &[Value], output: &[Value], objects: &Value) -> (Folder, Service) {
    let mut objects = objects.clone();
    objects["DescribeThingsRequest"] = root(input);
    objects["DescribeThingsResponse"] = root(output);
    let api = json!({
        "actions": { "DescribeThings": action("DescribeThings") },
        "objects": objects,
    });
    import_service(test, &api, &json!({}))
}

fn idents(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(|field| field.ident.as_str()).collect()
}

fn type_def<'a>(service: &'a Service, name: &str) -> &'a TypeDef {
    service
        .types
        .iter()
        .find(|ty| ty.name == name)
        .expect("the type was imported")
}

fn fields<'a>(service: &'a Service, name: &str) -> &'a [Field] {
    match &type_def(service, name).shape {
        Shape::Object(fields) => fields,
        shape => panic!("{name} is {shape:?}"),
    }
}

#[test]
fn keywords_are_fields_like_others() {
    let names = ["Type", "Override", "Super", "Match", "hadAutoFixVul"];
    let output: Vec<_> = names.map(|name| member(name, "string")).to_vec();
    let (_, service) = lookup("keywords", &[], &output, &json!({}));
    assert_eq!(
        idents(&service.actions[0].output),
        [
            "r#type",
            "r#override",
            "super_",
            "r#match",
            "had_auto_fix_vul"
        ]
    );
}

#[test]
fn members_that_differ_in_case_alone_get_names() {
    let names = ["VASList", "VasList", "RequestID", "SubDomain", "Subdomain"];
    let output: Vec<_> = names.map(|name| member(name, "string")).to_vec();
    let mut reversed = output.clone();
    reversed.reverse();
    let (_, service) = lookup("case", &output, &reversed, &json!({}));
    let expected = [
        "v_a_s_list",
        "vas_list",
        "request_id",
        "sub_domain",
        "subdomain",
    ];
    let action = &service.actions[0];
    assert_eq!(idents(&action.params), expected);
    let mut output = idents(&action.output);
    output.reverse();
    assert_eq!(
        output, expected,
        "the order of the metadata changes no name"
    );
}

#[test]
fn the_request_id_belongs_to_the_envelope_and_others_to_their_objects() {
    let members = [member("RequestId", "string"), member("RequestID", "string")];
    let (_, service) = lookup(
        "request_id",
        &[],
        &[
            member("RequestId", "string"),
            member("State", "{InstanceStateInfo}"),
        ],
        &json!({ "InstanceStateInfo": object("out", &members) }),
    );
    assert_eq!(idents(&service.actions[0].output), ["state"]);
    assert_eq!(
        idents(fields(&service, "InstanceStateInfo")),
        ["request_id", "request_i_d"]
    );
}

#[test]
fn types_give_way_to_actions_and_to_the_prelude() {
    let names = [
        "Option",
        "Result",
        "Box",
        "Client",
        "RenewThings",
        "RenewThingsOutput",
        "Topic_Label",
    ];
    let mut objects = json!({
        "RenewThingsRequest": root(&names.map(|name| member(name, &format!("{{{name}}}")))),
        "RenewThingsResponse": root(&[]),
    });
    for name in names {
        objects[name] = object("in", &[member("Key", "string")]);
    }
    let api = json!({ "actions": { "RenewThings": action("RenewThings") }, "objects": objects });
    let (_, service) = import_service("types", &api, &json!({}));
    assert_eq!(service.actions[0].ident, "RenewThings");
    let idents = names.map(|name| type_def(&service, name).ident.as_str());
    assert_eq!(
        idents,
        [
            "OptionObject",
            "ResultObject",
            "BoxObject",
            "ClientObject",
            "RenewThingsObject",
            "RenewThingsOutputObject",
            "TopicLabel"
        ]
    );
}

#[test]
fn recursive_and_empty_objects_stay() {
    let objects = json!({
        "JobConfig": object("out", &[member("Parent", "{JobConfig}")]),
        "LineItem": object("out", &[member("SubGroup", "[{LineItem}]")]),
        "SecurityStatus": object("out", &[]),
    });
    let output = [
        member("Job", "{JobConfig}"),
        member("Lines", "[{LineItem}]"),
        member("Status", "{SecurityStatus}"),
    ];
    let (_, service) = lookup("recursive", &[], &output, &objects);
    let index = |name: &str| service.types.iter().position(|ty| ty.name == name).unwrap();
    let named = TypeRef::Named(index("JobConfig"));
    assert_eq!(fields(&service, "JobConfig")[0].ty, named);
    let list = TypeRef::List(Box::new(TypeRef::Named(index("LineItem"))));
    assert_eq!(fields(&service, "LineItem")[0].ty, list);
    assert!(fields(&service, "SecurityStatus").is_empty());
}

#[test]
fn members_may_be_called_like_parts_of_the_envelope_and_common_parameters() {
    let input = [
        "Language",
        "Signature",
        "Nonce",
        "SecretId",
        "Headers",
        "Version",
    ];
    let output = ["Error", "Response", "Headers"];
    let (_, service) = lookup(
        "reserved",
        &input.map(|name| member(name, "string")),
        &output.map(|name| member(name, "string")),
        &json!({}),
    );
    let names = |fields: &[Field]| -> Vec<String> {
        fields.iter().map(|field| field.name.clone()).collect()
    };
    assert_eq!(names(&service.actions[0].params), input);
    assert_eq!(names(&service.actions[0].output), output);
}

#[test]
fn each_side_has_its_own_flag_for_what_must_be_there() {
    let flags = json!({ "required": 1, "output_required": false, "value_allowed_null": true });
    let both = [member_with("Key", "string", &flags)];
    let input = [
        member_with("FileId", "string", &json!({ "required": 1 })),
        member_with("Tag", "{Tag}", &json!({ "required": false })),
    ];
    let output = [
        member_with(
            "Old",
            "string",
            &json!({ "required": true, "disabled": true }),
        ),
        member_with(
            "Tags",
            "[{Tag}]",
            &json!({ "output_required": true, "value_allowed_null": true }),
        ),
    ];
    let objects = json!({ "Tag": object("both", &both) });
    let (_, service) = lookup("flags", &input, &output, &objects);
    let flags = |field: &Field| (field.required, field.nullable);
    let action = &service.actions[0];
    assert_eq!(
        action.params.iter().map(flags).collect::<Vec<_>>(),
        [(true, false), (false, false)]
    );
    assert_eq!(
        action.output.iter().map(flags).collect::<Vec<_>>(),
        [(false, false), (true, true)]
    );
    assert_eq!(flags(&fields(&service, "Tag")[0]), (true, true));
    assert!(action.output[0].deprecated.is_some());
}

#[test]
fn every_type_of_the_metadata_is_one_of_the_language() {
    let types = [
        ("string", TypeRef::String),
        ("int64", TypeRef::Int64),
        ("uint64", TypeRef::Uint64),
        ("bool", TypeRef::Bool),
        ("float", TypeRef::Float),
        ("binary", TypeRef::Bytes),
        ("date", TypeRef::Date),
        ("datetime", TypeRef::DateTime),
        ("datetime_iso", TypeRef::DateTime),
        ("[uint64]", TypeRef::List(Box::new(TypeRef::Uint64))),
    ];
    let input: Vec<_> = (0..)
        .zip(&types)
        .map(|(index, (ty, _)): (u32, _)| member(&format!("Field{index}"), ty))
        .collect();
    let (_, service) = lookup("kinds", &input, &[], &json!({}));
    let params = &service.actions[0].params;
    assert!(
        params
            .iter()
            .map(|field| &field.ty)
            .eq(types.iter().map(|(_, ty)| ty))
    );
    // Bytes among them make the request a form.
    assert!(params.iter().all(|field| field.location == Location::Part));
}

#[test]
fn folders_are_called_as_the_signature_wants_it_and_versions_stand_side_by_side() {
    let folder = Folder::new("folders");
    let api = |name: &str, version: &str| {
        json!({
            "actions": { "GetThing": action("GetThing") },
            "objects": { "GetThingRequest": root(&[]), "GetThingResponse": root(&[]) },
            "metadata": { "apiVersion": version, "serviceShortName": name },
        })
    };
    for (name, short, version) in [
        ("autoscaling", "as", "2018-04-19"),
        ("tke", "tke", "2018-05-25"),
        ("tke", "tke", "2022-05-01"),
    ] {
        add_service(&folder, name, version, &api(short, version), &json!({}));
    }
    folder.import_some(&["as", "tke/v20220501"], &[]).unwrap();
    let names = |folder: &Folder| -> Vec<_> {
        let services = folder.load().providers.remove(0).services;
        services
            .into_iter()
            .map(|service| (service.host, service.module))
            .collect()
    };
    let scaling = ("as.tencentcloudapi.com".to_owned(), "v20180419".to_owned());
    let tke = |module: &str| ("tke.tencentcloudapi.com".to_owned(), module.to_owned());
    assert_eq!(names(&folder), [scaling.clone(), tke("v20220501")]);
    folder.import().unwrap();
    assert_eq!(
        names(&folder),
        [scaling, tke("v20180525"), tke("v20220501")]
    );
}

#[test]
fn unsigned_and_withdrawn_actions_are_marked() {
    let mut actions = json!({});
    let mut objects = json!({});
    for name in ["AssumeRoleWithSAML", "BatchDescribeThings", "ModifyThing"] {
        actions[name] = action(name);
        objects[format!("{name}Request")] = root(&[]);
        objects[format!("{name}Response")] = root(&[]);
    }
    actions["AssumeRoleWithSAML"]["skip_sign"] = json!(true);
    actions["BatchDescribeThings"]["status"] = json!("deprecated");
    actions["ModifyThing"]["status"] = json!("offline");
    let api = json!({ "actions": actions, "objects": objects });
    let (_, service) = import_service("marked", &api, &json!({}));
    let [saml, batch, modify] = &service.actions[..] else {
        panic!("three actions were imported");
    };
    assert_eq!(saml.authentication, Authentication::Skip);
    assert_eq!(batch.authentication, Authentication::Tc3);
    assert_eq!((batch.kind, modify.kind), (Kind::Read, Kind::Write));
    assert!(saml.deprecated.is_none());
    assert!(batch.deprecated.is_some() && modify.deprecated.is_some());
}

#[test]
fn a_client_token_is_a_token_where_the_text_says_so() {
    let described =
        |ty: &str, document: &str| member_with("ClientToken", ty, &json!({ "document": document }));
    for (name, ty, document, expected) in [
        (
            "token-en",
            "string",
            "A string that ensures the Idempotency of the request.",
            true,
        ),
        ("token-zh", "string", "用于保证请求幂等性的字符串。", true),
        (
            "token-of-a-user",
            "string",
            "The token of the user\u{2019}s client.",
            false,
        ),
        (
            "token-number",
            "int64",
            "Ensures the idempotency of the request.",
            false,
        ),
    ] {
        let members = [described(ty, document)];
        let objects = json!({ "Holder": object("in", &members) });
        let input = [members[0].clone(), member("Holder", "{Holder}")];
        let (_, service) = lookup(name, &input, &[], &objects);
        assert_eq!(
            service.actions[0].params[0].idempotency_token, expected,
            "{name}"
        );
    }
}
