//! Calls from code that is not asynchronous: the same calls, waited for.
//!
//! They run on a thread of their own, which is started by the first one and keeps the connections
//! of all. Nothing else differs: retries, credentials, pacing and limits are those of the
//! configuration.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError, mpsc};

use tokio::runtime::{Builder, Handle};

use crate::call::{Call, CallResult};
use crate::error::{ActionError, Error};
use crate::operation::{Action, Paged};
use crate::page::{Items, Pages};

/// Pages that are waited for; made by [`Pages::wait`].
pub struct WaitedPages<A: Paged>(Option<Pages<A>>);

/// Results that are waited for; made by [`Items::wait`].
pub struct WaitedItems<A: Paged>(Option<Items<A>>);

impl<A: Action> Call<A> {
    /// Makes the call and waits for its result, without asynchronous code.
    ///
    /// ```
    /// # mod cam {
    /// #     use std::time::Duration;
    /// #     use bindery_runtime::support::*;
    /// #     pub struct GetUser { pub name: String }
    /// #     pub struct GetUserOutput { pub uin: u64 }
    /// #     record! { GetUser { 0 => name: "Name", } }
    /// #     record! { GetUserOutput { 0 => uin: "Uin", } }
    /// #     pub static TENCENT: Provider = Provider {
    /// #         name: "tencent", telemetry_name: "tencentcloud", dispatch: Dispatch::Header,
    /// #         arrays: ArrayStyle::Indexed,
    /// #         clock_window: Duration::from_mins(5), errors: &[],
    /// #     };
    /// #     pub static CAM: Service = Service {
    /// #         provider: &TENCENT, name: "cam", version: "2019-01-16",
    /// #         host: "cam.tencentcloudapi.com", errors: &[],
    /// #     };
    /// #     impl Action for GetUser {
    /// #         type Output = GetUserOutput;
    /// #         type ErrorCode = String;
    /// #         const OPERATION: Operation = Operation::new(&CAM, "GetUser");
    /// #     }
    /// #     pub struct Client(ServiceClient);
    /// #     impl Client {
    /// #         pub fn new(config: &Config) -> Result<Self, Error> {
    /// #             ServiceClient::new(config, &CAM).map(Self)
    /// #         }
    /// #         pub fn get_user(&self, request: GetUser) -> Call<GetUser> { self.0.call(request) }
    /// #     }
    /// # }
    /// # use cam::GetUser;
    /// # fn run(client: cam::Client) -> Result<(), bindery_runtime::Error> {
    /// let user = client.get_user(GetUser { name: "ada".into() }).wait()?;
    /// println!("{}", user.uin);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the call, and one of kind [`Build`](crate::ErrorKind::Build) where asynchronous code
    /// calls this, which would stop all that runs beside it: await the call there. Tokio does not
    /// tell whether a thread may be stopped, and so this is refused within its `spawn_blocking` as
    /// well, where a call is made with the runtime at hand:
    ///
    /// ```
    /// # use bindery_runtime::Call;
    /// # use bindery_runtime::support::Action;
    /// # async fn run<A: Action + Send + 'static>(call: Call<A>)
    /// # where A::Output: Send, A::ErrorCode: Send {
    /// use tokio::runtime::Handle;
    ///
    /// tokio::task::spawn_blocking(move || {
    ///     Handle::current().block_on(call.into_future())
    /// })
    /// # ;
    /// # }
    /// ```
    pub fn wait(self) -> CallResult<A> {
        wait(self.into_future()).map_err(ActionError::new).flatten()
    }
}

impl<A: Paged> Pages<A> {
    /// The pages as an iterator for code that is not asynchronous.
    pub fn wait(self) -> WaitedPages<A> {
        WaitedPages(Some(self))
    }
}

impl<A: Paged> Items<A> {
    /// The results as an iterator for code that is not asynchronous.
    pub fn wait(self) -> WaitedItems<A> {
        WaitedItems(Some(self))
    }
}

impl<A: Paged> Iterator for WaitedPages<A> {
    type Item = CallResult<A>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pages = self.0.take()?;
        let next = wait(async move {
            let next = pages.next().await;
            (pages, next)
        });
        match next {
            Ok((pages, next)) => {
                self.0 = Some(pages);
                next
            }
            Err(error) => Some(Err(ActionError::new(error))),
        }
    }
}

impl<A: Paged> Iterator for WaitedItems<A> {
    type Item = Result<A::Item, ActionError<A::ErrorCode>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut items = self.0.take()?;
        let next = wait(async move {
            let next = items.next().await;
            (items, next)
        });
        match next {
            Ok((items, next)) => {
                self.0 = Some(items);
                next
            }
            Err(error) => Some(Err(ActionError::new(error))),
        }
    }
}

impl<A: Paged> fmt::Debug for WaitedPages<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("WaitedPages").field(&self.0).finish()
    }
}

impl<A: Paged> fmt::Debug for WaitedItems<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("WaitedItems").field(&self.0).finish()
    }
}

/// Runs a future on the thread for calls, and waits for what becomes of it.
fn wait<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
    if Handle::try_current().is_ok() {
        let message = "asynchronous code cannot wait for a call without stopping what runs beside \
                       it: await the call, or give it to `Handle::block_on` within \
                       `spawn_blocking`";
        return Err(Error::build(message));
    }
    let runtime = runtime().map_err(|error| {
        Error::build("the thread for calls cannot be started").with_source(error)
    })?;
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more where the caller's thread has ended.
        let _ = sender.send(future.await);
    });
    receiver
        .recv()
        .map_err(|_| Error::build("the call has panicked"))
}

/// The runtime on whose thread calls are made. It is kept when the thread runs: where there was none
/// to be had, the next call tries again.
fn runtime() -> io::Result<Handle> {
    static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);
    let mut running = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*running {
        return Ok(handle.clone());
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("bindery-calls".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(running.insert(handle).clone())
}
