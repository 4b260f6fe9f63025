//! Which actions may reply with a stream of events.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{Folder, action, add_service, member, root};

/// What the metadata has of an action.
#[derive(Deserialize)]
struct Facts {
    /// The inputs that are booleans.
    flags: Vec<String>,
    /// An example of events, without what is in them.
    reply: Option<String>,
}

#[test]
fn all_actions_of_the_vendor_that_stream_are_known() {
    let facts: BTreeMap<String, BTreeMap<String, Facts>> =
        serde_json::from_str(include_str!("../data/streams.json")).expect("it is JSON");
    let folder = Folder::new("streams");
    for (service, actions) in &facts {
        let (name, version) = service.split_once("/v").expect("it has a version");
        let version = format!("{}-{}-{}", &version[..4], &version[4..6], &version[6..]);
        let mut api = json!({ "actions": {}, "objects": {} });
        let mut examples = json!({});
        // An action of each service that does not stream.
        let plain = Facts {
            flags: vec!["Streams".to_owned(), "Verbose".to_owned()],
            reply: None,
        };
        let plain = ("DescribeThings".to_owned(), plain);
        for (action_name, facts) in actions.iter().chain([(&plain.0, &plain.1)]) {
            let flags = facts.flags.iter().map(|flag| member(flag, "bool"));
            let output = [member("RequestId", "string")];
            api["actions"][action_name] = action(action_name);
            api["objects"][format!("{action_name}Request")] = root(&flags.collect::<Vec<_>>());
            api["objects"][format!("{action_name}Response")] = root(&output);
            let replies = facts.reply.iter();
            let replies = replies.map(|reply| json!({"title": "", "input": "", "output": reply}));
            examples[action_name] = replies.collect::<Value>();
        }
        add_service(&folder, name, &version, &api, &examples);
    }
    folder.import().expect("the metadata can be imported");
    let model = folder.load();
    let services = model.providers.iter().flat_map(|one| &one.services);
    let mut streams = 0;
    for service in services {
        for action in &service.actions {
            let streaming = action.stream.is_some();
            assert_eq!(
                streaming,
                action.name != "DescribeThings",
                "{}",
                action.name
            );
            streams += usize::from(streaming);
        }
    }
    assert_eq!(streams, 27);
}
