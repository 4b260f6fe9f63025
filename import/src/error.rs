//! Why an import stopped.

use std::{error, fmt, io, path::PathBuf};

use bindery_model::{Diagnostics, suggest};

use crate::tencent::Report;

/// Why an import stopped. Every file that was written before is complete.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportError {
    /// A file or a folder cannot be read.
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written or removed.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The metadata is not what it is expected to be.
    Malformed {
        /// The file that holds it.
        path: PathBuf,
        /// What was expected, and what was found.
        reason: String,
    },
    /// There is no metadata where it was looked for.
    NoCatalogue {
        /// The folder that was searched.
        path: PathBuf,
    },
    /// The metadata describes no such service.
    UnknownService {
        /// The service as it was asked for.
        name: String,
        /// Which service was meant, or how one is written.
        help: String,
    },
    /// The specification describes no such service.
    UnspecifiedService {
        /// The service as it was asked for.
        name: String,
        /// Which service was meant, or how one is written.
        help: String,
    },
    /// None of the chosen services has such an action.
    UnknownAction {
        /// The action as it was asked for.
        name: String,
        /// Which action was meant, if one is similar.
        closest: Option<String>,
    },
    /// A document is not YAML.
    Document(Box<Diagnostics>),
    /// Nothing tells which service documents describe.
    Undecided {
        /// The host that they name.
        host: String,
        /// How many services of the specification have this host.
        found: usize,
    },
    /// A name that was asked for cannot be one.
    IllegalName {
        /// What it should be the name of.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The documents have no such operation.
    UnknownOperation {
        /// The operation as it was asked for.
        name: String,
        /// Which operations there are, or which one was meant.
        help: String,
    },
    /// An action was imported before, and needs a type that is in none of the documents.
    Stranded {
        /// Its file.
        path: PathBuf,
        /// The type.
        ty: String,
    },
    /// Two folders of the metadata describe the same version of a service.
    DuplicateService {
        /// The service and its version.
        name: String,
    },
    /// Some of several services could not be imported.
    Incomplete {
        /// Why, in the order of the services.
        errors: Vec<ImportError>,
        /// What became of the others.
        report: Box<Report>,
    },
}

/// What to say about a service that is not among the known ones, which are given as `tke/v20220501`.
pub(crate) fn help_with_service(name: &str, known: &[String]) -> String {
    let services = known
        .iter()
        .map(|known| known.split('/').next().unwrap_or(known));
    let Some((service, _)) = name.split_once('/') else {
        return match suggest::closest(name, services) {
            Some(closest) => format!("did you mean `{closest}`?"),
            None => "write it as `tke` or `tke/v20220501`".to_owned(),
        };
    };
    let versions = known.iter().zip(services).filter(|(_, of)| *of == service);
    let versions: Vec<_> = versions.map(|(known, _)| format!("`{known}`")).collect();
    if versions.is_empty() {
        return help_with_service(service, known);
    }
    format!("there is {}", versions.join(", "))
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, source } => {
                write!(f, "cannot read {}: {source}", path.display())
            }
            Self::Write { path, source } => {
                write!(f, "cannot write {}: {source}", path.display())
            }
            Self::Malformed { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::NoCatalogue { path } => write!(
                f,
                "expected <service>/v<version>/api.json below {}",
                path.display()
            ),
            Self::UnknownService { name, help } => {
                write!(f, "the metadata has no service {name:?}; {help}")
            }
            Self::UnspecifiedService { name, help } => write!(
                f,
                "the specification has no service {name:?} of this vendor; {help}"
            ),
            Self::UnknownAction { name, closest } => {
                write!(f, "none of the chosen services has an action {name:?}")?;
                match closest {
                    Some(closest) => write!(f, "; did you mean `{closest}`?"),
                    None => Ok(()),
                }
            }
            Self::Document(problems) => f.write_str(problems.to_string().trim_end()),
            Self::Undecided { host, found } => {
                let services = match found {
                    0 => "no service",
                    _ => "more than one service",
                };
                write!(
                    f,
                    "{services} of the specification has the host {host}; say with --provider and \
                     --service where the documents belong, as in `--provider zego --service rtc/v2`"
                )
            }
            Self::IllegalName { what, name } => write!(f, "{name:?} is no {what}"),
            Self::UnknownOperation { name, help } => {
                write!(f, "the documents have no operation {name:?}; {help}")
            }
            Self::Stranded { path, ty } => write!(
                f,
                "{} was imported before and uses the type {ty}, which it shares with others and none \
                 of the documents has; name the document of that action as well, or remove its file \
                 with --prune",
                path.display()
            ),
            Self::DuplicateService { name } => {
                write!(f, "two folders of the metadata describe {name}")
            }
            Self::Incomplete { errors, .. } => {
                for error in errors {
                    writeln!(f, "{error}")?;
                }
                let services = match errors.len() {
                    1 => "1 service".to_owned(),
                    count => format!("{count} services"),
                };
                write!(
                    f,
                    "{services} could not be imported; the others are complete"
                )
            }
        }
    }
}

impl error::Error for ImportError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Read { source, .. } | Self::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}
