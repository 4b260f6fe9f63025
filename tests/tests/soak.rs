//! Twenty seconds of calls that keep going wrong: nothing is lost or done twice, nobody waits
//! forever, memory does not grow, and nothing goes on after the last call.
//!
//! `cargo run --release -p bindery-bench -- soak` does the same for as long as wanted.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_tests::soak::{LONGEST_CALL, Memory, Soak, run};

#[test]
fn calls_are_neither_lost_nor_doubled_while_things_go_wrong() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let model = bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    let soak = Soak {
        callers: 64,
        duration: Duration::from_secs(20),
        faults: 0.1,
        token_lifetime: Duration::from_secs(2),
        seed: 7,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let patience = soak.duration + 2 * LONGEST_CALL;
    let run = async { tokio::time::timeout(patience, run(Arc::new(model), soak)).await };
    let report = runtime.block_on(run).expect("nobody is stuck").unwrap();

    assert_eq!(report.doubled, [""; 0]);
    assert_eq!(report.wrong, [""; 0]);
    let most = report.done + report.doubtful;
    assert!(
        (report.done..=most).contains(&report.executed),
        "{report:?}"
    );
    let failures: u64 = report.failures.values().sum();
    assert_eq!(report.calls, report.successes + failures);

    // That the run has tried what it is to try.
    assert!(report.successes > report.calls * 8 / 10, "{report:?}");
    assert!(
        report.done > 100 && report.doubtful > 0 && report.retries > 100,
        "{report:?}"
    );
    assert_eq!(report.faults.len(), 8, "{report:?}");
    assert!(report.keys >= 10, "{report:?}");
    assert!(report.failures.contains_key("Timeout"), "{report:?}");
    assert!(
        !report.memory.is_some_and(Memory::has_grown),
        "{:?}",
        report.memory
    );

    let begun = Instant::now();
    while runtime.metrics().num_alive_tasks() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "a task goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}
