//! The warnings that are logged while a test goes on.

use std::fmt::{Debug, Write as _};
use std::mem;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{self, DefaultGuard};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// While there is one subscriber in all, a place that logs is forgotten for good if the thread that
/// comes to it first has none. With this one, there are two.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Warnings::default()));

/// Takes in the warnings of this thread until it is dropped.
pub(crate) struct Logged {
    warnings: Warnings,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

/// Writes fields down.
struct Fields(String);

impl Logged {
    pub(crate) fn start() -> Self {
        LazyLock::force(&ANOTHER);
        let warnings = Warnings::default();
        Self {
            warnings: warnings.clone(),
            _guard: subscriber::set_default(warnings),
        }
    }

    /// The warnings that have not been taken yet.
    pub(crate) fn take(&self) -> Vec<String> {
        mem::take(&mut self.warnings.lines())
    }
}

impl Warnings {
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.lines().push(fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // A string takes in all that is written to it.
        let _ = write!(self.0, "{field}={value:?} ");
    }
}
