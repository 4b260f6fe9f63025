//! What the metadata does not say, and the vendor's own SDK does: `data/tencent/corrections.json`.
//!
//! Each correction has a reason, and names the file of the SDK that shows it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::api::Api;
use crate::yaml::{Map, Node, Style};

static CORRECTIONS: LazyLock<Corrections> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/tencent/corrections.json"))
        .expect("the corrections are a part of the program, and tested")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Corrections {
    package: Package,
    /// Actions by service and version: `es/v20250101`.
    services: BTreeMap<String, BTreeMap<String, Correction>>,
}

/// The release of the SDK that was read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    title: String,
    url: String,
}

/// What is known of one action.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    pub(super) reason: String,
    /// The file of the SDK.
    source: String,
    pub(super) host: Option<String>,
    /// Whether the reply may be a stream of events.
    #[serde(default)]
    pub(super) stream: bool,
    pub(super) octet_stream: Option<OctetStream>,
}

/// A body that is bytes by themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OctetStream {
    /// What the headers that hold the parameters start with.
    pub(super) header_prefix: String,
    /// What the body is called.
    pub(super) body: String,
    /// What the body holds.
    pub(super) doc: String,
}

/// The corrections of a service's version, by action.
pub(super) fn of(service: &str) -> Option<&'static BTreeMap<String, Correction>> {
    CORRECTIONS.services.get(service)
}

/// The corrections of a service's version whose action the metadata does not have.
pub(super) fn needless(service: &str, api: &Api<'_>) -> Vec<String> {
    let actions = of(service).into_iter().flat_map(BTreeMap::keys);
    actions
        .filter(|action| !api.actions.contains_key(*action))
        .map(|action| format!("{service}/{action}"))
        .collect()
}

impl Correction {
    /// Where the correction was found, as a source of its action.
    pub(super) fn citation(&self) -> Map<'static> {
        let package = &CORRECTIONS.package;
        let mut map = Map::new(Style::Flow);
        map.add("url", Node::word(package.url.as_str()));
        map.add(
            "title",
            Node::prose(format!("{}: {}", package.title, self.source)),
        );
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_correction_has_a_reason_and_corrects_something() {
        let all = CORRECTIONS.services.values().flatten();
        for (action, correction) in all {
            assert!(!correction.reason.is_empty(), "{action}");
            assert!(correction.source.ends_with("_client.py"), "{action}");
            let Correction {
                host,
                stream,
                octet_stream,
                ..
            } = correction;
            assert!(
                host.is_some() || *stream || octet_stream.is_some(),
                "{action}"
            );
        }
    }
}
