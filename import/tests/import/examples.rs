//! The vendor's examples, in all the forms in which they are written.

use crate::common::{
    Folder, action, add_service, import_service, member, member_with, object, root,
};
use bindery_model::{Example, Method};
use serde_json::{Value, json};

fn api() -> Value {
    let input = [
        member_with("Id", "string", &json!({ "required": true })),
        member("Count", "uint64"),
        member("Names", "[string]"),
        member("Filters", "[{Filter}]"),
        member("Region", "string"),
    ];
    let filter = [member("Name", "string"), member("Values", "[int64]")];
    json!({
        "actions": { "GetThing": action("GetThing") },
        "objects": {
            "GetThingRequest": root(&input),
            "GetThingResponse": root(&[]),
            "Filter": object("in", &filter),
        },
    })
}

fn post(body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: demo.tencentcloudapi.com\r\nX-TC-Action: GetThing\r\n\
         <公共请求参数>\r\n\r\n{body}"
    )
}

const REPLY: &str = r#"{"Response": {"RequestId": "1.10", "Count": 1, "Nothing": null}}"#;

/// Imports one example.
fn example(test: &str, input: &str, output: &str) -> Option<Example> {
    let example = json!({ "title": "One", "document": "", "input": input, "output": output });
    let (_, service) = import_service(test, &api(), &json!({ "GetThing": [example] }));
    service.actions[0].examples.first().cloned()
}

#[test]
fn a_posted_body_is_taken_as_it_is() {
    let body = r#"{"Id": "007", "Names": ["no", "~", "a: b", ""], "Region": "here", "Count": 0}"#;
    let example = example("post", &post(body), REPLY).unwrap();
    assert_eq!(
        Value::Object(example.request),
        json!({ "Id": "007", "Names": ["no", "~", "a: b", ""], "Region": "here", "Count": 0 })
    );
    assert_eq!(example.method, None);
    assert_eq!(
        example.response.unwrap(),
        json!({ "Response": { "RequestId": "1.10", "Count": 1, "Nothing": null } })
    );
}

#[test]
fn the_inputs_of_an_address_get_their_types_back() {
    let input = "https://demo.tencentcloudapi.com/?Action=GetThing\r\n&Id=a%2Fb%2520+c\r\n\
                 &Version=2020-01-02&Count=12&Filters.0.Name=x&Filters.0.Values.0=-1\
                 &Names.0=zero&Names.10=ten&Names.2=two&<公共请求参数>";
    let example = example("address", input, REPLY).unwrap();
    assert_eq!(example.method, Some(Method::Get));
    assert_eq!(
        Value::Object(example.request),
        json!({
            "Id": "a/b%20+c",
            "Count": 12,
            "Names": ["zero", "two", "ten"],
            "Filters": [{ "Name": "x", "Values": [-1] }],
        })
    );
}

#[test]
fn what_contradicts_the_metadata_is_left_out() {
    let refused = [
        r#"{"Id": "a", "Count": "12"}"#,
        r#"{"Id": "a", "Count": -1}"#,
        r#"{"Count": 12}"#,
        r#"{"Id": "a", "Unknown\n# key": 12}"#,
        r#"{"Id": "a", "Names": null}"#,
        r#"{"Id": "a", "Filters": [{"Values": ["1"]}]}"#,
        r#"{"Id": "a"} {"Id": "b"}"#,
    ];
    for (index, body) in refused.into_iter().enumerate() {
        let example = example(&format!("refused_{index}"), &post(body), REPLY).unwrap();
        assert!(example.request.is_empty(), "{body}");
        assert!(example.response.is_some(), "{body}");
    }
    let events = "data: {\"Choices\": []}\n\ndata: [DONE]\n";
    let streamed = example("events", &post(r#"{"Id": "a"}"#), events).unwrap();
    assert!(streamed.response.is_none());
    assert_eq!(streamed.request["Id"], "a");
    let deep = format!(
        r#"{{"Response": {{"A": {}{}}}}}"#,
        "[".repeat(90),
        "]".repeat(90)
    );
    let deep = example("deep", &post(r#"{"Id": "a"}"#), &deep).unwrap();
    assert!(deep.response.is_none());
    assert_eq!(example("bare", &post("{}"), r#"{"RequestId": "a"}"#), None);
}

#[test]
fn what_was_left_out_is_counted_and_explained() {
    let folder = Folder::new("counted");
    let example =
        |input: &str, output: &str| json!({ "title": "One", "input": input, "output": output });
    let good = post(r#"{"Id": "a"}"#);
    let examples = [
        example(&good, REPLY),
        example(&good, "data: 1\n"),
        example(&post(r#"{"Id": 1}"#), REPLY),
        example("", "nothing"),
    ];
    add_service(
        &folder,
        "demo",
        "2020-01-02",
        &api(),
        &json!({ "GetThing": examples }),
    );
    let report = folder.import().unwrap();
    assert_eq!(
        (
            report.examples,
            report.requests_left_out,
            report.replies_left_out
        ),
        (3, 2, 2)
    );
    let text = folder.text("spec/tencent/demo/v20200102/GetThing.yaml");
    assert!(
        text.contains("# reply left out: it is a stream of events\n"),
        "{text}"
    );
    assert!(
        text.contains("# request left out: GetThingRequest.Id is not of the type string\n"),
        "{text}"
    );
}
