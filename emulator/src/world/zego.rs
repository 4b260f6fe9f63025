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
    world: &mut World,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
) -> Result<Value, Refusal> {
    match target.action.name.as_str() {
        "DescribeUsers" => world.users(arguments),
        "DescribeUserNum" => Ok(world.counts(arguments)),
        "DescribeUserList" => Ok(world.list(arguments)),
        "KickoutUser" => Ok(world.kick_out(arguments)),
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
        let users = self
            .rooms
            .get(text(arguments, "RoomId"))
            .ok_or_else(|| Refusal::in_band("50001", "the room does not exist"))?;
        let statuses = list(arguments, "UserId").map(|id| {
            let present = users.iter().find(|user| user.get("UserId") == Some(id));
            present
                .cloned()
                .unwrap_or_else(|| json!({ "UserId": id, "Status": 0 }))
        });
        Ok(json!({ "UserStatusList": statuses.collect::<Vec<_>>() }))
    }

    /// How many users there are in some rooms; none in those that do not exist.
    fn counts(&self, arguments: &Map<String, Value>) -> Value {
        let counts = list(arguments, "RoomId").map(|room| {
            let users = room.as_str().and_then(|room| self.rooms.get(room));
            let count = users.map_or(0, Vec::len);
            json!({ "RoomId": room, "UserCount": count, "AdminUserCount": 0 })
        });
        json!({ "UserCountList": counts.collect::<Vec<_>>() })
    }

    /// A part of the users of a room, in the order in which they logged in or its reverse. Its marker
    /// names its last user, unless it is the last part.
    fn list(&self, arguments: &Map<String, Value>) -> Value {
        let room = self.rooms.get(text(arguments, "RoomId"));
        let mut users: Vec<&Value> = room.into_iter().flatten().collect();
        users.sort_by_key(|user| user.get("LoginTime").and_then(Value::as_i64));
        if arguments.get("Mode") == Some(&json!(1)) {
            users.reverse();
        }
        let after = text(arguments, "Marker");
        let start = users.iter().position(|user| marker(user) == after);
        let start = start.map_or(0, |last| last + 1);
        let limit = arguments.get("Limit").and_then(Value::as_u64);
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let rest = &users[start..];
        let page = &rest[..rest.len().min(limit.unwrap_or(200))];
        let last = page.last().filter(|_| page.len() < rest.len());
        let users = page.iter().map(|user| {
            json!({
                "UserId": user.get("UserId"),
                "UserName": user.get("UserId"),
                "UserRole": user.get("UserRole"),
            })
        });
        json!({
            "Marker": last.map(|user| marker(user)).unwrap_or_default(),
            "UserList": users.collect::<Vec<_>>(),
        })
    }

    /// Removes users. A room that nobody is in any more is destroyed.
    fn kick_out(&mut self, arguments: &Map<String, Value>) -> Value {
        let removed: Vec<_> = list(arguments, "UserId").collect();
        let stays = |user: &Value| user.get("UserId").is_none_or(|id| !removed.contains(&id));
        if let Some(users) = self.rooms.get_mut(text(arguments, "RoomId")) {
            users.retain(stays);
        }
        self.rooms.retain(|_, users| !users.is_empty());
        Value::Null
    }
}

/// Where in a room's list a user stands, as the vendor writes it.
fn marker(user: &Value) -> String {
    let id = user.get("UserId").and_then(Value::as_str);
    let time = user.get("LoginTime").and_then(Value::as_i64);
    format!("{}-{}", time.unwrap_or_default(), id.unwrap_or_default())
}

fn text<'a>(arguments: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = arguments.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}

fn list<'a>(arguments: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    let value = arguments.get(name).and_then(Value::as_array);
    value.into_iter().flatten()
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
