//! How the demo shows a call.

use std::fmt::Debug;

use bindery_sdk::{Error, Response};

use crate::Failure;
use crate::output::say;

/// Prints the title of a step.
pub(super) fn title(title: &str) {
    say!("\n{title}");
}

/// Prints a call that has succeeded.
pub(super) fn reply<T: Debug + 'static>(reply: &Response<T>) {
    say!("  > {}", reply.request());
    for line in format!("{:#?}", **reply).lines() {
        say!("    {line}");
    }
    for mismatch in reply.mismatches() {
        say!("  ! {mismatch}");
    }
    let id = reply.request_id().unwrap_or("none");
    say!(
        "  < {}, request id {id}, {:.1?}",
        reply.status(),
        reply.elapsed()
    );
}

/// Prints a call that has failed as it should, with the typed code that it gave.
///
/// # Errors
///
/// The call has not failed.
pub(super) fn refusal<T, C: Debug, E: Into<Error>>(
    result: Result<T, E>,
    code: impl FnOnce(&E) -> Option<C>,
) -> Result<(), Failure> {
    let Err(failure) = result else {
        return Err("the emulator accepted a call that it should have refused".into());
    };
    let typed = code(&failure);
    let error: Error = failure.into();
    if let Some(request) = error.request() {
        say!("  > {request}");
    }
    match typed {
        Some(code) => say!("    {code:?}"),
        None => return Err(error.into()),
    }
    say!("  < {error}");
    Ok(())
}
