//! The HTTP server: one port of this machine, for all vendors.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::body::{self, Bytes};
use axum::extract::{ConnectInfo, State as Shared};
use axum::response::Response;
use axum::{Extension, Router};
use bindery_model::Model;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::clock;
use crate::connection::{Connection, Resettable};
use crate::events::{Events, Streaming};
use crate::faults::{FaultError, Faults, Injector, Mishap};
use crate::gateway::{self, Clock, State};
use crate::identifiers::Identifiers;
use crate::journal::Journal;
use crate::request::Request;
use crate::secrets::Secrets;
use crate::sessions::Sessions;
use crate::world::World;

/// The largest body that any of the vendors takes.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
const HALF_A_DAY: Duration = Duration::from_hours(12);
/// How long stopping waits for replies that are being written.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Plays the vendors of a model.
pub struct Emulator {
    model: Arc<Model>,
    secrets: Secrets,
    clock: Clock,
    token_lifetime: Duration,
    streaming: Streaming,
    enforces_rates: bool,
    faults: Faults,
    journal: Journal,
}

impl Emulator {
    /// An emulator of the model's vendors that accepts these credentials.
    pub fn new(model: Arc<Model>, secrets: Secrets) -> Self {
        Self {
            model,
            secrets,
            clock: Arc::new(SystemTime::now),
            token_lifetime: HALF_A_DAY,
            streaming: Streaming::default(),
            enforces_rates: true,
            faults: Faults::new(),
            journal: Journal::default(),
        }
    }

    /// Tells the time instead of the system, for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long access tokens are valid, and temporary keys at most; twelve hours unless something
    /// else is said.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// How streams of events are sent; three events and nothing more unless something else is said.
    pub fn streaming(mut self, streaming: Streaming) -> Self {
        self.streaming = streaming;
        self
    }

    /// Whether calls beyond the documented rates are refused; they are unless something else is said.
    pub fn rate_limits(mut self, enforced: bool) -> Self {
        self.enforces_rates = enforced;
        self
    }

    /// Lets requests go wrong.
    ///
    /// # Errors
    ///
    /// Fails where a rule is about an action that does not exist, or a code that is not documented.
    pub fn faults(mut self, faults: Faults) -> Result<Self, FaultError> {
        faults.check(&self.model)?;
        self.faults = faults;
        Ok(self)
    }

    /// What is executed from now on, and how often.
    pub fn journal(&self) -> Journal {
        self.journal.clone()
    }

    /// Serves on an address of this machine until the server is stopped or dropped.
    ///
    /// # Errors
    ///
    /// Fails when the address is not a loopback address, because the emulator is no server to be
    /// reached from elsewhere, and when the port cannot be bound.
    pub async fn listen(self, address: SocketAddr) -> io::Result<Server> {
        if !address.ip().is_loopback() {
            let message = format!("expected a loopback address, such as 127.0.0.1, not {address}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let service = self
            .router()
            .into_make_service_with_connect_info::<Connection>();
        let serving = axum::serve(Resettable(listener), service);
        let serving = serving.with_graceful_shutdown(async move {
            // Dropping the server drops the sender, which ends the wait as well.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move { serving.await });
        Ok(Server {
            address,
            stop,
            task,
        })
    }

    /// The service as a router, for callers that bring their own server. Connections are then closed
    /// where they would be reset.
    pub fn router(self) -> Router {
        let started = clock::milliseconds(SystemTime::now());
        let world = World::new(&self.model, &self.secrets, self.token_lifetime);
        let state = State {
            model: self.model,
            secrets: self.secrets,
            clock: self.clock,
            identifiers: Identifiers::new(started),
            world: Mutex::new(world),
            sessions: Mutex::new(Sessions::new(self.token_lifetime)),
            streaming: self.streaming,
            buckets: self.enforces_rates.then(Mutex::default),
            faults: Injector::new(self.faults, self.journal.clone()),
            journal: self.journal,
        };
        Router::new().fallback(handle).with_state(Arc::new(state))
    }
}

/// A running emulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// The address with the port that was bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as the base of URLs, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops serving and waits for replies that are being written.
    pub async fn stop(self) {
        drop(self.stop);
        // A client that never finishes its request must not keep the server alive.
        let _ = timeout(STOP_PATIENCE, self.task).await;
    }
}

async fn handle(
    Shared(state): Shared<Arc<State>>,
    connection: Option<Extension<ConnectInfo<Connection>>>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (body, oversized) = match body::to_bytes(body, MAX_BODY_BYTES).await {
        Ok(body) => (body, false),
        Err(_) => (Bytes::new(), true),
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        oversized,
    };
    let mut response = gateway::answer(&state, &request);
    match response.extensions_mut().remove::<Mishap>() {
        Some(Mishap::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Mishap::Reset) => {
            if let Some(Extension(ConnectInfo(connection))) = connection {
                connection.reset();
            }
            return Response::new(Events::cut(String::new()).into_body());
        }
        Some(Mishap::Truncate) | None => {}
    }
    response
}
