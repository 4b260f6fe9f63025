//! Page after page, until there are no more or the vendor goes round in circles.

use bindery_runtime::support::ServiceClient;
use bindery_runtime::{Credential, ErrorKind};
use futures_core::Stream;
use serde_json::{Value, json};

use crate::actions::{DescribeUserInfo, ListByOffset, ListByToken, trtc};
use crate::server::{Request, Server};

/// A server that replies with lists of users, each with the users of a range.
async fn listing(pages: &[std::ops::Range<u64>]) -> Server {
    let pages = pages.iter().map(|users| {
        let users: Vec<Value> = users
            .clone()
            .map(|user| json!({"UserId": user.to_string()}))
            .collect();
        // The vendor's own example counts one user where there are two.
        json!({"Response": {"Total": 1, "UserList": users, "RequestId": "id"}}).to_string()
    });
    let pages: Vec<String> = pages.collect();
    Server::replying(pages.iter().map(String::as_str)).await
}

fn client(server: &Server) -> ServiceClient {
    let config = server.config(Credential::tencent("id", "key"));
    trtc(&config.build().expect("the configuration is complete"))
}

/// Fails to compile for what cannot go to another thread or has to be pinned.
fn can_be_spawned<S: Stream + Send + Unpin + 'static>(stream: S) -> S {
    stream
}

fn bodies(server: &Server, first: &str, second: &str) -> Vec<(Value, Value)> {
    let requests = server.requests();
    let bodies = requests.iter().map(Request::json);
    bodies
        .map(|body| (body[first].clone(), body[second].clone()))
        .collect()
}

#[tokio::test]
async fn pages_by_number_end_with_a_short_one() {
    let server = listing(&[0..2, 2..4, 4..5]).await;
    let mut request = DescribeUserInfo::example();
    request.page_size = Some(2);
    let mut users = can_be_spawned(client(&server).call(request).items());
    let mut ids = Vec::new();
    while let Some(user) = users.next().await {
        ids.push(user.unwrap().user_id.unwrap());
    }
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
    assert!(users.next().await.is_none());
    let sent = bodies(&server, "PageNumber", "PageSize");
    assert_eq!(sent, [0, 1, 2].map(|page| (json!(page), json!(2))));
}

#[tokio::test]
async fn pages_by_number_end_with_an_empty_one_and_begin_where_the_request_says() {
    let server = listing(&[0..20, 0..0]).await;
    let mut request = DescribeUserInfo::example();
    request.page_number = Some(3);
    let mut pages = client(&server).call(request).pages();
    assert_eq!(pages.next().await.unwrap().unwrap().user_list.len(), 20);
    assert!(pages.next().await.unwrap().unwrap().user_list.is_empty());
    assert!(pages.next().await.is_none());
    let sent = bodies(&server, "PageNumber", "PageSize");
    assert_eq!(sent, [3, 4].map(|page| (json!(page), json!(20))));
}

#[tokio::test]
async fn pages_by_offset_pass_over_what_was_read() {
    let server = listing(&[0..2, 2..4, 4..5]).await;
    // This action has its limit in a string.
    let request = ListByOffset {
        offset: None,
        limit: Some("2".to_owned()),
    };
    let mut pages = client(&server).call(request).pages();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += page.unwrap().user_list.len();
    }
    assert_eq!(count, 5);
    let sent = bodies(&server, "Offset", "Limit");
    assert_eq!(sent, [0, 2, 4].map(|offset| (json!(offset), json!("2"))));
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error() {
    let server = listing(&[0..20, 0..20, 0..20]).await;
    let mut pages = client(&server).call(DescribeUserInfo::example()).pages();
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert!(pages.next().await.is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn more_pages_than_allowed_are_an_error() {
    let server = listing(&[0..20, 20..40, 40..60]).await;
    let call = client(&server).call(DescribeUserInfo::example());
    let mut pages = call.pages().max_pages(2);
    pages.next().await.unwrap().unwrap();
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn pages_by_token_follow_it_to_its_end() {
    let page = |name: &str, token: &str| {
        json!({"Response": {"Names": [name], "Next": {"Token": token}}}).to_string()
    };
    let pages = [page("a", "t1"), page("b", "t2"), page("c", "")];
    let server = Server::replying(pages.iter().map(String::as_str)).await;
    let mut names = client(&server)
        .call(ListByToken { next_token: None })
        .items();
    let mut read = String::new();
    while let Some(name) = names.next().await {
        read.push_str(&name.unwrap());
    }
    assert_eq!(read, "abc");
    let requests = server.requests();
    let sent: Vec<Value> = requests.iter().map(Request::json).collect();
    assert_eq!(
        sent,
        [
            json!({}),
            json!({"NextToken": "t1"}),
            json!({"NextToken": "t2"})
        ]
    );
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    let page = r#"{"Response": {"Names": ["a"], "Next": {"Token": "t"}}}"#;
    let server = Server::replying([page, page, page]).await;
    let mut names = client(&server)
        .call(ListByToken { next_token: None })
        .items();
    assert_eq!(names.next().await.unwrap().unwrap(), "a");
    let error = names.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert!(names.next().await.is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failed_page_is_the_last() {
    let failure = r#"{"Response": {"Error": {"Code": "InternalError", "Message": ""}}}"#;
    let server = Server::replying([failure, failure]).await;
    let mut pages = client(&server).call(DescribeUserInfo::example()).pages();
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(error.is_server_fault());
    assert!(pages.next().await.is_none());
    assert_eq!(server.requests().len(), 1);
}
