//! Processes share the rates of an account through a Redis server.
//!
//! Needs `redis-server`. Without it the tests say that they were skipped, except where continuous
//! integration must not do without it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bindery_sdk::redis::RedisLimiter;
use bindery_sdk::tencent::trtc::v20190722 as trtc;
use bindery_sdk::testing::Double;
use bindery_sdk::{Config, Credential, ErrorKind, Pacing, Timestamp};

/// Where a process of the fleet finds the server.
const SERVER: &str = "BINDERY_TEST_REDIS";

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
        while std::os::unix::net::UnixStream::connect(&self.socket).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "no server");
            std::thread::sleep(Duration::from_millis(10));
        }
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

/// A process's client, whose calls are answered at once.
fn client(url: &str) -> trtc::Client {
    let double = Double::new();
    double
        .on::<trtc::DescribeUserInfo>()
        .output(|_| {})
        .always();
    let limiter = RedisLimiter::new(url).unwrap();
    let config = Config::builder(Credential::tencent("AKIDEXAMPLE", "secret"))
        .region("ap-singapore")
        .pacing(Pacing::shared(limiter, "1250000000"))
        .double(&double)
        .build();
    trtc::Client::new(&config.unwrap()).unwrap()
}

/// Makes so many calls at once of an action that allows 20 in a second, and returns when all have
/// ended.
async fn call(client: &trtc::Client, count: usize) {
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let request = trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
                comm_id: "1_2_3".to_owned(),
                start_time: Timestamp::UNIX_EPOCH,
                end_time: Timestamp::UNIX_EPOCH,
                sdk_app_id: 1,
            });
            tokio::spawn(client.describe_user_info(request).into_future())
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[test]
fn two_processes_share_a_rate() {
    let Some(server) = Server::start("two") else {
        return;
    };
    let begun = Instant::now();
    let processes: Vec<_> = (0..2)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args(["--exact", "--ignored", "a_process_of_the_fleet"])
                .env(SERVER, server.url())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let elapsed = begun.elapsed();
    // 60 calls: those of one process alone would end after one second.
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[tokio::test]
#[ignore = "started by the test of two processes"]
async fn a_process_of_the_fleet() {
    call(&client(&env::var(SERVER).unwrap()), 30).await;
}

#[tokio::test]
async fn calls_go_on_while_the_server_is_away_and_share_again_when_it_is_back() {
    let Some(server) = Server::start("away") else {
        return;
    };
    let url = server.url();
    let (one, other) = (client(&url), client(&url));
    tokio::join!(call(&one, 1), call(&other, 1));

    drop(server);
    let begun = Instant::now();
    tokio::join!(call(&one, 20), call(&other, 20));
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");

    let server = Server::start("away").unwrap();
    assert_eq!(server.url(), url);
    // As long as a server that did not answer is left alone, and the calls above count.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let begun = Instant::now();
    tokio::join!(call(&one, 30), call(&other, 30));
    let elapsed = begun.elapsed();
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
}

#[tokio::test]
async fn a_call_that_cannot_wait_for_its_turn_says_so() {
    let Some(server) = Server::start("turn") else {
        return;
    };
    let client = client(&server.url());
    call(&client, 20).await;
    let request = trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: "1_2_3".to_owned(),
        start_time: Timestamp::UNIX_EPOCH,
        end_time: Timestamp::UNIX_EPOCH,
        sdk_app_id: 1,
    });
    let impatient = client.describe_user_info(request);
    let error = impatient.timeout(Duration::from_millis(50)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::RateLimited);
}

#[test]
fn the_password_of_the_server_is_shown_nowhere() {
    let limiter = RedisLimiter::new("redis://fleet:hunter22@localhost:6379").unwrap();
    assert!(!format!("{limiter:?}").contains("hunter22"));
    let error = RedisLimiter::new("redis:/fleet:hunter22@localhost").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter22"));
}
