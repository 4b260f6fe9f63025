//! A limiter that many processes share.

use bindery_runtime::Pacing;
use bindery_runtime::redis::RedisLimiter;

use super::*;

#[tokio::test]
async fn case_78_secrets_stay_secret_at_the_limiter() {
    capture::start();
    for url in [
        format!("redis://name:{STRANGER}@:a"),
        format!("{STRANGER}://a"),
    ] {
        show_error(&RedisLimiter::new(&url).expect_err("it is no address"));
    }
    let refuse = raw(&format!(
        "-ERR no such user {STRANGER}\r\n-ERR {STRANGER}\r\n"
    ));
    for script in [
        after_reading(refuse.clone()),
        vec![refuse, Step::Stall],
        vec![],
        vec![Step::Reset],
    ] {
        let server = Server::start(vec![script; 4]).await;
        let url = format!("redis://name:{STRANGER}@{}/1", server.address());
        let limiter = RedisLimiter::new(&url).expect("it is an address");
        show(&limiter);
        let pacing = Pacing::shared(limiter, "1250000000");
        show(&pacing);
        let vendor = Server::start([after_reading(json(200, crate::SUCCESS))]).await;
        let config = Config::builder(Credential::tencent("AKIDEXAMPLEEXAMPLE", KEY));
        let config = config.pacing(pacing).endpoint(&vendor.url()).build();
        let client = tencent(&config.expect("it is complete"));
        let result = client
            .call(actions::TencentPaced)
            .await
            .map_err(Error::from);
        showing(&result);
    }
    search();
}
