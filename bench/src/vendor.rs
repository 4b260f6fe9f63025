//! The vendor's catalogue as it is published, read without Bindery's importer, which is one of the
//! things that are measured against it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::Failure;

/// One version of a service.
pub(crate) struct Version {
    /// `trtc/v20190722`, after the name in the host and the version on the wire.
    pub(crate) name: String,
    pub(crate) api: Api,
    /// The objects that requests hold. The metadata's own word for it, `usage`, is often wrong.
    pub(crate) sent: BTreeSet<String>,
    /// By action.
    pub(crate) examples: BTreeMap<String, Vec<Example>>,
}

/// `api.json`
#[derive(Deserialize)]
pub(crate) struct Api {
    metadata: Metadata,
    pub(crate) actions: BTreeMap<String, Action>,
    pub(crate) objects: BTreeMap<String, Object>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    api_version: String,
    service_short_name: String,
}

#[derive(Deserialize)]
pub(crate) struct Action {
    pub(crate) input: String,
    pub(crate) output: String,
}

#[derive(Deserialize)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
}

#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// `list`, `object`, or the JSON type of a single value.
    #[serde(rename = "type")]
    shape: String,
    /// The type of a single value or of an item.
    #[serde(rename = "member")]
    pub(crate) element: String,
    #[serde(default)]
    required: Value,
    #[serde(default)]
    output_required: Value,
    #[serde(default)]
    value_allowed_null: Value,
}

/// `examples.json`
#[derive(Deserialize)]
struct Examples {
    actions: BTreeMap<String, Vec<Example>>,
}

#[derive(Deserialize)]
pub(crate) struct Example {
    input: String,
    pub(crate) output: String,
}

impl Member {
    pub(crate) fn is_list(&self) -> bool {
        self.shape == "list"
    }

    pub(crate) fn is_required(&self) -> bool {
        is_true(&self.required)
    }

    pub(crate) fn is_promised(&self) -> bool {
        is_true(&self.output_required)
    }

    pub(crate) fn may_be_null(&self) -> bool {
        is_true(&self.value_allowed_null)
    }

    /// Whether the metadata says anything of null.
    pub(crate) fn is_flagged(&self) -> bool {
        !self.value_allowed_null.is_null()
    }
}

/// Truth values, some of which are the number 1.
fn is_true(value: &Value) -> bool {
    value == true || value == 1
}

/// The folders of all versions, or of those of some services: `tke`, or `tke/v20220501` for one
/// version. The names are those of the vendor's folders.
pub(crate) fn folders(catalogue: &Path, services: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let inner = catalogue.join("services");
    let root = if inner.is_dir() { &inner } else { catalogue };
    let mut folders = Vec::new();
    for service in subfolders(root)? {
        for version in subfolders(&service)? {
            if version.join("api.json").is_file() {
                folders.push(version);
            }
        }
    }
    let is_wanted = |folder: &PathBuf| {
        let path = folder.strip_prefix(root).unwrap_or(folder);
        services.is_empty() || services.iter().any(|service| path.starts_with(service))
    };
    folders.retain(is_wanted);
    if folders.is_empty() {
        return Err(format!("{} has no such services", root.display()).into());
    }
    Ok(folders)
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort_unstable();
    Ok(folders)
}

impl Version {
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let api: Api = serde_json::from_slice(&fs::read(folder.join("api.json"))?)?;
        let examples: Examples = serde_json::from_slice(&fs::read(folder.join("examples.json"))?)?;
        let Metadata {
            api_version,
            service_short_name,
        } = &api.metadata;
        Ok(Self {
            name: format!("{service_short_name}/v{}", api_version.replace('-', "")),
            sent: sent(&api),
            api,
            examples: examples.actions,
        })
    }
}

fn sent(api: &Api) -> BTreeSet<String> {
    let inputs = api.actions.values().map(|action| &action.input);
    let mut pending: Vec<&String> = inputs.collect();
    let mut sent = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if sent.insert(name.clone()) {
            let elements = api.objects[name].members.iter().map(|one| &one.element);
            pending.extend(elements.filter(|element| api.objects.contains_key(*element)));
        }
    }
    sent
}

impl Example {
    /// The members of the reply, if it is JSON with the vendor's envelope and tells of no error.
    /// Outputs may have a member `Error` of their own.
    pub(crate) fn reply(&self, output: &Object) -> Option<Value> {
        let mut reply: Value = serde_json::from_str(&self.output).ok()?;
        let response = reply.get_mut("Response")?.take();
        let is_error = response.get("Error").is_some()
            && !output.members.iter().any(|member| member.name == "Error");
        (response.is_object() && !is_error).then_some(response)
    }

    /// The body of the request, if it is a JSON object.
    pub(crate) fn request(&self) -> Option<Value> {
        let request: Value = serde_json::from_str(self.body()).ok()?;
        request.is_object().then_some(request)
    }

    /// What stands behind the request's headers, or all of a text that has none.
    pub(crate) fn body(&self) -> &str {
        let text = &self.input;
        if !text.starts_with("POST ") && !text.starts_with("GET ") {
            return text;
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            start += line.len();
            if line.trim().is_empty() {
                return &text[start..];
            }
        }
        ""
    }
}
