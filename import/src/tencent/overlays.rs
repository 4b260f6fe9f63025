//! Corrections that come with this crate: overlays for what the metadata does not say and the
//! vendor's own SDK does. They lie in `data/tencent/overlays`, where each has the place that it has
//! in a specification.
//!
//! An import lays them beside the actions that they correct. One that does not fit the action as it
//! is described now is withheld, because a specification in which a correction does not apply is
//! broken.

use std::fmt;

use bindery_model::{Diagnostics, Model, Sources};

use super::{ORIGIN, PROVIDER, api::Api, service::Description};
use crate::{
    declared::{SERVICE, TYPES},
    files::{Folder, overlay_of},
};

/// The corrections, in the order of their places.
const SHIPPED: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/overlays.rs"));

/// Why a correction that comes with this crate was not laid beside the action that it corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Withheld {
    /// The metadata does not have the action, or no longer.
    NoAction,
    /// A person wrote or edited a file of corrections to the action, which counts in its place.
    Overlay,
    /// A person wrote the file of the action.
    Action,
    /// It does not apply to what the metadata says now, or makes no specification of it. This says
    /// what is wrong, with the places.
    Stale(String),
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAction => f.write_str("the metadata has no such action"),
            Self::Overlay => {
                f.write_str("a person wrote or edited the file, which counts in its place")
            }
            Self::Action => f.write_str("a person wrote the file that it corrects"),
            Self::Stale(problems) => write!(
                f,
                "it does not apply to what the metadata says now; write the file with what is still \
                 right of it\n{problems}"
            ),
        }
    }
}

/// A correction to an action of one version of a service.
struct Overlay {
    /// `es/v20250101`
    service: &'static str,
    action: &'static str,
    text: &'static str,
}

/// Adds the overlays for the actions of one version of a service to the files that describe them.
/// `service` is called as in `es/v20250101`. What is returned are those that are withheld, by the
/// names of their files without `.yaml`.
pub(super) fn lay(
    service: &str,
    api: &Api<'_>,
    (folder, prunes): (&Folder, bool),
    description: &mut Description,
) -> Vec<(String, Withheld)> {
    let mut withheld = Vec::new();
    for overlay in Overlay::of(service) {
        let name = overlay_of(overlay.action);
        let file = format!("{name}.yaml");
        let action = format!("{}.yaml", overlay.action);
        let reason = if !api.actions.contains_key(overlay.action) {
            Withheld::NoAction
        } else if !description.files.contains_key(&action) {
            // Others were asked for.
            continue;
        } else if folder.leaves_alone(&file, overlay.text) {
            Withheld::Overlay
        } else if folder.is_of_a_person(&action) {
            Withheld::Action
        } else {
            description
                .files
                .insert(file.clone(), overlay.text.to_owned());
            match overlay.apply(folder, description, prunes) {
                Ok(corrected) => {
                    let services = corrected.providers.iter().flat_map(|one| &one.services);
                    let mut actions = services.flat_map(|service| &service.actions);
                    if actions.any(|action| action.stream.is_some()) {
                        description.streams.insert(overlay.action.to_owned());
                    }
                    continue;
                }
                Err(problems) => {
                    description.files.remove(&file);
                    Withheld::Stale(problems.render(false).trim_end().to_owned())
                }
            }
        };
        withheld.push((name, reason));
    }
    withheld
}

impl Overlay {
    fn of(wanted: &str) -> impl Iterator<Item = Self> {
        let shipped = SHIPPED
            .iter()
            .filter(move |(service, ..)| *service == wanted);
        shipped.map(|&(service, action, text)| Self {
            service,
            action,
            text,
        })
    }

    /// The action as it is once the files have been written, the overlay among them.
    fn apply(
        &self,
        folder: &Folder,
        description: &Description,
        prunes: bool,
    ) -> Result<Model, Diagnostics> {
        let overlay = overlay_of(self.action);
        let names = [SERVICE, TYPES, self.action, &overlay];
        let files = names.into_iter().filter_map(|name| {
            let name = format!("{name}.yaml");
            let text = folder.after(&name, ORIGIN, &description.files, prunes)?;
            Some((format!("tencent/{}/{name}", self.service), text))
        });
        let provider = ("tencent/provider.yaml".to_owned(), PROVIDER.to_owned());
        bindery_model::check(&Sources::from_files(files.chain([provider])))
    }
}

#[cfg(test)]
mod tests {
    use bindery_model::document::Document;

    use super::*;
    use crate::yaml;

    #[test]
    fn every_overlay_is_laid_out_and_cites_the_sdk() {
        assert!(!SHIPPED.is_empty());
        for (service, action, text) in SHIPPED {
            let name = format!("{service}/{action}");
            assert_eq!(yaml::format(&name, text).unwrap(), *text, "{name}");
            let document = Document::read(&name, text).unwrap();
            let value = document.value();
            assert_eq!(value["overlay"], *action, "{name}");
            let title = value["source"]["title"].as_str().unwrap();
            assert!(title.ends_with("_client.py"), "{name}: {title}");
        }
    }
}
