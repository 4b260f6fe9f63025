//! ZEGOCLOUD's world: rooms and who is in them.

use std::collections::BTreeMap;

use bindery_model::Model;
use serde_json::{Map, Value, json};

use super::examples;
use crate::answer;
use crate::reply::Refusal;
use crate::route::Target;

/// What ZEGOCLOUD knows: the users of each room.
pub(crate) struct World {
    rooms: BTreeMap<String, Vec<Value>>,
}

/// Answers a call whose arguments have been checked.
pub(crate) fn answer(
    world: &World,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
) -> Result<Value, Refusal> {
    match target.action.name.as_str() {
        "DescribeUsers" => world.users(arguments),
        _ => Ok(answer::documented(target, arguments)),
    }
}

impl World {
    /// Starts from the examples, and one room with a user in each role.
    pub(super) fn new(model: &Model) -> Self {
        let mut rooms = BTreeMap::new();
        rooms.insert("lobby".to_owned(), lobby());
        for (request, output) in examples(model, "rtc", "DescribeUsers") {
            if let (Some(Value::String(room)), Some(Value::Array(users))) =
                (request.get("RoomId"), output.get("UserStatusList"))
            {
                rooms.insert(room.clone(), users.clone());
            }
        }
        Self { rooms }
    }

    fn users(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let room = arguments
            .get("RoomId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let users = self
            .rooms
            .get(room)
            .ok_or_else(|| Refusal::in_band("50001", "the room does not exist"))?;
        let wanted = arguments.get("UserId").and_then(Value::as_array);
        let statuses = wanted.into_iter().flatten().map(|id| {
            let present = users.iter().find(|user| user.get("UserId") == Some(id));
            present
                .cloned()
                .unwrap_or_else(|| json!({ "UserId": id, "Status": 0 }))
        });
        Ok(json!({ "UserStatusList": statuses.collect::<Vec<_>>() }))
    }
}

fn lobby() -> Vec<Value> {
    let users = [("host", 1), ("listener", 2), ("recorder", 4)];
    users
        .into_iter()
        .map(|(id, role)| {
            json!({ "UserId": id, "Status": 1, "LoginTime": 1_675_674_019_365_i64, "UserRole": role })
        })
        .collect()
}
