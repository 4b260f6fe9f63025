//! How calls are made: who calls, where to, and within what limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::connection::{Connections, Http};
use crate::credential::Credential;
use crate::credentials::{CredentialSource, Credentials};
use crate::endpoint::Endpoint;
use crate::reply_limits::ReplyLimits;
#[cfg(feature = "testing")]
use crate::testing::Recording;
use crate::{Error, Intercept, Pacing, RetryPolicy};

/// How calls are made. Clients of all services can share one; a clone is the same configuration
/// with the same pool of connections.
///
/// ```
/// use bindery_runtime::{Config, Credential};
///
/// let credential = Credential::tencent("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "secret");
/// let config = Config::builder(credential).region("ap-singapore").build()?;
/// # Ok::<(), bindery_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Config(Arc<Settings>);

/// Collects the parts of a [`Config`].
#[must_use = "nothing is configured until `build` is called"]
pub struct ConfigBuilder {
    credentials: CredentialSource,
    region: Option<String>,
    address: Result<Address, Error>,
    language: Option<Language>,
    timeouts: Timeouts,
    pub(crate) reply_limits: ReplyLimits,
    strict: bool,
    lossy_utf8: bool,
    retry: RetryPolicy,
    clock: Clock,
    corrects_clock: bool,
    interceptors: Interceptors,
    pacing: Option<Pacing>,
    pub(crate) connections: Connections,
    #[cfg(feature = "testing")]
    recording: Option<Recording>,
}

/// What watches the attempts, in the order in which it was added.
type Interceptors = Vec<Arc<dyn Intercept>>;

/// The language in which a vendor writes its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English.
    English,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) attempt: Duration,
    pub(crate) total: Duration,
    pub(crate) idle: Duration,
}

/// Where the services are.
#[derive(Clone, Debug)]
enum Address {
    /// At the hosts that the vendor's pages name.
    Documented,
    /// At Tencent Cloud's international hosts.
    International,
    /// All at one place.
    Endpoint(Endpoint),
}

#[derive(Clone)]
struct Settings {
    credentials: Credentials,
    region: Option<String>,
    address: Address,
    language: Option<Language>,
    timeouts: Timeouts,
    reply_limits: ReplyLimits,
    strict: bool,
    lossy_utf8: bool,
    retry: RetryPolicy,
    clock: Clock,
    corrects_clock: bool,
    interceptors: Interceptors,
    pacing: Option<Pacing>,
    http: Http,
    #[cfg(feature = "testing")]
    recording: Option<Recording>,
}

/// The root domain of Tencent Cloud, and the international one that takes its place.
const TENCENT_DOMAIN: &str = ".tencentcloudapi.com";
const TENCENT_INTERNATIONAL_DOMAIN: &str = ".intl.tencentcloudapi.com";

impl Config {
    /// A configuration that calls with a credential, or with those of a source.
    pub fn builder(credentials: impl Into<CredentialSource>) -> ConfigBuilder {
        ConfigBuilder {
            credentials: credentials.into(),
            region: None,
            address: Ok(Address::Documented),
            language: None,
            timeouts: Timeouts {
                connect: Duration::from_millis(3100),
                attempt: Duration::from_secs(30),
                total: Duration::from_secs(90),
                idle: Duration::from_mins(1),
            },
            reply_limits: ReplyLimits::default(),
            strict: false,
            lossy_utf8: false,
            retry: RetryPolicy::standard(),
            clock: Clock::system(),
            corrects_clock: true,
            interceptors: Interceptors::new(),
            pacing: None,
            connections: Connections::default(),
            #[cfg(feature = "testing")]
            recording: None,
        }
    }

    /// The same with a credential of its own.
    pub(crate) fn with_credential(&self, credential: Credential) -> Self {
        let credentials = CredentialSource::from(credential).with_clock(self.0.clock.clone());
        Self(Arc::new(Settings {
            credentials,
            ..(*self.0).clone()
        }))
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        self.0.retry
    }

    pub(crate) fn pacing(&self) -> Option<&Pacing> {
        self.0.pacing.as_ref()
    }

    pub(crate) fn interceptors(&self) -> &[Arc<dyn Intercept>] {
        &self.0.interceptors
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn corrects_clock(&self) -> bool {
        self.0.corrects_clock
    }

    pub(crate) fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    pub(crate) fn language(&self) -> Option<Language> {
        self.0.language
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    pub(crate) fn reply_limits(&self) -> &ReplyLimits {
        &self.0.reply_limits
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.0.strict
    }

    pub(crate) fn has_lossy_utf8(&self) -> bool {
        self.0.lossy_utf8
    }

    pub(crate) fn http(&self) -> &Http {
        &self.0.http
    }

    #[cfg(feature = "testing")]
    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.0.recording.as_ref()
    }

    /// Where to call a service whose page names `host`.
    pub(crate) fn endpoint(&self, host: &str) -> Result<Endpoint, Error> {
        let service = host.strip_suffix(TENCENT_DOMAIN);
        match (&self.0.address, service) {
            (Address::Endpoint(endpoint), _) => Ok(endpoint.clone()),
            (Address::International, Some(service)) => {
                Endpoint::parse(&format!("https://{service}{TENCENT_INTERNATIONAL_DOMAIN}"))
            }
            _ => Endpoint::parse(&format!("https://{host}")),
        }
    }
}

impl ConfigBuilder {
    /// The region that calls go to unless [`Call::region`](crate::Call::region) names another.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sends all calls to one place, given as `https://host` or `https://host:port`. Without TLS,
    /// `http://`, only this machine can be called.
    pub fn endpoint(mut self, url: &str) -> Self {
        self.address = Endpoint::parse(url).map(Address::Endpoint);
        self
    }

    /// Sends all calls to one place, which may be another machine without TLS. Everybody on the
    /// way can then read and change requests and replies, tokens included.
    pub fn insecure_endpoint(mut self, url: &str) -> Self {
        self.address = Endpoint::parse_insecure(url).map(Address::Endpoint);
        self
    }

    /// Calls Tencent Cloud at its international hosts, `<service>.intl.tencentcloudapi.com`.
    pub fn international(mut self) -> Self {
        self.address = Ok(Address::International);
        self
    }

    /// The language of the vendor's messages. Without it the vendor decides.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// How long it may take to reach the server, 3.1 s unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// How long sending a request and receiving the whole reply may take, 30 s unless set.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.attempt = timeout;
        self
    }

    /// How long a call may take with all that belongs to it, 90 s unless set.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.total = timeout;
        self
    }

    /// How long a stream of events may be silent, one minute unless set. Once a stream has begun,
    /// no other limit on its time applies.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = timeout;
        self
    }

    /// Whether a reply that differs from what the vendor describes is an error. Otherwise it is
    /// read as well as possible, and [`Response::mismatches`](crate::Response::mismatches) tells.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Whether a reply that is not UTF-8 is read all the same, with U+FFFD in the place of each part
    /// that is none, and with a [mismatch](crate::MismatchKind::Utf8) that says so. Unless set, and
    /// where the configuration is [`strict`](Self::strict), it is an error of kind
    /// [`BadReply`](crate::ErrorKind::BadReply), and so is an event of a stream in any case.
    pub fn lossy_utf8(mut self, lossy: bool) -> Self {
        self.lossy_utf8 = lossy;
        self
    }

    /// How often failed calls are sent again, [`RetryPolicy::standard`] unless set.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Keeps calls within the documented rates. Unless set, calls are sent when they are made.
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = Some(pacing);
        self
    }

    /// Watches all attempts, and adds headers to them; may be used several times.
    pub fn intercept(mut self, interceptor: impl Intercept) -> Self {
        self.interceptors.push(Arc::new(interceptor));
        self
    }

    /// What tells the time, the system's clock unless set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Whether signatures are dated by the vendor's clock, as far as the `Date` of its replies tells
    /// it, instead of this machine's: true unless set. Without it, a call that the vendor refuses for
    /// its age fails at once.
    pub fn clock_correction(mut self, corrects: bool) -> Self {
        self.corrects_clock = corrects;
        self
    }

    /// Keeps all replies, without secrets.
    #[cfg(feature = "testing")]
    pub fn record(mut self, recording: &Recording) -> Self {
        self.recording = Some(recording.clone());
        self
    }

    /// Checks the parts and puts them together.
    ///
    /// # Errors
    ///
    /// The error is of kind [`Build`](crate::ErrorKind::Build) and names the part: a key that is
    /// empty or has white space around it, an endpoint that is more than scheme, host and port,
    /// a region that cannot stand in a header, a certificate or a proxy that is not one, a host
    /// without an address.
    pub fn build(self) -> Result<Config, Error> {
        if let Some(credential) = self.credentials.fixed() {
            credential.check()?;
        }
        if let Some(region) = &self.region {
            check_region(region)?;
        }
        let address = self.address?;
        let http = self.connections.open(&self.timeouts, &self.reply_limits)?;
        Ok(Config(Arc::new(Settings {
            credentials: self.credentials.with_clock(self.clock.clone()),
            region: self.region,
            address,
            language: self.language,
            timeouts: self.timeouts,
            reply_limits: self.reply_limits,
            strict: self.strict,
            lossy_utf8: self.lossy_utf8,
            retry: self.retry,
            clock: self.clock,
            corrects_clock: self.corrects_clock,
            interceptors: self.interceptors,
            pacing: self.pacing,
            #[cfg(feature = "testing")]
            recording: self.recording,
            http,
        })))
    }
}

impl Language {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en-US",
        }
    }
}

/// Refuses what cannot be a region, before it gets into a header.
pub(crate) fn check_region(region: &str) -> Result<(), Error> {
    let is_plain = region
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plain && !region.is_empty() {
        Ok(())
    } else {
        Err(Error::build(format!(
            "{region:?} is not a region, expected a name such as ap-singapore"
        )))
    }
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConfigBuilder")
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("credentials", &self.0.credentials)
            .field("region", &self.0.region)
            .field("address", &self.0.address)
            .field("language", &self.0.language)
            .field("timeouts", &self.0.timeouts)
            .field("reply_limits", &self.0.reply_limits)
            .field("strict", &self.0.strict)
            .field("lossy_utf8", &self.0.lossy_utf8)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
