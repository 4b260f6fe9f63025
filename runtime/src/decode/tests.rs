use super::object::same;
use crate::envelope::{self, Strictness};
use crate::fixtures::Everything;
use crate::operation::Envelope;
use crate::record::RecordMut;

fn read(body: &str) -> (Everything, Vec<String>) {
    let mut output = Everything::empty();
    let body = body.as_bytes();
    let opened = envelope::open(Envelope::Bare, 200, body, &mut output, Strictness::Tolerant)
        .expect("a reply that can be read");
    let mismatches = opened.mismatches.iter().map(ToString::to_string).collect();
    (output, mismatches)
}

/// What is left of one member, and what is said about it.
#[track_caller]
fn check(member: &str, expected: &str, mismatch: &str) {
    let body = format!("{{{member}}}");
    let (output, mismatches) = read(&body);
    let output = format!("{output:?}");
    let output = output
        .trim_start_matches("Everything { ")
        .trim_end_matches("parts: [] }");
    assert_eq!(output.trim_end_matches(", "), expected, "{body}");
    assert_eq!(mismatches.join("; "), mismatch, "{body}");
}

#[test]
fn reads_values_of_other_types_that_say_the_same() {
    let number = "a number is declared, read from a string";
    let flag = "$.Flag: a boolean is declared, read from";
    let text = "$.Text: a string is declared, read from";
    check(r#""Float": 3"#, "float: 3.0", "");
    check(r#""Signed": 1.0"#, "signed: 1", "");
    check(r#""Signed": 2147483648"#, "signed: 2147483648", "");
    check(
        r#""Signed": "-7""#,
        "signed: -7",
        "$.Signed: an integer is declared, read from a string",
    );
    check(
        r#""Unsigned": "18446744073709551615""#,
        "unsigned: 18446744073709551615",
        "$.Unsigned: an integer is declared, read from a string",
    );
    check(
        r#""Float": "0.5""#,
        "float: 0.5",
        &format!("$.Float: {number}"),
    );
    check(
        r#""Text": 12"#,
        r#"text: "12""#,
        &format!("{text} an integer"),
    );
    check(
        r#""Text": 0.25"#,
        r#"text: "0.25""#,
        &format!("{text} a number"),
    );
    check(
        r#""Text": false"#,
        r#"text: "false""#,
        &format!("{text} a boolean"),
    );
    check(
        r#""Flag": "True""#,
        "flag: true",
        &format!("{flag} a string"),
    );
    check(
        r#""Flag": "false""#,
        "flag: false",
        &format!("{flag} a string"),
    );
    check(r#""Flag": 1"#, "flag: true", &format!("{flag} an integer"));
    check(
        r#""Mode": "1""#,
        "mode: On",
        "$.Mode: an integer is declared, read from a string",
    );
    check(
        r#""Second": "1590065777""#,
        "second: 2020-05-21T12:56:17Z",
        "$.Second: an integer is declared, read from a string",
    );
    check(
        r#""Color": 7"#,
        r#"color: Unknown("7")"#,
        "$.Color: a string is declared, read from an integer",
    );
}

/// A member, a value that says nothing of its type, its type and that of the value.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    ("Signed", "[1, [2]]", "an integer", "a list"),
    ("Signed", "1.5", "an integer", "a number"),
    ("Signed", r#""""#, "an integer", "a string"),
    ("Signed", r#""NaN""#, "an integer", "a string"),
    ("Signed", "true", "an integer", "a boolean"),
    ("Float", r#""infinity""#, "a number", "a string"),
    ("Flag", r#""xx""#, "a boolean", "a string"),
    ("Flag", "2", "a boolean", "an integer"),
    ("Text", r#"{"a": {"b": 1}}"#, "a string", "an object"),
    ("Text", "{}", "a string", "an object"),
    ("Bytes", r#""?""#, "base64", "a string"),
    ("Inner", r#""none""#, "an object", "a string"),
    ("Parts", r#"{"Name": "x"}"#, "a list", "an object"),
    ("Parts", r#""x""#, "a list", "a string"),
    ("Parts", "1", "a list", "an integer"),
    ("Notes", "[]", "an object", "a list"),
];

#[test]
fn leaves_out_values_that_say_something_else_and_reads_what_follows() {
    for (name, value, declared, found) in OTHERS {
        let mismatch = format!("$.{name}: {declared} is declared, found {found}");
        check(&format!(r#""{name}": {value}"#), "", &mismatch);
        let followed = format!(r#""{name}": {value}, "Second": 0"#);
        check(&followed, "second: 1970-01-01T00:00:00Z", &mismatch);
    }
}

#[test]
fn leaves_out_numbers_that_do_not_fit_instead_of_wrapping_them() {
    let range = "the number is out of range";
    check(
        r#""Signed": 9223372036854776000"#,
        "",
        &format!("$.Signed: {range}"),
    );
    check(
        r#""Signed": -9223372036854775809"#,
        "",
        &format!("$.Signed: {range}"),
    );
    check(
        r#""Signed": "9223372036854775808""#,
        "",
        &format!("$.Signed: {range}"),
    );
    check(
        r#""Unsigned": 18446744073709551616"#,
        "",
        &format!("$.Unsigned: {range}"),
    );
    check(r#""Unsigned": -1"#, "", &format!("$.Unsigned: {range}"));
    check(r#""Unsigned": 1e23"#, "", &format!("$.Unsigned: {range}"));
    check(r#""Mode": 1e23"#, "", &format!("$.Mode: {range}"));
    check(
        r#""Text": 123456789012345678901"#,
        "",
        &format!("$.Text: {range}"),
    );
    // Milliseconds where seconds are declared.
    check(
        r#""Second": 1590065777000"#,
        "",
        &format!("$.Second: {range}"),
    );
}

#[test]
fn takes_null_for_absent_and_the_last_of_several() {
    let null = "found null where a value is declared";
    check(r#""Text": null"#, "", &format!("$.Text: {null}"));
    check(
        r#""Text": "a", "Text": null"#,
        "",
        &format!("$.Text: {null}"),
    );
    check(r#""Text": "a", "Text": "b""#, r#"text: "b""#, "");
    check(r#""Numbers": [1], "Numbers": [2]"#, "numbers: [2]", "");
    check(
        r#""Inner": {"Text": "a"}, "Inner": {"Flag": true}"#,
        "inner: Everything { flag: true, parts: [] }",
        "",
    );
    check(
        r#""Numbers": [1, null, "x", "2"]"#,
        "numbers: [1, 2]",
        &format!(
            "$.Numbers[1]: {null}; $.Numbers[2]: an integer is declared, found a string; $.Numbers[3]: an integer is declared, read from a string"
        ),
    );
    check(
        r#""Notes": {"a": "b", "c": null}"#,
        r#"notes: {"a": "b"}"#,
        &format!("$.Notes.c: {null}"),
    );
    check(
        r#""Parts": [{"Password": "x"}]"#,
        r#"parts: [Part { name: "", password: "[hidden]" }] }"#,
        "$.Parts[0].Name: a promised member is missing",
    );
    check(
        r#""Free": [null, {"a": 1.5}]"#,
        r#"free: Array [Null, Object {"a": Number(1.5)}]"#,
        "",
    );
    check(
        r#""Mode": 9, "Color": "mauve", "Novel": {"a": [1]}"#,
        r#"mode: Unknown(9), color: Unknown("mauve")"#,
        "",
    );
    check(
        "\"T\\u0065xt\": \"\\u00e9\\ud83d\\ude00\"",
        "text: \"é😀\"",
        "",
    );
}

#[test]
fn replaces_halves_of_surrogate_pairs() {
    let surrogate = "$: text holds half of a surrogate pair";
    check(r#""Text": "a\ud800b""#, "text: \"a\u{fffd}b\"", surrogate);
    check(
        r#""Text": "\udc00\\ud800""#,
        "text: \"\u{fffd}\\\\ud800\"",
        surrogate,
    );
    check(
        r#""Text": "\ud800\ud83d\ude00""#,
        "text: \"\u{fffd}😀\"",
        surrogate,
    );
    check(
        r#""Numbers": [1], "Text": "\ud800", "Numbers": [2]"#,
        "text: \"\u{fffd}\", numbers: [2]",
        surrogate,
    );
}

#[test]
fn keeps_no_more_mismatches_than_it_should() {
    let body = format!("{{\"Numbers\":[{}0]}}", "null,".repeat(5_000));
    let (output, mismatches) = read(&body);
    assert_eq!(output.numbers, Some(vec![0]));
    assert_eq!(mismatches.len(), 1_000);
}

/// A crate anywhere in a program may turn on the feature `arbitrary_precision` of serde_json, with
/// which all numbers come as objects with one odd key.
#[test]
fn reads_numbers_of_arbitrary_precision() {
    use std::collections::BTreeMap;

    use serde::de::DeserializeSeed;
    use serde::de::value::{Error, MapDeserializer};

    use super::{NUMBER_TOKEN, Place, Report};
    use crate::path::Path;
    use crate::record::{Format, Slot};

    let read = |mut slot: Slot<'_>, digits: &str| {
        let number = BTreeMap::from([(NUMBER_TOKEN, digits)]);
        let mut report = Report::default();
        let mut place = Place::new(&mut slot, Format::NATURAL, &Path::Root, &mut report);
        let deserializer = MapDeserializer::<_, Error>::new(number.into_iter());
        place.deserialize(deserializer).unwrap();
        report.mismatches.pop().map(|mismatch| mismatch.to_string())
    };
    let (mut signed, mut float, mut text) = (0, 0.0, String::new());
    assert_eq!(read(Slot::Signed(&mut signed), "-3"), None);
    assert_eq!(read(Slot::Float(&mut float), "2.5e1"), None);
    assert!(read(Slot::String(&mut text), "123456789012345678901").is_some());
    assert_eq!(
        (signed, float, text.as_str()),
        (-3, 25.0, "123456789012345678901")
    );
    let range = "$: the number is out of range";
    assert_eq!(
        read(Slot::Signed(&mut signed), "1e23").as_deref(),
        Some(range)
    );
}

#[test]
fn tells_names_of_any_length_apart() {
    let alphabet = "abcdefghijklmnopqrstuvwxyz";
    for length in 0..=alphabet.len() {
        let name = &alphabet[..length];
        assert!(same(name, name));
        assert!(!same(name, &format!("{name}a")));
        for index in 0..length {
            let mut other = name.to_owned();
            other.replace_range(index..=index, "-");
            assert!(!same(name, &other), "{name} {other}");
        }
    }
}
