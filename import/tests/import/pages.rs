//! Which actions have pages, and which reply with a stream of events.

use crate::common::{
    Folder, action, add_service, import_service, member, member_with, object, root,
};
use bindery_import::tencent::PageStyle as Style;
use bindery_model::{Action, EventStream, PageStyle, Pagination, StreamError};
use serde_json::{Value, json};

/// The pagination of an action with these inputs and outputs.
fn pages(test: &str, input: &[(&str, &str)], output: &[(&str, &str)]) -> Option<Pagination> {
    let members = |members: &[(&str, &str)]| -> Vec<_> {
        members.iter().map(|(name, ty)| member(name, ty)).collect()
    };
    let page = [
        ("List", "[string]"),
        ("TotalCount", "int64"),
        ("NextCursor", "string"),
    ];
    let objects = json!({
        "Page": object("out", &members(&page)),
        "Other": object("out", &members(&page)),
    });
    lookup(test, &members(input), &members(output), &objects).pagination
}

/// An action that looks something up.
fn lookup(test: &str, input: &[Value], output: &[Value], objects: &Value) -> Action {
    let mut objects = objects.clone();
    objects["DescribeThingsRequest"] = root(input);
    objects["DescribeThingsResponse"] = root(output);
    let api = json!({
        "actions": { "DescribeThings": action("DescribeThings") },
        "objects": objects,
    });
    let (_, mut service) = import_service(test, &api, &json!({}));
    service.actions.remove(0)
}

#[test]
fn pages_are_recognised_by_the_usual_names() {
    let path = |path: &str| -> Vec<String> { path.split('.').map(str::to_owned).collect() };
    let list = [
        ("Things", "[string]"),
        ("Total", "uint64"),
        ("RequestId", "string"),
    ];
    let offset = [("Offset", "int64"), ("Limit", "uint64")];
    assert_eq!(
        pages("offset", &offset, &list),
        Some(Pagination {
            style: PageStyle::Offset {
                offset: "Offset".to_owned(),
                limit: "Limit".to_owned()
            },
            items: path("Things"),
            total: Some(path("Total")),
        })
    );
    let nested = [("Data", "{Page}"), ("RequestId", "string")];
    assert_eq!(
        pages(
            "number",
            &[("PageNumber", "int64"), ("PageSize", "int64")],
            &nested
        ),
        Some(Pagination {
            style: PageStyle::Number {
                page: "PageNumber".to_owned(),
                first: None,
                size: "PageSize".to_owned(),
            },
            items: path("Data.List"),
            total: Some(path("Data.TotalCount")),
        })
    );
    assert_eq!(
        pages(
            "token",
            &[("Cursor", "string"), ("Limit", "int64")],
            &nested
        ),
        Some(Pagination {
            style: PageStyle::Token {
                token: "Cursor".to_owned(),
                next: path("Data.NextCursor"),
                limit: Some("Limit".to_owned()),
            },
            items: path("Data.List"),
            total: Some(path("Data.TotalCount")),
        })
    );
}

#[test]
fn numbers_may_be_text_and_names_rare() {
    let list = [("Things", "[string]")];
    let style = |test: &str, input: &[(&str, &str)]| {
        pages(test, input, &list).map(|pagination| pagination.style)
    };
    let strings = [("Offset", "string"), ("Limit", "string")];
    assert!(matches!(
        style("text", &strings),
        Some(PageStyle::Offset { .. })
    ));
    for (page, size) in [
        ("Page", "Rp"),
        ("PageNo", "PerPage"),
        ("PageNum", "PageSize"),
    ] {
        let found = style(page, &[(page, "int64"), (size, "uint64")]);
        let expected = PageStyle::Number {
            page: page.to_owned(),
            first: None,
            size: size.to_owned(),
        };
        assert_eq!(found, Some(expected));
    }
    let skip = [("Skip", "uint64"), ("Limit", "uint64")];
    assert!(matches!(
        style("skip", &skip),
        Some(PageStyle::Offset { .. })
    ));
}

#[test]
fn items_are_the_only_list_of_objects_where_there_are_several_lists() {
    let offset = [("Offset", "int64"), ("Limit", "int64")];
    let items = |test: &str, output: &[(&str, &str)]| {
        pages(test, &offset, output).map(|pagination| pagination.items.join("."))
    };
    let beside_names = [
        ("Names", "[string]"),
        ("Things", "[{Page}]"),
        ("Ids", "[int64]"),
    ];
    assert_eq!(
        items("beside_names", &beside_names).as_deref(),
        Some("Things")
    );
    let outside = [("Total", "int64"), ("Data", "{Page}"), ("Other", "{Other}")];
    assert_eq!(items("two_holders", &outside), None);
    let total = pages("total_outside", &offset, &outside[..2])
        .unwrap()
        .total;
    assert_eq!(
        total,
        Some(vec!["Data".to_owned(), "TotalCount".to_owned()])
    );
}

#[test]
fn the_first_page_is_given_where_the_text_tells_it() {
    let first = |test: &str, document: &str| {
        let page = member_with("Page", "int64", &json!({ "document": document }));
        let list = [member("Things", "[string]")];
        let action = lookup(
            test,
            &[page, member("PageSize", "int64")],
            &list,
            &json!({}),
        );
        match action.pagination.expect("there are pages").style {
            PageStyle::Number { first, .. } => first,
            style => panic!("{style:?}"),
        }
    };
    assert_eq!(first("from_zero", "分页页码，从 0 开始"), Some(0));
    assert_eq!(first("from_one", "<p>页码，从1开始。</p>"), Some(1));
    assert_eq!(first("untold", "页码"), None);
}

#[test]
fn pages_are_not_guessed_where_two_readings_are_possible() {
    let list = [("Things", "[string]"), ("NextToken", "string")];
    let two = [("Things", "[{Page}]"), ("Others", "[{Page}]")];
    let integers = [("Offset", "int64"), ("Limit", "int64")];
    let floats = [("Offset", "float"), ("Limit", "float")];
    let mixed = [
        ("Offset", "int64"),
        ("Limit", "int64"),
        ("NextToken", "string"),
    ];
    assert_eq!(pages("two_lists", &integers, &two), None);
    assert_eq!(pages("floats", &floats, &list), None);
    assert_eq!(pages("limit_alone", &integers[1..], &list), None);
    assert_eq!(pages("mixed", &mixed, &list), None);
    assert_eq!(pages("no_list", &integers, &[("Total", "int64")]), None);
}

#[test]
fn streams_are_recognised_by_switches_and_by_examples() {
    let api = |input: &[Value], output: &[Value]| {
        json!({
            "actions": { "Chat": action("Chat") },
            "objects": {
                "ChatRequest": root(input),
                "ChatResponse": root(output),
                "Fault": object("out", &[member("Code", "string"), member("Msg", "string")]),
            },
        })
    };
    let stream = |test: &str, api: &Value, reply: &str| {
        let example = json!({ "title": "One", "document": "", "input": "{}", "output": reply });
        let (_, service) = import_service(test, api, &json!({ "Chat": [example] }));
        service.actions[0].stream.clone()
    };
    let plain = r#"{"Response": {"Said": "data:"}}"#;
    let events =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"Said\": \"a\"}\n";
    let fault = [member("ErrorMsg", "{Fault}")];
    let switched = api(&[member("Stream", "bool")], &fault);
    let expected = EventStream {
        switch: Some("Stream".to_owned()),
        error: Some(StreamError::Object(vec!["ErrorMsg".to_owned()])),
    };
    assert_eq!(stream("switch", &switched, plain), Some(expected));
    let silent = api(&[member("Stream", "string")], &[member("Error", "string")]);
    let expected = EventStream {
        switch: None,
        error: None,
    };
    assert_eq!(stream("events", &silent, events), Some(expected));
    assert_eq!(stream("neither", &silent, plain), None);

    let parts = |message: &str| {
        [
            member("ErrorCode", "string"),
            member("ErrorMessage", message),
        ]
    };
    let flat = api(&[member("Streaming", "bool")], &parts("string"));
    let expected = EventStream {
        switch: Some("Streaming".to_owned()),
        error: Some(StreamError::Members {
            code: vec!["ErrorCode".to_owned()],
            message: Some(vec!["ErrorMessage".to_owned()]),
        }),
    };
    assert_eq!(stream("flat", &flat, plain), Some(expected));
    let object = [&parts("string")[..], &fault].concat();
    let object = stream("flat_object", &api(&[], &object), events).unwrap();
    assert!(matches!(object.error, Some(StreamError::Object(_))));
    let other = stream("flat_other", &api(&[], &parts("{Fault}")), events).unwrap();
    assert_eq!(other.error, None);
}

#[test]
fn pages_and_streams_are_counted() {
    let folder = Folder::new("counted_pages");
    let mut api = json!({ "actions": {}, "objects": {} });
    let inputs = [
        ("ListA", ["Offset", "Limit"], "一"),
        ("ListB", ["Offset", "Limit"], "一"),
        ("ListC", ["Page", "Limit"], "从1开始"),
        ("ListD", ["Page", "Limit"], "一"),
    ];
    for (name, input, document) in inputs {
        let document = json!({ "document": document });
        let input = input.map(|input| member_with(input, "int64", &document));
        api["actions"][name] = action(name);
        api["objects"][format!("{name}Request")] = root(&input);
        api["objects"][format!("{name}Response")] = root(&[member("Things", "[string]")]);
    }
    add_service(&folder, "demo", "2020-01-02", &api, &json!({}));
    let report = folder.import().unwrap();
    let pages: Vec<_> = report.pages.into_iter().collect();
    let expected = [
        (Style::Number, 1),
        (Style::NumberFromUnknown, 1),
        (Style::Offset, 2),
    ];
    assert_eq!(pages, expected);
}
