//! The client of one service, which generated clients wrap.

use std::fmt;
use std::sync::Arc;

use crate::authenticate::DayKey;
use crate::call::Options;
use crate::config::Config;
use crate::endpoint::Endpoint;
use crate::operation::{Action, Operation, Service};
use crate::peer::Peers;
use crate::record::{Record, RecordMut};
use crate::send::ErasedCall;
use crate::{Call, Error};

/// Makes the calls of one service. A clone is the same client.
#[derive(Clone)]
pub struct ServiceClient(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) endpoint: Endpoint,
    pub(crate) day_key: DayKey,
    pub(crate) peers: Peers,
    service: &'static Service,
}

impl ServiceClient {
    /// A client that calls a service as a configuration says.
    pub fn new(config: &Config, service: &'static Service) -> Result<Self, Error> {
        Ok(Self(Arc::new(Shared {
            config: config.clone(),
            endpoint: config.endpoint(service.host)?,
            day_key: DayKey::default(),
            peers: Peers::default(),
            service,
        })))
    }

    /// A call that is made when it is awaited.
    #[inline]
    pub fn call<A: Action>(&self, request: A) -> Call<A> {
        let output = || -> Box<dyn RecordMut> { Box::new(A::Output::empty()) };
        Call::new(self.erased(const { &A::OPERATION }, Box::new(request), output))
    }

    fn erased(
        &self,
        operation: &'static Operation,
        request: Box<dyn Record>,
        output: fn() -> Box<dyn RecordMut>,
    ) -> ErasedCall {
        ErasedCall {
            client: self.clone(),
            operation,
            request,
            output,
            options: Options::default(),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceClient")
            .field("service", &self.0.service.name)
            .field("version", &self.0.service.version)
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
