//! What the tests of the import have in common.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bindery_import::{
    ImportError,
    tencent::{self, Report, Request},
};
use bindery_model::{Model, Service};
use serde_json::{Value, json};

/// A folder of one test, empty at its start.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("the folder of tests can be written");
        Self(path)
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.join(below)
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the folder of tests can be written");
        fs::write(path, text).expect("the folder of tests can be written");
    }

    pub(crate) fn text(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
    }

    /// Imports everything from the folder `services` to the folder `spec`.
    pub(crate) fn import(&self) -> Result<Report, ImportError> {
        self.import_some(&[], &[])
    }

    pub(crate) fn import_some(
        &self,
        services: &[&str],
        actions: &[&str],
    ) -> Result<Report, ImportError> {
        tencent::import(&self.request(services, actions), &|_| ())
    }

    pub(crate) fn request(&self, services: &[&str], actions: &[&str]) -> Request {
        let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Request {
            catalogue: self.path("services"),
            services: strings(services),
            actions: strings(actions),
            out: self.path("spec"),
            prune: false,
        }
    }

    pub(crate) fn load(&self) -> Model {
        bindery_model::load(&self.path("spec"))
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)))
    }
}

/// Imports one service and resolves what comes out.
pub(crate) fn import_service(test: &str, api: &Value, examples: &Value) -> (Folder, Service) {
    let folder = Folder::new(test);
    add_service(&folder, "demo", "2020-01-02", api, examples);
    folder.import().expect("the metadata can be imported");
    let mut model = folder.load();
    let service = model.providers[0].services.remove(0);
    (folder, service)
}

/// Adds the metadata of a service. `api` needs only `actions` and `objects`.
pub(crate) fn add_service(
    folder: &Folder,
    name: &str,
    version: &str,
    api: &Value,
    examples: &Value,
) {
    let mut api = api.clone();
    if api.get("metadata").is_none() {
        api["metadata"] = json!({ "apiVersion": version, "serviceShortName": name });
    }
    let below = format!("services/{name}/v{}", version.replace('-', ""));
    folder.write(&format!("{below}/api.json"), &api.to_string());
    let examples = json!({ "actions": examples });
    folder.write(&format!("{below}/examples.json"), &examples.to_string());
}

/// An action whose input and output are called after it.
pub(crate) fn action(name: &str) -> Value {
    json!({
        "name": name,
        "document": "Does something.",
        "input": format!("{name}Request"),
        "output": format!("{name}Response"),
        "status": "online",
    })
}

/// An object of an action: its input or its output.
pub(crate) fn root(members: &[Value]) -> Value {
    json!({ "document": "", "members": members, "type": "object" })
}

/// An object that members hold.
pub(crate) fn object(usage: &str, members: &[Value]) -> Value {
    json!({ "document": "Something.", "members": members, "usage": usage })
}

/// A member: `string`, `[string]`, `{Thing}` for an object or `[{Thing}]` for a list of objects.
pub(crate) fn member(name: &str, ty: &str) -> Value {
    let item = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']'));
    let element = item.unwrap_or(ty);
    let object = element
        .strip_prefix('{')
        .and_then(|ty| ty.strip_suffix('}'));
    let shape = match (item, object) {
        (Some(_), _) => "list",
        (None, Some(_)) => "object",
        (None, None) => match element {
            "int64" | "uint64" => "int",
            "binary" | "string" | "date" | "datetime" | "datetime_iso" => "string",
            other => other,
        },
    };
    json!({
        "name": name,
        "type": shape,
        "member": object.unwrap_or(element),
        "document": "A member.",
    })
}

/// The same with further keys.
pub(crate) fn member_with(name: &str, ty: &str, keys: &Value) -> Value {
    let mut member = member(name, ty);
    for (key, value) in keys.as_object().into_iter().flatten() {
        member[key] = value.clone();
    }
    member
}
