//! Tells a request that waits for its connection from one that was sent, when its time is over.
//!
//! The libraries below do not say whether a request that is given up had a connection. But they make
//! it within the request's own future: as long as polling that polls a connector which is not ready,
//! nothing has been sent. Where it polls none, or another task makes the connection, the request
//! counts as sent.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// Whether a connector was polled and was not ready.
    static IS_CONNECTING: Cell<bool>;
}

/// A request was given up.
pub(crate) struct TimedOut {
    pub(crate) was_connecting: bool,
}

/// Gives an exchange up after so long.
pub(crate) async fn timeout<T>(
    limit: Duration,
    exchange: impl Future<Output = T>,
) -> Result<T, TimedOut> {
    let mut was_connecting = false;
    let mut exchange = pin!(exchange);
    let watched = poll_fn(|context| {
        IS_CONNECTING.sync_scope(Cell::new(false), || {
            let polled = exchange.as_mut().poll(context);
            was_connecting = IS_CONNECTING.with(Cell::get);
            polled
        })
    });
    let outcome = tokio::time::timeout(limit, watched).await;
    outcome.map_err(|_| TimedOut { was_connecting })
}

/// Has connectors say that they are not ready.
#[derive(Clone)]
pub(crate) struct Watch;

#[derive(Clone)]
pub(crate) struct Watched<S>(S);

pub(crate) struct Connecting<F>(Pin<Box<F>>);

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, connector: S) -> Watched<S> {
        Watched(connector)
    }
}

impl<S: Service<R>, R> Service<R> for Watched<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Connecting<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, place: R) -> Self::Future {
        Connecting(Box::pin(self.0.call(place)))
    }
}

impl<F: Future> Future for Connecting<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.0.as_mut().poll(context);
        if polled.is_pending() {
            // Another task may go on with a connection that was not needed in the end.
            let _ = IS_CONNECTING.try_with(|is_connecting| is_connecting.set(true));
        }
        polled
    }
}
