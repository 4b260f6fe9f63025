//! A call before it is made: the request, and what differs for this call from the configuration.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::config::check_region;
use crate::endpoint::Endpoint;
use crate::operation::{Action, Method, Paged};
use crate::page::{Items, Pages};
use crate::response::Filled;
use crate::send::ErasedCall;
use crate::{ActionError, Error, Response, RetryPolicy};

/// A call that is made when it is awaited.
#[must_use = "a call is made when it is awaited"]
pub struct Call<A> {
    pub(crate) erased: ErasedCall,
    action: PhantomData<fn() -> A>,
}

/// A call on its way, which awaiting a [`Call`] makes.
#[must_use = "a call is made when it is awaited"]
pub struct CallFuture<A> {
    filled: BoxFuture<'static, Result<Filled, Error>>,
    action: PhantomData<fn() -> A>,
}

/// What differs for a call from the configuration.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) strict: Option<bool>,
    pub(crate) method: Option<Method>,
    pub(crate) retry: Option<RetryPolicy>,
    /// Why an option cannot be used, which the call reports when it is awaited.
    pub(crate) refused: Option<String>,
}

/// What awaiting a [`Call`] returns.
pub type CallResult<A> =
    Result<Response<<A as Action>::Output>, ActionError<<A as Action>::ErrorCode>>;

/// A future on the heap, so that its code is compiled where it is written.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<A> Call<A> {
    pub(crate) fn new(erased: ErasedCall) -> Self {
        Self {
            erased,
            action: PhantomData,
        }
    }

    /// Goes to a region instead of the configuration's. Letters, digits
    /// and hyphens are expected, such as `ap-singapore`; anything else makes the call fail with
    /// [`ErrorKind::Build`](crate::ErrorKind::Build) when it is awaited.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        let region = region.into();
        match check_region(&region) {
            Ok(()) => self.erased.options.region = Some(region),
            Err(error) => self.erased.options.refused = Some(error.message().to_owned()),
        }
        self
    }

    /// Goes to a place given as `https://host` or `https://host:port`, instead of the
    /// configuration's or the action's own. Without TLS, `http://`, only this machine can be called.
    /// Anything else makes the call fail with [`ErrorKind::Build`](crate::ErrorKind::Build) when it
    /// is awaited.
    pub fn endpoint(mut self, url: &str) -> Self {
        match Endpoint::parse(url) {
            Ok(endpoint) => self.erased.options.endpoint = Some(endpoint),
            Err(error) => self.erased.options.refused = Some(error.message().to_owned()),
        }
        self
    }

    /// May take this long with all that belongs to it, instead of the configuration's total time,
    /// which is 90 s unless set. A call that takes longer fails, and
    /// [`is_timeout`](crate::Error::is_timeout) tells.
    ///
    /// A time below the configuration's [`connect_timeout`](crate::ConfigBuilder::connect_timeout) may
    /// be over before there is a connection. The call then counts as one that
    /// [may have been executed](crate::Error::may_have_executed), unless the configuration's own
    /// timeouts of attempts or calls are that short, too: only then is connecting watched.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.erased.options.timeout = Some(timeout);
        self
    }

    /// Is sent again after failures as this policy says, instead of the configuration's, which is
    /// [`RetryPolicy::standard`] unless set.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.erased.options.retry = Some(policy);
        self
    }

    /// Fails, or does not, where the reply differs from what the vendor describes.
    pub fn strict(mut self, strict: bool) -> Self {
        self.erased.options.strict = Some(strict);
        self
    }

    /// Sends the inputs in the query string of a `GET`.
    pub fn get(mut self) -> Self {
        self.erased.options.method = Some(Method::Get);
        self
    }

    /// Sends the inputs in the body of a `POST`.
    pub fn post(mut self) -> Self {
        self.erased.options.method = Some(Method::Post);
        self
    }
}

/// The request of a call, which is of the type of its action.
pub(crate) fn request<A: Action>(call: &mut ErasedCall) -> &mut A {
    let request: &mut dyn Any = &mut *call.request;
    let request = request.downcast_mut();
    request.expect("a call holds a request of its action")
}

impl<A: Paged> Call<A> {
    /// Makes the call for one page after the other.
    pub fn pages(self) -> Pages<A> {
        Pages::new(self)
    }

    /// Makes the call for one page after the other, and takes the results out of them.
    pub fn items(self) -> Items<A> {
        Items::new(self)
    }
}

impl<A: Action> IntoFuture for Call<A> {
    type Output = CallResult<A>;
    type IntoFuture = CallFuture<A>;

    #[inline]
    fn into_future(self) -> CallFuture<A> {
        CallFuture {
            filled: self.erased.fill(),
            action: PhantomData,
        }
    }
}

impl<A: Action> Future for CallFuture<A> {
    type Output = CallResult<A>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<CallResult<A>> {
        let filled = ready!(self.filled.as_mut().poll(context));
        Poll::Ready(filled.map(Response::new).map_err(ActionError::new))
    }
}

impl<A: Action> fmt::Debug for Call<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("client", &self.erased.client)
            .field("action", &A::OPERATION.name)
            .finish_non_exhaustive()
    }
}
