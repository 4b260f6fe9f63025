//! Page after page, until there are no more or the vendor goes round in circles.

use bindery_runtime::support::{Paged, ServiceClient};
use bindery_runtime::{Credential, ErrorKind, Items};
use futures_core::Stream;
use serde_json::{Value, json};

use crate::actions::{DescribeUserInfo, UserInformation, trtc};
use crate::lists::{ListByNext, ListByNumber, ListByOffset, ListByToken};
use crate::server::{Request, Server};

/// A server that replies with lists of users, each with the users of a range.
async fn listing(pages: &[std::ops::Range<u64>]) -> Server {
    // The vendor's own example counts one user where there are two.
    counting(1, pages).await
}

async fn counting(total: u64, pages: &[std::ops::Range<u64>]) -> Server {
    let pages = pages.iter().map(|users| {
        let users: Vec<Value> = users
            .clone()
            .map(|user| json!({"UserId": user.to_string()}))
            .collect();
        json!({"Response": {"Total": total, "UserList": users, "RequestId": "id"}}).to_string()
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

fn by_offset(offset: Option<&str>, limit: Option<i64>) -> ListByOffset {
    ListByOffset {
        offset: offset.map(str::to_owned),
        limit,
    }
}

async fn read_all<A>(mut users: Items<A>) -> Vec<String>
where
    A: Paged<Item = UserInformation>,
{
    let mut ids = Vec::new();
    while let Some(user) = users.next().await {
        ids.push(user.expect("a page").user_id.expect("a user has an id"));
    }
    ids
}

fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
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
async fn pages_by_number_may_begin_with_1() {
    let server = listing(&[0..6, 6..8]).await;
    let request = ListByNumber {
        page: None,
        size: None,
    };
    let ids = read_all(client(&server).call(request).items()).await;
    assert_eq!(ids, numbers(0..8));
    let sent = bodies(&server, "Page", "Size");
    assert_eq!(sent, [1, 2].map(|page| (json!(page), json!(6))));
}

/// A vendor that allows for pages of 2 shortens those that are longer, and does not say so.
#[tokio::test]
async fn a_short_page_is_the_last_only_where_so_many_may_be_asked_for() {
    for (size, pages, asked) in [
        // As many as the vendor allows for.
        (100, &[0..2, 2..4, 4..4][..], 1),
        // More than that.
        (101, &[0..2, 2..4, 4..5, 5..5], 4),
        // The last page is all that lies beyond the end.
        (101, &[0..2, 2..4, 2..4], 3),
    ] {
        let server = listing(pages).await;
        let request = ListByNumber {
            page: None,
            size: Some(size),
        };
        let ids = read_all(client(&server).call(request).items()).await;
        let last = pages[..asked].last().expect("one is asked for").end;
        assert_eq!(ids, numbers(0..last), "{size}");
        assert_eq!(server.requests().len(), asked, "{size}");
    }
}

#[tokio::test]
async fn pages_by_offset_pass_over_what_was_read() {
    let server = listing(&[0..2, 2..4, 4..5]).await;
    let items = client(&server).call(by_offset(None, Some(2))).items();
    assert_eq!(read_all(items).await, numbers(0..5));
    let sent = bodies(&server, "Offset", "Limit");
    assert_eq!(
        sent,
        ["0", "2", "4"].map(|offset| (json!(offset), json!(2)))
    );
}

#[tokio::test]
async fn a_total_ends_pages_only_where_it_cannot_be_that_of_a_page() {
    for (total, pages, asked) in [
        // All have come.
        (4, &[0..2, 2..4][..], 2),
        // It may be the number of items on the page, and is when there are more.
        (2, &[0..2, 2..4, 4..4], 3),
        // It is less than what has come.
        (3, &[0..2, 2..4, 4..4], 3),
        // There is more than a short page has, because the vendor allows for no longer ones.
        (5, &[0..1, 1..3, 3..4, 4..5], 4),
        // It says that there is more, which is not so.
        (9, &[0..2, 2..3, 3..3], 3),
    ] {
        let server = counting(total, pages).await;
        let items = client(&server).call(by_offset(None, Some(2))).items();
        let last = pages.last().expect("there are pages").end;
        assert_eq!(read_all(items).await, numbers(0..last), "{total}");
        assert_eq!(server.requests().len(), asked, "{total}");
    }
}

#[tokio::test]
async fn the_last_page_is_not_handed_out_again() {
    let server = counting(2, &[0..2, 0..2]).await;
    let items = client(&server).call(by_offset(None, Some(2))).items();
    assert_eq!(read_all(items).await, numbers(0..2));
    assert_eq!(server.requests().len(), 2);

    // What the request passes over has come as well.
    let server = counting(4, &[2..4, 2..4]).await;
    let items = client(&server).call(by_offset(Some("2"), Some(2))).items();
    assert_eq!(read_all(items).await, numbers(2..4));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error() {
    let server = listing(&[0..20, 0..20, 0..20]).await;
    let mut pages = client(&server).call(DescribeUserInfo::example()).pages();
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "{error}");
    assert_eq!(error.attempts(), 1);
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
    assert_eq!(error.attempts(), 1);
    let message = "there are more than 2 pages; `max_pages` allows for more";
    assert_eq!(error.message(), message);
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
async fn pages_by_token_begin_with_that_of_the_request_and_pass_over_empty_pages() {
    let page = |names: &[&str], token: &str| {
        json!({"Response": {"Names": names, "Next": {"Token": token}}}).to_string()
    };
    let pages = [
        page(&[], "t2"),
        page(&["a"], "t3"),
        // Some vendors never say that there is no more.
        page(&[], "t3"),
    ];
    let server = Server::replying(pages.iter().map(String::as_str)).await;
    let request = ListByToken {
        next_token: Some("t1".to_owned()),
    };
    let mut names = client(&server).call(request).items();
    assert_eq!(names.next().await.unwrap().unwrap(), "a");
    assert!(names.next().await.is_none());
    let requests = server.requests();
    let sent: Vec<Value> = requests.iter().map(Request::json).collect();
    assert_eq!(
        sent,
        ["t1", "t2", "t3"].map(|token| json!({"NextToken": token}))
    );
}

#[tokio::test]
async fn pages_by_number_of_the_next_end_with_0() {
    let page = |user: &str, next: u64| {
        json!({"Response": {"UserList": [{"UserId": user}], "Next": next}}).to_string()
    };
    let pages = [page("0", 17), page("1", 4), page("2", 0)];
    let server = Server::replying(pages.iter().map(String::as_str)).await;
    let request = ListByNext {
        next: None,
        limit: None,
    };
    let ids = read_all(client(&server).call(request).items()).await;
    assert_eq!(ids, numbers(0..3));
    let sent = bodies(&server, "Next", "Limit");
    let expected = [json!(null), json!(17), json!(4)].map(|next| (next, json!(100)));
    assert_eq!(sent, expected);
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
