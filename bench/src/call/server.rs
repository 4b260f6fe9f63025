//! The server that all contenders call: a process of its own, so that what it costs is not counted,
//! which gives every request the same reply as the next.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use tokio::net::TcpListener;

use crate::{Failure, measure};

/// A reply of DescribeUserInfo with two users, like that of the vendor's page.
const USERS: &str = r#"{"Response":{"Total":2,"UserList":[{"RoomStr":"218695","UserId":"user1_54816741","JoinTs":1590065777,"LeaveTs":1590067658,"Finished":true,"DeviceType":"","SdkVersion":"4.3.14","ClientIp":"10.4.1.13"},{"RoomStr":"218695","UserId":"user2_2107025","JoinTs":1590065777,"LeaveTs":1590067658,"Finished":true,"DeviceType":"","SdkVersion":"4.3.14","ClientIp":"10.4.1.13"}],"RequestId":"2e12e365-43e8-4efd-902d-906303e2ee4a"}}"#;

/// A reply of GetCallerIdentity of AWS's Security Token Service, whose requests are forms.
const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></GetCallerIdentityResponse>"#;

/// The subcommand of [`measure::PART`] that is the server.
const SERVE: &str = "serve";

/// A server that runs as long as this value lives.
pub(super) struct Server {
    process: Child,
    pub(super) url: String,
}

impl Server {
    pub(super) fn start() -> Result<Self, Failure> {
        let mut command = measure::part()?;
        command.arg(SERVE);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        let url = url.trim().to_owned();
        Ok(Self { process, url })
    }
}

impl Drop for Server {
    /// The server ends with its input.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Serves until the input ends, which it also does when who has started this process goes away.
pub(crate) fn serve() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
        let serving = axum::serve(listener, Router::new().fallback(answer));
        tokio::select! {
            result = serving => Ok(result?),
            _ = end => Ok(()),
        }
    })
}

/// The body is taken in, so that the connection can be used again.
async fn answer(headers: HeaderMap, _: Bytes) -> ([(&'static str, &'static str); 1], &'static str) {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_form = content_type.is_some_and(|value| value.starts_with(b"application/x-www-form"));
    if is_form {
        ([("content-type", "text/xml")], IDENTITY)
    } else {
        ([("content-type", "application/json")], USERS)
    }
}
