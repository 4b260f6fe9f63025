//! What servers answer: secrets as outputs, quotations of what they were sent, and what is no reply.

use super::*;

/// Stands for a byte that is not UTF-8.
const NOT_UTF_8: char = '\u{1}';

/// Replies with a secret output, that can be read or not.
pub(super) fn outputs() -> Vec<Script> {
    let values = [
        format!("\"{OUTPUT}\""),
        format!("{{\"a\": [\"{OUTPUT}\"]}}"),
        format!("[\"{OUTPUT}\", null]"),
        format!("\"{OUTPUT}\\ud800\""),
        format!("\"{OUTPUT}{NOT_UTF_8}\""),
        OUTPUT.to_owned(),
    ];
    let replies = values.map(|value| {
        let output = format!(
            r#""Token": {value}, "Tokens": [{value}], "Total": {value},
               "User": {{"Password": {value}}}"#
        );
        let body =
            format!(r#"{{"Response": {{{output}}}, "Code": 0, "Data": {{{output}}}, {output}}}"#);
        let parts: Vec<_> = body.split(NOT_UTF_8).map(str::as_bytes).collect();
        let headers = ["content-type: application/json"];
        after_reading(reply(200, &headers, &parts.join(&0xff)))
    });
    replies.into()
}

/// What servers say that quote what they were sent.
fn quotations(quote: &str) -> Vec<Script> {
    let quoted = serde_json::Value::from(quote).to_string();
    let refusal = format!(
        r#"{{"Response": {{"Error": {{"Code": "InvalidParameter", "Message": {quoted}}}}},
            "Code": 5, "Message": {quoted}, "error_code": "A", "error_msg": {quoted}}}"#
    );
    let codes = format!(
        r#"{{"Response": {{"Error": {{"Code": {quoted}, "Message": ""}}, "RequestId": {quoted}}},
            "Code": {quoted}, "Message": "m", "RequestId": {quoted}}}"#
    );
    let bodies = [
        (200, refusal.clone()),
        (400, refusal.clone()),
        (401, refusal.clone()),
        (503, refusal),
        (200, codes.clone()),
        (500, codes),
        (200, quoted.clone()),
        (200, format!("[{quoted}]")),
        (
            200,
            format!(r#"{{"Response": {quoted}, "Data": {quoted}}}"#),
        ),
        (200, format!("{{\"Response\": {quoted}")),
        (200, format!("{quoted}: {quoted}")),
        (200, quote.to_owned()),
        (401, quote.to_owned()),
        (502, format!("<p>{quote}</p>")),
    ];
    // Wherever the beginning of a page is cut.
    let pages = (150..260).step_by(25);
    let pages = pages.map(|length| (502, format!("{} {quote}", ".".repeat(length))));
    let bodies = bodies.into_iter().chain(pages);
    bodies
        .map(|(status, body)| after_reading(json(status, &body)))
        .collect()
}

/// What is no reply, or a strange one, with a quotation in it.
fn oddities(quote: &str) -> Vec<Script> {
    let with_header = |status: u16, header: &str| {
        after_reading(reply(
            status,
            &[&format!("{header}{quote}")],
            quote.as_bytes(),
        ))
    };
    let event = |text: String| {
        let text = format!("{text}\n\n");
        after_reading(reply(
            200,
            &["content-type: text/event-stream"],
            text.as_bytes(),
        ))
    };
    let quoted = serde_json::Value::from(quote).to_string();
    let begun = |rest: &str| after_reading(raw(&format!("HTTP/1.1 200 {rest}")));
    vec![
        with_header(302, "location: https://a:b@example.com/?"),
        with_header(302, "location: "),
        with_header(429, "retry-after: "),
        with_header(200, "date: "),
        with_header(407, "proxy-authenticate: "),
        with_header(200, "content-encoding: "),
        with_header(200, "content-encoding: gzip, "),
        with_header(200, "content-type: "),
        with_header(200, "x-request-id: "),
        event(format!("data: {{\"Token\": \"{OUTPUT}\"}}")),
        event(format!("data: {{\"Token\": \"{OUTPUT}")),
        event(format!(
            "data: {{\"Error\": {{\"Code\": \"A\", \"Message\": {quoted}}}}}"
        )),
        event(format!("data: {quoted}")),
        event(format!("data: {quote}")),
        after_reading(reply(200, &["content-encoding: gzip"], quote.as_bytes())),
        after_reading(raw(&format!("{quote} {quote}\r\n"))),
        begun(&format!("{quote}\r\n{quote}\r\n\r\n")),
        begun(&format!("OK\r\nx: {quote}\r\n{quote}: \0\r\n\r\n")),
        begun(&format!("OK\r\ncontent-length: {quote}\r\n\r\n")),
        begun(&format!("OK\r\ncontent-length: 5000\r\n\r\n{quote}")),
        begun(&format!(
            "OK\r\ntransfer-encoding: chunked\r\n\r\n{quote}\r\n"
        )),
        begun(&format!("OK\r\n\r\n{quote}")),
        vec![Step::Read, Step::Reset],
        vec![Step::Read],
        vec![Step::Read, Step::Stall],
    ]
}

pub(super) fn scripts(quote: &str) -> Vec<Script> {
    [outputs(), quotations(quote), oddities(quote)].concat()
}
