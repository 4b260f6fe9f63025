//! The documented rates, in simulated time: the emulator throttles who exceeds them, and nobody who
//! keeps to them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use bindery_emulator::{Emulator, Secrets};
use bindery_sdk::tencent::trtc::v20190722 as trtc;
use bindery_sdk::{
    Config, ConfigBuilder, Credential, Error, FinishedAttempt, Intercept, OutgoingAttempt, Pacing,
    RetryPolicy,
};
use tokio::time::Instant;

/// The rate that the page of the action names, by the second.
const RATE: usize = 20;

/// The requests that are on their way.
#[derive(Clone, Default)]
struct Traffic(Arc<AtomicUsize>);

impl Intercept for Traffic {
    fn before_send(&self, _: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn after_reply(&self, _: &FinishedAttempt<'_>) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Traffic {
    /// Lets time pass while nothing is on its way. Left to itself, paused time would jump to the end
    /// of the next timeout whenever a reply is not there yet.
    async fn let_time_pass(self) {
        loop {
            // Whoever has waited for this moment sends now.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            if self.0.load(Ordering::Relaxed) == 0 {
                tokio::time::advance(Duration::from_millis(10)).await;
            }
        }
    }
}

/// Makes so many calls at once, and returns how many were throttled, and after how many seconds the
/// last one ended.
async fn call(config: ConfigBuilder, count: usize) -> (usize, u64) {
    let traffic = Traffic::default();
    let config = config.intercept(traffic.clone()).build().unwrap();
    let client = trtc::Client::new(&config).unwrap();
    let begun = Instant::now();
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let dismiss = trtc::DismissRoom::new(trtc::dismiss_room::Required {
                sdk_app_id: 1_400_000_001,
                room_id: 1001,
            });
            tokio::spawn(client.dismiss_room(dismiss).into_future())
        })
        .collect();
    let time = tokio::spawn(traffic.let_time_pass());
    let mut throttled = 0;
    for call in calls {
        // Whether there is such a room does not matter.
        let result = call.await.unwrap().map_err(Error::from);
        throttled += usize::from(result.is_err_and(|error| error.is_throttled()));
    }
    time.abort();
    (throttled, begun.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn who_keeps_to_the_documented_rate_is_never_throttled() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let model = Arc::new(bindery_model::load(&spec).unwrap());
    let (started, here) = (SystemTime::now(), Instant::now());
    let emulator = Emulator::new(model, Secrets::sample()).clock(move || started + here.elapsed());
    let server = emulator.listen(([127, 0, 0, 1], 0).into()).await.unwrap();
    let config = || {
        let secrets = Secrets::sample();
        let key = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
        Config::builder(key)
            .endpoint(&server.url())
            .region("ap-singapore")
            .retry(RetryPolicy::never())
    };

    assert_eq!(call(config(), 3 * RATE).await, (2 * RATE, 0));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let paced = || config().pacing(Pacing::documented());
    assert_eq!(call(paced(), 5 * RATE).await, (0, 4));
    // Who has just begun does not know what others have called.
    assert_eq!(call(paced(), RATE).await, (RATE, 0));
}
