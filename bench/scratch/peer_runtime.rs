//! What clients need that derive serde's traits: a way to send requests, and errors.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Sends requests.
#[derive(Clone, Debug)]
pub struct Transport {
    client: reqwest::Client,
    url: String,
    version: String,
}

/// Why a call failed.
#[derive(Debug)]
pub enum Error {
    /// No reply has come.
    Transport(reqwest::Error),
    /// The request cannot be written, or the reply cannot be read.
    Json(serde_json::Error),
    /// The vendor says so.
    Service { code: String, message: String },
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(rename = "Response")]
    response: T,
}

#[derive(Deserialize)]
struct Reply {
    #[serde(rename = "Error")]
    error: Option<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "Code")]
    code: String,
    #[serde(rename = "Message")]
    message: String,
}

impl Transport {
    /// Sends to an address.
    pub fn new(url: &str, version: &str) -> Self {
        Self {
            client: reqwest::Client::new(),
            url: url.to_owned(),
            version: version.to_owned(),
        }
    }

    /// Sends the inputs of an action, and returns the reply unless it tells of an error.
    pub async fn send(&self, action: &str, body: String) -> Result<String, Error> {
        let request = self.client.post(&self.url);
        let request = request.header("Content-Type", "application/json");
        let request = request.header("X-TC-Action", action);
        let request = request.header("X-TC-Version", &self.version).body(body);
        let reply = request.send().await.map_err(Error::Transport)?;
        let reply = reply.text().await.map_err(Error::Transport)?;
        match decode::<Reply>(&reply)?.error {
            Some(Problem { code, message }) => Err(Error::Service { code, message }),
            None => Ok(reply),
        }
    }
}

/// Writes inputs.
pub fn encode<T: Serialize>(request: &T) -> Result<String, Error> {
    serde_json::to_string(request).map_err(Error::Json)
}

/// Reads a result out of its envelope.
pub fn decode<T: DeserializeOwned>(reply: &str) -> Result<T, Error> {
    let envelope: Envelope<T> = serde_json::from_str(reply).map_err(Error::Json)?;
    Ok(envelope.response)
}
