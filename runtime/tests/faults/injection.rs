//! Case 77: what a caller adds tries to be more than it is.

use bindery_runtime::{Error, ErrorKind, Intercept, OutgoingAttempt};

use crate::actions::{TencentWrite, tencent};
use crate::script::Server;
use crate::{End, MayHaveExecuted, call, config, end};

struct Adds(&'static str, &'static str);

impl Intercept for Adds {
    fn before_send(&self, attempt: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        attempt.header(self.0, self.1)
    }
}

#[tokio::test]
async fn case_77_headers_that_would_change_the_request_are_not_sent() {
    for (name, value) in [
        ("x-name", "a\r\nhost: elsewhere.example.com"),
        ("x-name", "a\nb"),
        ("x-name", "a\0b"),
        ("x-name", "\u{fc}"),
        ("x-name: a\r\nx-other", "b"),
        ("", "a"),
        ("Authorization", "TC3-HMAC-SHA256 a"),
        ("HOST", "elsewhere.example.com"),
        ("X-TC-Action", "Other"),
        ("x-tc-token", "a"),
        ("X-Access-Token", "a"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", "gzip"),
        ("Expect", "100-continue"),
        ("Upgrade", "h2c"),
        ("TE", "trailers"),
        ("Trailer", "x-name"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Authorization", "Basic bmFtZTpwYXNz"),
        ("Proxy-Connection", "keep-alive"),
    ] {
        let server = Server::start([]).await;
        let config = config(&server).intercept(Adds(name, value));
        let result = call(&tencent(&config.build().unwrap()), TencentWrite {}).await;
        let refused = End::Failure(ErrorKind::Build, 1, MayHaveExecuted::No);
        assert_eq!(end(&result), refused, "{name:?}: {value:?}");
        assert_eq!(server.connections(), 0);
    }
}
