//! `bindery import`: from a vendor's metadata to the specification.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_import::RenamedType;
use clap::Subcommand;

use crate::output::note;
use crate::{FOUND, Failure};

mod openapi;
mod tencent;

/// Import a vendor's metadata as specification files
///
/// The files are meant for review: kinds are guessed from verbs and marked as guesses, texts stay in
/// the vendor's language. Importing again after a release of the vendor's writes only what has
/// changed. Files of actions that are gone from the metadata are named, and stay until --prune
/// removes them.
///
/// Types that several actions use are declared in `service.yaml`, or in `types.yaml` where a person
/// wrote `service.yaml`. A type that a person's `service.yaml` declares counts in the place of the
/// vendor's.
///
/// Files that a person wrote are left alone. So are imported files that a person has edited, which
/// their third line shows; they are named. Corrections belong in a
/// file beside the imported one, `<Action>.overlay.yaml`. The few that come with Bindery are laid there
/// by the import, which touches no others.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    vendor: Vendor,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  bindery import tencent tccli/tccli --service trtc --out catalogue
  bindery import openapi room/*.yaml --provider zego --service rtc/v2 --out spec

Exit status:
  0    everything is imported
  1    the metadata or the request is wrong; what was written before is complete
  100  edited files were left alone, files whose actions are gone from the metadata, or types are
       declared nowhere, because a person wrote the file for them; or a correction that comes with
       Bindery does not apply to the metadata";

#[derive(Subcommand)]
enum Vendor {
    Openapi(openapi::Arguments),
    Tencent(tencent::Arguments),
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.vendor {
        Vendor::Openapi(arguments) => openapi::run(arguments),
        Vendor::Tencent(arguments) => tencent::run(arguments),
    }
}

/// Says on standard error how imported types get along with those of a person.
fn types_of_a_person(file: &Path, types: &[String]) {
    note!(
        "{} declares these types, which count in the place of the vendor's: {}",
        file.display(),
        types.join(", ")
    );
}

/// Says on standard error which types are called otherwise than the vendor calls them.
fn renamed(types: &[RenamedType]) {
    for ty in types {
        note!(
            "{} has a type {} for itself: the vendor's, which other actions use, is called {}",
            ty.action,
            ty.from,
            ty.to
        );
    }
}

/// Says on standard error which types are declared nowhere.
fn missing(file: &Path, types: &[String]) {
    note!(
        "left alone, because a person wrote or edited it: {}\n  it has to declare {}; remove it, and \
         import again",
        file.display(),
        types.join(", ")
    );
}

/// Says on standard error which files were left alone, and makes an exit status of it.
fn left_alone(kept: &[PathBuf], edited: &[PathBuf]) -> ExitCode {
    for path in kept {
        note!("left alone, because a person wrote it: {}", path.display());
    }
    for path in edited {
        note!(
            "left alone, because it was edited after its import: {}\n  move the edits to {}, remove \
             the file, and import again",
            path.display(),
            path.with_extension("overlay.yaml").display()
        );
    }
    if edited.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FOUND)
    }
}
