//! Documents of OpenAPI, and what becomes of them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::common::Folder;
use bindery_import::{
    ImportError,
    openapi::{self, Report, Request},
};
use bindery_model::{Action, Field, Model, Shape, TypeDef, TypeRef, document::Document};
use serde_json::{Value, json};

/// Documents with what has to be said about them.
struct Case {
    name: &'static str,
    documents: &'static [&'static str],
    provider: &'static str,
    service: &'static str,
    source: Option<&'static str>,
}

const CASES: &[Case] = &[
    // Actions that the query string names, a file for each, and what they share beside them.
    Case {
        name: "rooms",
        documents: &["room/describe-users.yaml", "room/kick-out-user.yaml"],
        provider: "zego",
        service: "rtc/v2",
        source: Some("https://docs.example.com/rooms"),
    },
    // Methods and paths, tokens in a header, error codes in replies: OpenAPI 3.0.
    Case {
        name: "members",
        documents: &["members.yaml"],
        provider: "huawei",
        service: "members",
        source: None,
    },
    // Forms, bytes, null as a type, named constants: OpenAPI 3.1, in JSON. The provider is new.
    Case {
        name: "files",
        documents: &["files.json"],
        provider: "vault",
        service: "files",
        source: Some("https://files.example.org/docs"),
    },
    // What the language cannot say.
    Case {
        name: "warnings",
        documents: &["warnings.yaml"],
        provider: "vault",
        service: "things",
        source: None,
    },
];

fn data(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/openapi")
        .join(case)
}

fn hand_written() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")
}

/// Puts a provider that a person described into a specification.
fn add_provider(out: &Folder, provider: &str) {
    let path = hand_written().join(provider).join("provider.yaml");
    if let Ok(text) = fs::read_to_string(path) {
        out.write(&format!("spec/{provider}/provider.yaml"), &text);
    }
}

impl Case {
    fn request(&self, out: &Folder) -> Request {
        let documents = data(self.name).join("documents");
        Request {
            documents: self
                .documents
                .iter()
                .map(|file| documents.join(file))
                .collect(),
            provider: Some(self.provider.to_owned()),
            service: Some(self.service.to_owned()),
            source: self.source.map(str::to_owned),
            out: out.path("spec"),
            ..Request::default()
        }
    }

    fn import(&self, out: &Folder) -> Report {
        add_provider(out, self.provider);
        openapi::import(&self.request(out)).expect("the documents can be imported")
    }
}

/// The files below a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten() {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below the folder");
                let text = fs::read_to_string(&path).expect("specifications are text");
                files.insert(name.display().to_string(), text);
            }
        }
    }
    files
}

#[test]
fn documents_become_the_files_that_were_reviewed() {
    for case in CASES {
        let out = Folder::new(&format!("openapi-{}", case.name));
        let report = case.import(&out);
        let mut written = files(&out.path("spec"));
        if !report.new_provider {
            written.remove(&format!("{}/provider.yaml", case.provider));
        }
        let folder = data(case.name).join("documents").display().to_string();
        let remarks = report.remarks.iter().map(|remark| format!("{remark}\n"));
        let remarks = remarks
            .collect::<String>()
            .replace(&format!("{folder}/"), "");
        written.insert("remarks.txt".to_owned(), remarks);
        let expected = data(case.name).join("expected");
        if std::env::var_os("BINDERY_BLESS").is_some() {
            let _ = fs::remove_dir_all(&expected);
            for (name, text) in &written {
                fs::create_dir_all(expected.join(name).parent().unwrap()).unwrap();
                fs::write(expected.join(name), text).unwrap();
            }
        }
        let expected = files(&expected);
        assert_eq!(
            written.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{}",
            case.name
        );
        for (name, text) in &written {
            assert_eq!(text, &expected[name], "{}/{name}", case.name);
        }
        out.load();

        let again = openapi::import(&case.request(&out)).unwrap();
        assert_eq!((again.written, again.unchanged), (0, report.written));
        assert_eq!(again.remarks, report.remarks);
    }
}

fn action<'m>(model: &'m Model, name: &str) -> (&'m Action, &'m [TypeDef]) {
    let service = &model.providers[0].services[0];
    let action = service.actions.iter().find(|action| action.name == name);
    (action.expect("the action is there"), &service.types)
}

/// What stands on the wire. A person may know that a number is a time or one of a list.
fn wire(ty: &TypeRef, types: &[TypeDef]) -> String {
    match ty {
        TypeRef::Uint32 | TypeRef::Int64 | TypeRef::Milliseconds => "a number".to_owned(),
        TypeRef::List(item) => format!("a list of {}", wire(item, types)),
        TypeRef::Named(index) => match &types[*index].shape {
            Shape::Object(fields) => {
                let fields = fields.iter();
                let fields =
                    fields.map(|field| format!("{}: {}", field.name, wire(&field.ty, types)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
            _ => "a number".to_owned(),
        },
        other => format!("{other:?}"),
    }
}

/// The vendor's page says the same twice, once to a person and once in OpenAPI.
#[test]
fn an_imported_action_says_what_a_person_wrote_from_the_same_page() {
    let out = Folder::new("openapi-outside");
    CASES[0].import(&out);
    let imported = out.load();
    let written = Folder::new("openapi-hand-written");
    add_provider(&written, "zego");
    for file in ["service.yaml", "DescribeUsers.yaml"] {
        let text = fs::read_to_string(hand_written().join("zego/rtc/v2").join(file)).unwrap();
        written.write(&format!("spec/zego/rtc/v2/{file}"), &text);
    }
    let written = written.load();
    let (ours, our_types) = action(&imported, "DescribeUsers");
    let (theirs, their_types) = action(&written, "DescribeUsers");

    assert_eq!(
        imported.providers[0].services[0].host,
        written.providers[0].services[0].host
    );
    assert_eq!(
        (ours.method, &ours.path, ours.envelope, ours.kind),
        (theirs.method, &theirs.path, theirs.envelope, theirs.kind)
    );
    let inputs = |fields: &[Field], types: &[TypeDef]| -> Vec<_> {
        let fields = fields.iter();
        let describe = |field: &Field| {
            let ty = wire(&field.ty, types);
            let name = (field.name.clone(), field.ident.clone());
            (
                name,
                ty,
                field.required,
                field.length,
                field.arrays,
                field.location,
            )
        };
        fields.map(describe).collect()
    };
    assert_eq!(
        inputs(&ours.params, our_types),
        inputs(&theirs.params, their_types)
    );
    let outputs = |fields: &[Field], types: &[TypeDef]| -> Vec<_> {
        let fields = fields.iter();
        fields
            .map(|field| (field.name.clone(), wire(&field.ty, types)))
            .collect()
    };
    assert_eq!(
        outputs(&ours.output, our_types),
        outputs(&theirs.output, their_types)
    );
    let codes: Vec<_> = ours
        .errors
        .iter()
        .map(|error| error.code.as_str())
        .collect();
    assert!(
        codes
            .iter()
            .all(|code| theirs.errors.iter().any(|error| error.code == *code))
    );
    assert_eq!(codes, ["2", "50001"]);
}

#[test]
fn single_operations_join_those_that_were_imported_before() {
    let out = Folder::new("openapi-single");
    add_provider(&out, "huawei");
    let import = |name: &str| {
        let operations = vec![name.to_owned()];
        openapi::import(&Request {
            operations,
            ..CASES[1].request(&out)
        })
    };
    let names = || -> Vec<_> {
        let files = files(&out.path("spec/huawei/members/v1"));
        files.into_keys().collect()
    };
    // By its id, then by the name of its action.
    let report = import("showMemberDetail").unwrap();
    assert_eq!(names(), ["ShowMemberDetail.yaml", "service.yaml"]);
    // Only what concerns this operation is remarked.
    assert!(
        report
            .remarks
            .iter()
            .all(|remark| !remark.text.contains("null")),
        "{report:?}"
    );
    let report = import("UpdateMember").unwrap();
    assert_eq!(
        names(),
        ["ShowMemberDetail.yaml", "UpdateMember.yaml", "service.yaml"]
    );
    // Types have their place from the beginning, whatever is imported.
    assert_eq!((report.written, report.unchanged), (1, 2));
    out.load();
}

#[test]
fn the_specification_tells_whose_service_it_is() {
    let out = Folder::new("openapi-home");
    CASES[1].import(&out);
    let request = Request {
        provider: None,
        service: None,
        ..CASES[1].request(&out)
    };
    let report = openapi::import(&request).unwrap();
    assert_eq!(report.folder, out.path("spec/huawei/members/v1"));
    assert_eq!((report.written, report.unchanged), (0, 5));
}

#[test]
fn an_import_beside_a_persons_files_is_a_specification() {
    let out = Folder::new("openapi-person");
    add_provider(&out, "zego");
    let service = fs::read_to_string(hand_written().join("zego/rtc/v2/service.yaml")).unwrap();
    out.write("spec/zego/rtc/v2/service.yaml", &service);
    let report = CASES[0].import(&out);
    assert_eq!(report.kept, [out.path("spec/zego/rtc/v2/service.yaml")]);
    let types = out.text("spec/zego/rtc/v2/types.yaml");
    assert!(types.contains("\ntypes:\n  Role:\n"), "{types}");
    // Codes that the person describes for the service are not described again.
    assert!(
        !out.text("spec/zego/rtc/v2/DescribeUsers.yaml")
            .contains("50001")
    );
    out.load();

    // What the person declares counts.
    let role = "types:\n  Role: { doc: A role., enum: uint32, values: { 2: { name: Audience, doc: It. } } }\n";
    let service = service.replacen("types:\n", role, 1);
    out.write("spec/zego/rtc/v2/service.yaml", &service);
    let report = CASES[0].import(&out);
    let overruling = report.overruling_types.into_values().collect::<Vec<_>>();
    assert_eq!(overruling, [["Role"]]);
    assert!(!out.path("spec/zego/rtc/v2/types.yaml").exists());
    out.load();
}

/// ZEGO publishes one document for each action.
#[test]
fn documents_can_be_imported_one_at_a_time() {
    let all = Folder::new("openapi-all");
    CASES[0].import(&all);
    let whole = files(&all.path("spec"));
    let documents = CASES[0].request(&all).documents;
    let import = |out: &Folder, document: &PathBuf, prune: bool| {
        let request = Request {
            documents: vec![document.clone()],
            prune,
            ..CASES[0].request(out)
        };
        openapi::import(&request)
    };
    for (test, order) in [("openapi-first", [0, 1]), ("openapi-second", [1, 0])] {
        let out = Folder::new(test);
        add_provider(&out, "zego");
        import(&out, &documents[order[0]], false).unwrap();
        let first = out.text("spec/zego/rtc/v2/service.yaml");
        let report = import(&out, &documents[order[1]], false).unwrap();
        assert_eq!((report.written, report.gone.len()), (1, 1), "{report:?}");
        // The type that both use is declared twice, under two names.
        assert_eq!(report.renamed_types.len(), 1);
        assert_eq!(out.text("spec/zego/rtc/v2/service.yaml"), first);
        out.load();
        CASES[0].import(&out);
        assert_eq!(files(&out.path("spec")), whole);
    }

    // After all have been imported together, what they share stays.
    import(&all, &documents[0], false).unwrap();
    assert_eq!(files(&all.path("spec")), whole);
    let report = import(&all, &documents[0], true).unwrap();
    assert_eq!((report.removed, report.gone.len()), (1, 0));
    all.load();
}

#[test]
fn an_action_does_not_lose_its_types_to_another_document() {
    let out = Folder::new("openapi-stranded");
    let operation = |id: &str, ty: &str| {
        let schema = format!("{{ $ref: '#/components/schemas/{ty}' }}");
        let reply = format!("content: {{ application/json: {{ schema: {schema} }} }}");
        format!(
            "  /{id}: {{ get: {{ operationId: {id}, responses: {{ '200': {{ {reply} }} }} }} }}\n"
        )
    };
    let types = "components:\n  schemas:\n    Inner: { type: object, properties: { Id: { type: string } } }\n    \
                 Thing: { type: object, properties: { In: { $ref: '#/components/schemas/Inner' } } }\n";
    let (one, two) = (operation("GetOne", "Thing"), operation("GetTwo", "Thing"));
    out.write("both.yaml", &format!("{EMPTY}paths:\n{one}{two}{types}"));
    let other = operation("GetOther", "Inner");
    out.write("other.yaml", &format!("{EMPTY}paths:\n{other}{types}"));
    let import = |name: &str, prune: bool| {
        openapi::import(&Request {
            documents: vec![out.path(name)],
            provider: Some("demo".to_owned()),
            service: Some("demo".to_owned()),
            out: out.path("spec"),
            prune,
            ..Request::default()
        })
    };
    import("both.yaml", false).unwrap();
    let before = files(&out.path("spec"));
    assert!(before["demo/demo/v1/service.yaml"].contains("Inner"));
    let message = import("other.yaml", false).unwrap_err().to_string();
    assert!(message.contains("uses the type Inner"), "{message}");
    assert_eq!(files(&out.path("spec")), before);
    assert_eq!(import("other.yaml", true).unwrap().removed, 2);
    out.load();
}

#[test]
fn pages_and_streams_are_recognised() {
    let out = Folder::new("openapi-pages");
    let report = openapi::import(&Request {
        documents: vec![data("pages").join("pages.yaml")],
        provider: Some("demo".to_owned()),
        service: Some("demo".to_owned()),
        out: out.path("spec"),
        ..Request::default()
    });
    let remarks = report.unwrap().remarks.into_iter();
    let remarks: Vec<_> = remarks.map(|remark| remark.text).collect();
    assert_eq!(remarks, ["`$dynamicRef` is left out"]);
    out.load();
    let pages = [
        (
            "SearchUsers",
            "{ offset: offset, limit: limit, items: data, total: count }",
        ),
        (
            "ListMarked",
            "{ limit: Limit, token: Marker, next: Marker, items: UserList }",
        ),
        (
            "ListPages",
            "{ page: page_no, first: 1, size: page_size, items: data }",
        ),
    ];
    let pages = pages.map(|(name, said)| {
        (
            name,
            format!("pagination: {said} # recognised by the names"),
        )
    });
    let streams = [("Chat", "{ switch: stream }"), ("Watch", "{}")];
    let streams = streams.map(|(name, said)| (name, format!("stream: {said}")));
    for (action, expected) in pages.into_iter().chain(streams) {
        let text = out.text(&format!("spec/demo/demo/v1/{action}.yaml"));
        assert!(
            text.lines().any(|line| line == expected),
            "{expected}\n{text}"
        );
    }
}

#[test]
fn a_document_that_does_not_say_where_it_is_from_cites_its_server() {
    let out = Folder::new("openapi-source");
    let document = EMPTY.replace("externalDocs", "x-docs");
    out.write(
        "api.yaml",
        &format!("{document}paths: {{ /a: {{ get: {{ operationId: ListThings }} }} }}\n"),
    );
    let report = openapi::import(&Request {
        documents: vec![out.path("api.yaml")],
        provider: Some("demo".to_owned()),
        service: Some("demo".to_owned()),
        out: out.path("spec"),
        ..Request::default()
    });
    let remarks = report.unwrap().remarks;
    assert!(
        remarks[0].text.contains("demo.example.com is cited"),
        "{remarks:?}"
    );
    let model = out.load();
    let (action, _) = action(&model, "ListThings");
    assert_eq!(action.sources[0].url, "https://demo.example.com");
}

const EMPTY: &str = "openapi: 3.1.0\n\
    info: { title: Demo, version: v1 }\n\
    externalDocs: { url: https://docs.example.com/ }\n\
    servers: [{ url: https://demo.example.com }]\n";

#[test]
fn documents_that_cannot_be_imported_are_named_with_place_and_remedy() {
    let list = format!("{EMPTY}paths: {{ /a: {{ get: {{ operationId: ListThings }} }} }}\n");
    let cases = [
        ("a: [1\n", "api.yaml:1:4"),
        ("a: &x 1\n", "write the value out wherever it is needed"),
        ("swagger: '2.0'\n", "api.yaml: line 1, column 1: expected OpenAPI 3.0 or 3.1, found Swagger 2.0; convert it"),
        ("openapi: 4.0.0\n", "line 1, column 1: expected OpenAPI 3.0 or 3.1, found \"4.0.0\""),
        ("title: x\n", "expected a document of OpenAPI, which starts with `openapi: 3.1.0`"),
        (EMPTY, "the documents have no operations"),
        (&list.replace("servers", "x-servers"), "no `servers` say where the service is; say it with --host"),
        (&list.replace("demo.example.com", "localhost"), "line 4, column 11: expected a server such as"),
        (
            &list.replace("ListThings", "ListThings, parameters: [{ $ref: '#/x' }]"),
            "line 5, column 61: \"#/x\" refers to \"/x\", which",
        ),
        (
            &list.replace("ListThings", "ListThings, parameters: [{ $ref: 'https://a.io/b.yaml' }]"),
            "addresses are not fetched",
        ),
        (
            &format!("{list}components: {{ schemas: {{ A: {{ allOf: [{{ $ref: '#/components/schemas/A' }}] }} }} }}\n")
                .replace("ListThings", "ListThings, responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } }"),
            "the schema consists of itself",
        ),
        (&list, "no operation \"ListThing\"; did you mean `ListThings`?"),
    ];
    for (index, (text, expected)) in cases.iter().enumerate() {
        let out = Folder::new(&format!("openapi-error-{index}"));
        out.write("api.yaml", text);
        let request = Request {
            documents: vec![out.path("api.yaml")],
            operations: vec!["ListThing".to_owned()],
            provider: Some("demo".to_owned()),
            service: Some("demo".to_owned()),
            out: out.path("spec"),
            ..Request::default()
        };
        let error = openapi::import(&request).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!out.path("spec").exists(), "{error}");
    }
}

#[test]
fn what_does_not_fit_the_specification_changes_nothing() {
    let out = Folder::new("openapi-refused");
    CASES[0].import(&out);
    let before = files(&out.path("spec"));
    let all = CASES[0].request(&out);
    let nowhere = Request {
        service: None,
        provider: None,
        host: Some("other.example.com".to_owned()),
        ..all.clone()
    };
    let hostile = Request {
        service: Some("../rtc".to_owned()),
        ..all
    };
    assert!(matches!(
        openapi::import(&nowhere),
        Err(ImportError::Undecided { found: 0, .. })
    ));
    assert!(matches!(
        openapi::import(&hostile),
        Err(ImportError::IllegalName {
            what: "service",
            ..
        })
    ));
    assert_eq!(files(&out.path("spec")), before);
}

/// The pointers to all parts of a value.
fn parts(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut visit = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{pointer}/{key}");
        parts(value, &pointer, found);
        found.push(pointer);
    };
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(&index.to_string(), item);
            }
        }
        Value::Object(members) => members.iter().for_each(|(key, value)| visit(key, value)),
        _ => {}
    }
}

/// Vendors write such documents by hand. Whatever is wrong in one, either nothing is written, or
/// what is written is a specification.
#[test]
fn whatever_is_imported_is_a_specification() {
    let replacements = [
        json!(null),
        json!("a b"),
        json!(-1),
        json!([]),
        json!({}),
        json!(["x"]),
        json!(true),
        json!({ "$ref": "#/components/schemas/Thing" }),
    ];
    let (mut imported, mut refused) = (0, 0);
    for case in &CASES[1..] {
        let path = data(case.name).join("documents").join(case.documents[0]);
        let text = fs::read_to_string(&path).unwrap();
        let document = Document::read(case.documents[0], &text).unwrap();
        let mut pointers = Vec::new();
        parts(document.value(), "", &mut pointers);
        // Half of the parts are enough, each replaced by one value and its neighbours by others.
        for (index, pointer) in pointers.iter().step_by(2).enumerate() {
            let replacement = &replacements[index % replacements.len()];
            let mut value = document.value().clone();
            *value.pointer_mut(pointer).unwrap() = replacement.clone();
            let out = Folder::new("openapi-damaged");
            out.write("api.json", &value.to_string());
            let request = Request {
                documents: vec![out.path("api.json")],
                source: Some("https://docs.example.com/".to_owned()),
                ..case.request(&out)
            };
            match openapi::import(&request) {
                Ok(_) => {
                    imported += 1;
                    if let Err(problems) = bindery_model::load(&out.path("spec")) {
                        panic!("{pointer} = {replacement}\n{}", problems.render(false));
                    }
                }
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains("api.json"), "{error}");
                    assert!(!out.path("spec").exists(), "{error}");
                }
            }
        }
    }
    assert!(imported > 200 && refused > 20, "{imported} {refused}");
}
