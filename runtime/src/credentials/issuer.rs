//! A service that issues credentials.

use std::sync::OnceLock;

use crate::Config;
use crate::client::ServiceClient;
use crate::error::Error;
use crate::operation::Service;

/// A service that a provider asks for credentials. The client is kept: it has measured by how much
/// this machine's clock differs from the vendor's.
#[derive(Clone, Debug)]
pub(super) struct Issuer {
    config: Config,
    service: &'static Service,
    client: OnceLock<ServiceClient>,
}

impl Issuer {
    pub(super) fn new(config: &Config, service: &'static Service) -> Self {
        Self {
            config: config.clone(),
            service,
            client: OnceLock::new(),
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn client(&self) -> Result<&ServiceClient, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = ServiceClient::new(&self.config, self.service)?;
        Ok(self.client.get_or_init(|| client))
    }
}
