//! Faults on request: which requests go wrong, and how.
//!
//! A script says what becomes of an action's first requests, a rate what becomes of a share of all.
//! What a rate decides depends on the seed, the action and the number of the request among those
//! of the action, so that a run can be repeated however its callers take turns.

mod text;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bindery_model::{Envelope, ErrorClass, ErrorCode, Model};
use sha2::{Digest as _, Sha256};

use crate::journal::Journal;
use crate::reply::Refusal;
use crate::route::Target;

/// What becomes of a request instead of a proper answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is refused with a code that the specification lists. Nothing is executed.
    Code(String),
    /// It is refused with any of the codes that the specification lists. Nothing is executed.
    AnyCode,
    /// It is refused with the vendor's code for too many calls. Nothing is executed.
    Throttled,
    /// It is answered with this HTTP status and a page of HTML, as proxies do. Nothing is executed.
    Html(u16),
    /// It is answered with this HTTP status and JSON that is not the vendor's. Nothing is executed.
    Json(u16),
    /// It is executed, and the reply comes late.
    Delay(Duration),
    /// The connection is reset, and nothing is executed.
    ResetBefore,
    /// It is executed, and the connection is reset instead of a reply.
    ResetAfter,
    /// It is executed, and the connection is lost in the middle of the reply.
    Truncated,
}

/// Which requests go wrong, and how. Of several rules for a request, the first that has a fault for
/// it counts.
///
/// ```
/// use bindery_emulator::{Fault, Faults};
///
/// let faults = Faults::new()
///     .script("cam:AddUser", [Some(Fault::ResetAfter), None, Some(Fault::Html(502))])
///     .rate(0.1, Fault::all());
/// let same = Faults::new()
///     .rule("cam:AddUser=reset-after,ok,html-502")?
///     .rule("all@10%")?;
/// assert_eq!(faults, same);
/// # Ok::<(), bindery_emulator::FaultError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    seed: u64,
    rules: Vec<Rule>,
}

/// Faults that cannot happen as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    /// `service:Action`; all actions where there is none.
    action: Option<String>,
    choice: Choice,
}

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    /// The fault of each request, from the first on.
    Script(Vec<Option<Fault>>),
    /// A share of the requests, and the faults that they meet equally often.
    Rate(f64, Vec<Fault>),
}

impl Fault {
    /// One of each kind, with usual values.
    pub fn all() -> Vec<Self> {
        vec![
            Self::AnyCode,
            Self::Throttled,
            Self::Html(502),
            Self::Json(503),
            Self::Delay(Duration::from_millis(200)),
            Self::ResetBefore,
            Self::ResetAfter,
            Self::Truncated,
        ]
    }

    /// The name of the kind.
    fn kind(&self) -> &'static str {
        match self {
            Self::Code(_) | Self::AnyCode => "code",
            Self::Throttled => "throttle",
            Self::Html(_) => "html",
            Self::Json(_) => "json",
            Self::Delay(_) => "delay",
            Self::ResetBefore => "reset-before",
            Self::ResetAfter => "reset-after",
            Self::Truncated => "truncate",
        }
    }
}

impl Faults {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the choices of rates depend on, 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What becomes of the first requests of an action, which is given as `cam:AddUser`.
    pub fn script(
        mut self,
        action: impl Into<String>,
        faults: impl IntoIterator<Item = Option<Fault>>,
    ) -> Self {
        self.rules.push(Rule {
            action: Some(action.into()),
            choice: Choice::Script(faults.into_iter().collect()),
        });
        self
    }

    /// Lets a share of all requests, from 0 to 1, meet one of some faults.
    pub fn rate(mut self, share: f64, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.rules.push(Rule {
            action: None,
            choice: Choice::Rate(share, faults.into_iter().collect()),
        });
        self
    }

    /// Lets a share of the requests of an action, from 0 to 1, meet one of some faults.
    pub fn rate_of(
        mut self,
        action: impl Into<String>,
        share: f64,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Self {
        self.rules.push(Rule {
            action: Some(action.into()),
            choice: Choice::Rate(share, faults.into_iter().collect()),
        });
        self
    }

    /// Adds a rule that is written as on the command line: `cam:AddUser=reset-after,ok,html-502` for
    /// a script, `all@10%` or `cam:AddUser=InternalError@5%` for a rate.
    ///
    /// The faults are `ok` (none), `code` (any code), `throttle`, `html-502`, `json-503`,
    /// `delay-200ms`, `reset-before`, `reset-after`, `truncate`, `all` (one of each kind), or else
    /// codes of the vendor.
    ///
    /// # Errors
    ///
    /// Fails when the rule is written in another way.
    pub fn rule(mut self, text: &str) -> Result<Self, FaultError> {
        self.rules.push(text::rule(text)?);
        Ok(self)
    }

    /// Makes sure that the actions exist and the codes are documented.
    pub(crate) fn check(&self, model: &Model) -> Result<(), FaultError> {
        self.rules.iter().try_for_each(|rule| rule.check(model))
    }
}

impl Rule {
    fn check(&self, model: &Model) -> Result<(), FaultError> {
        let targets = targets(model).filter(|target| self.is_about(target));
        let targets: Vec<_> = targets.collect();
        if let (Some(action), true) = (&self.action, targets.is_empty()) {
            let message = format!("expected an action such as `cam:AddUser`, not `{action}`");
            return Err(FaultError(message));
        }
        if let Choice::Rate(share, _) = self.choice
            && !(0.0..=1.0).contains(&share)
        {
            return Err(FaultError(format!(
                "expected a share from 0 to 1, not {share}"
            )));
        }
        for fault in self.faults() {
            match fault {
                Fault::Code(code)
                    if !targets
                        .iter()
                        .any(|target| documented(target, code).is_some()) =>
                {
                    let message = format!("expected a fault or a documented code, not `{code}`");
                    return Err(FaultError(message));
                }
                Fault::Html(status) | Fault::Json(status) if !(200..=599).contains(status) => {
                    let message = format!("expected an HTTP status, not {status}");
                    return Err(FaultError(message));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn faults(&self) -> Vec<&Fault> {
        match &self.choice {
            Choice::Script(faults) => faults.iter().flatten().collect(),
            Choice::Rate(_, faults) => faults.iter().collect(),
        }
    }

    fn is_about(&self, target: &Target<'_>) -> bool {
        self.action
            .as_ref()
            .is_none_or(|action| *action == target.name())
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

/// What is done with a request.
#[derive(Debug)]
pub(crate) enum Plan {
    /// It is executed, and something may happen to the reply.
    Execute(Option<Mishap>),
    /// It is refused.
    Refuse(Refusal),
    /// It is answered by something other than the vendor.
    Page(Page),
    /// It is not answered.
    Reset,
}

/// What happens to a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mishap {
    Delay(Duration),
    Reset,
    Truncate,
}

/// A reply that is not the vendor's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) is_html: bool,
}

/// Faults at work.
pub(crate) struct Injector {
    faults: Faults,
    /// How many requests each action has had.
    requests: Mutex<HashMap<String, u64>>,
    journal: Journal,
}

impl Injector {
    pub(crate) fn new(faults: Faults, journal: Journal) -> Self {
        Self {
            faults,
            requests: Mutex::default(),
            journal,
        }
    }

    /// What is done with the next request of an action.
    pub(crate) fn plan(&self, target: &Target<'_>) -> Plan {
        if self.faults.rules.is_empty() {
            return Plan::Execute(None);
        }
        let name = target.name();
        let number = {
            let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            let count = requests.entry(name.clone()).or_default();
            *count += 1;
            *count - 1
        };
        let Some((fault, draw)) = self.choose(target, &name, number) else {
            return Plan::Execute(None);
        };
        self.journal.count_fault(fault.kind());
        match fault {
            Fault::Code(code) => refuse(target, code),
            Fault::AnyCode => match &all_codes(target).collect::<Vec<_>>()[..] {
                [] => page(500, false),
                codes => refuse(target, &pick(codes, draw).code),
            },
            Fault::Throttled => {
                let mut codes = all_codes(target);
                match codes.find(|code| code.class == Some(ErrorClass::Throttled)) {
                    Some(code) => refuse(target, &code.code),
                    None => page(429, false),
                }
            }
            Fault::Html(status) => page(*status, true),
            Fault::Json(status) => page(*status, false),
            Fault::Delay(delay) => Plan::Execute(Some(Mishap::Delay(*delay))),
            Fault::ResetBefore => Plan::Reset,
            Fault::ResetAfter => Plan::Execute(Some(Mishap::Reset)),
            Fault::Truncated => Plan::Execute(Some(Mishap::Truncate)),
        }
    }

    /// The fault of a request, with a number to make further choices with.
    fn choose(&self, target: &Target<'_>, name: &str, number: u64) -> Option<(&Fault, u64)> {
        let rules = self.faults.rules.iter().enumerate();
        let mut rules = rules.filter(|(_, rule)| rule.is_about(target));
        rules.find_map(|(index, rule)| {
            let [first, second, third] = self.draw(index, name, number);
            let fault = match &rule.choice {
                Choice::Script(faults) => {
                    let index = usize::try_from(number).ok()?;
                    faults.get(index)?.as_ref()
                }
                Choice::Rate(share, faults) => {
                    (fraction(first) < *share && !faults.is_empty()).then(|| pick(faults, second))
                }
            };
            fault.map(|fault| (fault, third))
        })
    }

    /// Numbers that look random and are the same in each run.
    fn draw(&self, rule: usize, name: &str, number: u64) -> [u64; 3] {
        let text = format!("{}:{rule}:{name}:{number}", self.faults.seed);
        let digest = Sha256::digest(text);
        let part = |index: usize| {
            let bytes = digest[8 * index..8 * (index + 1)].iter();
            bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
        };
        [part(0), part(1), part(2)]
    }
}

/// A number from 0 up to 1.
fn fraction(draw: u64) -> f64 {
    f64::from(u32::try_from(draw >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

fn pick<T>(items: &[T], draw: u64) -> &T {
    let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
    &items[usize::try_from(draw % count).unwrap_or_default()]
}

fn page(status: u16, is_html: bool) -> Plan {
    Plan::Page(Page { status, is_html })
}

fn refuse(target: &Target<'_>, code: &str) -> Plan {
    let class = documented(target, code).and_then(|code| code.class);
    let status = match (target.action.envelope, class) {
        (Envelope::Bare, Some(ErrorClass::Throttled)) => 429,
        (
            Envelope::Bare,
            Some(ErrorClass::Authentication | ErrorClass::Credential | ErrorClass::ClockSkew),
        ) => 401,
        (Envelope::Bare, Some(ErrorClass::Permission)) => 403,
        (Envelope::Bare, Some(ErrorClass::NotFound)) => 404,
        (Envelope::Bare, Some(ErrorClass::Server)) => 500,
        (Envelope::Bare, _) => 400,
        _ => 200,
    };
    Plan::Refuse(Refusal::with_status(status, code, "a fault on request"))
}

fn documented<'m>(target: &Target<'m>, code: &str) -> Option<&'m ErrorCode> {
    all_codes(target).find(|known| known.code == code)
}

/// The codes of the action, its service and its provider.
fn all_codes<'m>(target: &Target<'m>) -> impl Iterator<Item = &'m ErrorCode> {
    let codes = target.action.errors.iter().chain(&target.service.errors);
    codes.chain(&target.provider.errors)
}

fn targets(model: &Model) -> impl Iterator<Item = Target<'_>> {
    model.providers.iter().flat_map(|provider| {
        provider.services.iter().flat_map(move |service| {
            service.actions.iter().map(move |action| Target {
                provider,
                service,
                action,
            })
        })
    })
}
