//! Processes share the rates of an account through a Redis server.
//!
//! Needs `redis-server`. Without it the tests say that they were skipped, except where continuous
//! integration must not do without it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use bindery_sdk::redis::RedisLimiter;
use bindery_sdk::tencent::trtc::v20190722 as trtc;
use bindery_sdk::testing::Double;
use bindery_sdk::zego::rtc::v2 as rtc;
use bindery_sdk::{
    Config, Credential, Error, ErrorKind, Intercept, OutgoingAttempt, Pacing, Timestamp,
};
use tokio::task::JoinSet;

/// Where a process of the fleet finds the server.
const SERVER: &str = "BINDERY_TEST_REDIS";

/// What such a process writes before each moment at which it has made a call.
const MADE: &str = "made at ";

/// A Redis server that listens on a socket in a folder of its own.
struct Server {
    process: Child,
    socket: PathBuf,
}

impl Server {
    /// Starts a server, if this machine has one.
    fn start(name: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Paths of sockets have to be short.
        let socket = env::temp_dir().join(format!("bindery-{name}-{}", std::process::id()));
        let process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket"])
            .arg(&socket)
            .current_dir(folder)
            .stdout(Stdio::null())
            .spawn();
        match process {
            Ok(process) => {
                let server = Self { process, socket };
                server.wait();
                Some(server)
            }
            Err(error) => {
                let is_needed = env::var("CI").as_deref() == Ok("true");
                assert!(!is_needed, "redis-server: {error}");
                println!("skipped: redis-server: {error}");
                None
            }
        }
    }

    fn wait(&self) {
        let begun = Instant::now();
        while UnixStream::connect(&self.socket).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "no server");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.unwrap().success());
    }

    /// Collects the moments that the server gives out until it ends, in microseconds since 1970.
    fn monitor(&self) -> JoinHandle<Vec<u64>> {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        stream.write_all(b"MONITOR\r\n").unwrap();
        let mut lines = BufReader::new(stream).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "+OK");
        thread::spawn(move || {
            let lines = lines.map_while(Result::ok);
            let given = lines.filter(|line| line.contains("lua]") && line.contains("\"ZADD\""));
            // The command, the key and the moment stand in quotation marks.
            given
                .map(|line| line.split('"').nth(5).unwrap().parse().unwrap())
                .collect()
        })
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that would have to be saved.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// A process's client, whose calls are answered at once, and the moments at which they were made. A
/// machine that is slow is no reason for it to do without the server.
fn client(url: &str) -> (trtc::Client, Moments) {
    client_that_waits(url, Duration::from_secs(10))
}

fn client_that_waits(url: &str, patience: Duration) -> (trtc::Client, Moments) {
    let double = Double::new();
    double
        .on::<trtc::DescribeUserInfo>()
        .output(|_| {})
        .always();
    let moments = Moments::default();
    let limiter = RedisLimiter::new(url).unwrap().patience(patience);
    let config = Config::builder(Credential::tencent("AKIDEXAMPLE", "secret"))
        .region("ap-singapore")
        .pacing(Pacing::shared(limiter, "1250000000"))
        .intercept(moments.clone())
        .double(&double)
        .build();
    (trtc::Client::new(&config.unwrap()).unwrap(), moments)
}

/// The moments at which calls were made, in microseconds since 1970.
#[derive(Clone, Default)]
struct Moments(Arc<Mutex<Vec<u64>>>);

impl Intercept for Moments {
    fn before_send(&self, _: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = u64::try_from(now.unwrap().as_micros()).unwrap();
        self.0.lock().unwrap().push(now);
        Ok(())
    }
}

fn request() -> trtc::DescribeUserInfo {
    trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: "1_2_3".to_owned(),
        start_time: Timestamp::UNIX_EPOCH,
        end_time: Timestamp::UNIX_EPOCH,
        sdk_app_id: 1,
    })
}

/// Begins so many calls at once of an action that allows 20 in a second.
fn begin(client: &trtc::Client, count: usize) -> JoinSet<()> {
    (0..count)
        .map(|_| {
            let call = client.describe_user_info(request());
            async { drop(call.await.unwrap()) }
        })
        .collect()
}

/// Makes so many calls at once, and returns when all have ended.
async fn call(client: &trtc::Client, count: usize) {
    begin(client, count).join_all().await;
}

/// The server's clock and that of the processes are the same; one of them may be read a bit later.
const CLOCK_TOLERANCE: u64 = 1000;

#[test]
fn two_processes_share_a_rate() {
    let Some(server) = Server::start("two") else {
        return;
    };
    let given = server.monitor();
    let begun = Instant::now();
    let processes: Vec<_> = (0..2)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args(["--exact", "--ignored", "--nocapture"])
                .arg("a_process_of_the_fleet")
                .env(SERVER, server.url())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut made = Vec::new();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{shown}");
        let moments = shown.lines().filter_map(|line| line.strip_prefix(MADE));
        made.extend(moments.map(|moment| moment.parse::<u64>().unwrap()));
    }
    let elapsed = begun.elapsed();
    // 60 calls: those of one process alone would end after one second.
    assert!(elapsed >= Duration::from_millis(1900), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");

    made.sort_unstable();
    drop(server);
    let mut given: Vec<u64> = given.join().unwrap();
    given.sort_unstable();
    assert_eq!((made.len(), given.len()), (60, 60));
    for window in given.windows(21) {
        let stretch = window[20] - window[0];
        assert!(stretch >= 1_000_000, "21 calls in {stretch} us: {given:?}");
    }
    // However late a process was, none of its calls was made before its moment.
    for (made, given) in made.iter().zip(&given) {
        assert!(made + CLOCK_TOLERANCE >= *given, "{made:?} {given:?}");
    }
}

#[tokio::test]
#[ignore = "started by the test of two processes"]
async fn a_process_of_the_fleet() {
    let (client, moments) = client(&env::var(SERVER).unwrap());
    call(&client, 30).await;
    for moment in moments.0.lock().unwrap().iter() {
        println!("\n{MADE}{moment}");
    }
}

/// The calls of two clients, while the server is away and when it is back.
async fn call_without_and_with(
    clients: [&trtc::Client; 2],
    leave: impl FnOnce(),
    come_back: impl FnOnce(),
) {
    let [one, other] = clients;
    tokio::join!(call(one, 1), call(other, 1));

    leave();
    let begun = Instant::now();
    tokio::join!(call(one, 20), call(other, 20));
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");

    come_back();
    // As long as a server that did not answer is left alone, and the calls above count.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let begun = Instant::now();
    tokio::join!(call(one, 30), call(other, 30));
    let elapsed = begun.elapsed();
    assert!(elapsed >= Duration::from_millis(1900), "{elapsed:?}");
}

#[tokio::test]
async fn calls_go_on_while_the_server_is_away_and_share_again_when_it_is_back() {
    let Some(server) = Server::start("away") else {
        return;
    };
    let url = server.url();
    let ((one, _), (other, _)) = (client(&url), client(&url));
    let mut restarted = None;
    let restart = || restarted = Server::start("away");
    call_without_and_with([&one, &other], || drop(server), restart).await;
    assert_eq!(restarted.unwrap().url(), url);
}

/// Connections to it are accepted, and nothing is answered.
#[tokio::test]
async fn calls_go_on_while_the_server_is_stopped_and_share_again_when_it_goes_on() {
    let Some(server) = Server::start("stopped") else {
        return;
    };
    let url = server.url();
    let patience = Duration::from_secs(2);
    let ((one, _), (other, _)) = (
        client_that_waits(&url, patience),
        client_that_waits(&url, patience),
    );
    let (stop, go_on) = (|| server.signal("-STOP"), || server.signal("-CONT"));
    call_without_and_with([&one, &other], stop, go_on).await;
}

#[tokio::test]
async fn a_call_that_cannot_wait_for_its_turn_says_so() {
    let Some(server) = Server::start("turn") else {
        return;
    };
    let (client, _) = client(&server.url());
    let mut calls = begin(&client, 60);
    calls.join_next().await.unwrap().unwrap();
    // Its turn comes after those of the others, in about three seconds.
    let impatient = client.describe_user_info(request());
    let error = impatient.timeout(Duration::from_millis(500)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::RateLimited);
}

/// An action whose room has a slower rate than its application: who waits for a room holds nobody up.
#[tokio::test]
async fn a_busy_room_takes_nothing_from_the_others() {
    let Some(server) = Server::start("rooms") else {
        return;
    };
    let double = Double::new();
    double.on::<rtc::DescribeUserList>().output(|_| {}).always();
    let limiter = RedisLimiter::new(&server.url()).unwrap();
    let config = Config::builder(Credential::zego(1, "0123456789abcdef0123456789abcdef"))
        .pacing(Pacing::shared(limiter, "1"))
        .double(&double)
        .build();
    let client = rtc::Client::new(&config.unwrap()).unwrap();
    let call = |room: &str| client.describe_user_list(rtc::DescribeUserList::new(room));

    let begun = Instant::now();
    call("busy").await.unwrap();
    let waiting: Vec<_> = (0..2)
        .map(|_| tokio::spawn(call("busy").into_future()))
        .collect();
    let impatient = call("busy").timeout(Duration::from_millis(50)).await;
    assert_eq!(impatient.unwrap_err().kind(), ErrorKind::RateLimited);
    for room in 0..20 {
        call(&room.to_string()).await.unwrap();
    }
    assert!(!waiting.iter().all(tokio::task::JoinHandle::is_finished));
    for call in waiting {
        call.await.unwrap().unwrap();
    }
    // As Redis rounds to microseconds, and this machine does not.
    let elapsed = begun.elapsed() + Duration::from_millis(1);
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn the_password_of_the_server_is_shown_nowhere() {
    let limiter = RedisLimiter::new("redis://fleet:hunter22@localhost:6379").unwrap();
    assert!(!format!("{limiter:?}").contains("hunter22"));
    let error = RedisLimiter::new("redis:/fleet:hunter22@localhost").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter22"));
}
