//! What the contenders share: making calls one after the other in some tasks, and what that took.
//!
//! Everything runs on one thread, so that processor time is the client's and not that of waking up
//! other threads, and so that allocations can be counted without synchronisation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The system's allocator, which is counted on the way.
struct Counting;

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

fn count() {
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

/// Does what the command line says, with clients that `open` makes, and prints what it took.
///
/// # Panics
///
/// Where a call fails, which is reported by `call`.
pub fn run<C, F>(open: impl Fn(&str) -> C, call: impl Fn(C) -> F + Copy + Send + 'static)
where
    C: Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments[index].parse().expect("a number");
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        match arguments[0].as_str() {
            "calls" => {
                let client = open(&arguments[1]);
                calls(&client, call, number(2), number(3)).await;
            }
            "idle" => idle(|| open(&arguments[1]), call, number(2)).await,
            other => panic!("expected calls or idle, found {other}"),
        }
    });
}

/// Calls in some tasks at the same time.
async fn calls<C, F>(client: &C, call: impl Fn(C) -> F + Copy + Send + 'static, tasks: u64, calls: u64)
where
    C: Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    // Connections are made and buffers grown by then.
    repeat(client, call, tasks, (calls / 10).max(2 * tasks)).await;
    let (allocations, processor) = (ALLOCATIONS.get(), processor());
    let start = Instant::now();
    repeat(client, call, tasks, calls).await;
    let wall = start.elapsed();
    let (allocations, processor) = (ALLOCATIONS.get() - allocations, self::processor() - processor);
    println!(
        r#"{{"calls":{calls},"processor":{},"wall":{},"allocations":{allocations},"memory":{}}}"#,
        processor.as_nanos(),
        wall.as_nanos(),
        memory("VmHWM:"),
    );
}

async fn repeat<C, F>(client: &C, call: impl Fn(C) -> F + Copy + Send + 'static, tasks: u64, calls: u64)
where
    C: Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let begun = Arc::new(AtomicU64::new(0));
    let tasks = (0..tasks).map(|_| {
        let (client, begun) = (client.clone(), begun.clone());
        tokio::spawn(async move {
            while begun.fetch_add(1, Ordering::Relaxed) < calls {
                call(client.clone()).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("a call has failed");
    }
}

/// What each of many clients holds that has made one call.
async fn idle<C, F>(open: impl Fn() -> C, call: impl Fn(C) -> F, clients: u64)
where
    C: Clone,
    F: Future<Output = ()>,
{
    // What is made once for all clients.
    call(open()).await;
    let before = memory("VmRSS:");
    let mut all = Vec::new();
    for _ in 0..clients {
        let client = open();
        call(client.clone()).await;
        all.push(client);
    }
    let each = memory("VmRSS:").saturating_sub(before) / clients;
    drop(all);
    println!(r#"{{"memory":{each}}}"#);
}

/// The processor time of this process.
fn processor() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system says what this process used");
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// The memory of this process in bytes, as the system calls it.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc/self/status");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let number: u64 = number.and_then(|number| number.parse().ok()).expect("a number of kB");
    number << 10
}
