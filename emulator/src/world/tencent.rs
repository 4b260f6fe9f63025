//! Tencent Cloud's world: the sub-users of an account, the rooms in which calls are being held, and
//! the calls that have ended.

use std::collections::BTreeMap;

use bindery_model::Model;
use serde_json::{Map, Value, json};

use super::examples;
use crate::answer;
use crate::reply::Refusal;
use crate::route::Target;

/// A second call, with enough users that it takes several pages to list them.
const LONG_CALL: &str = "1400188366_218696_1590065900";
const LONG_CALL_USERS: u64 = 14;
const HOUR: i64 = 3600;

/// What a new sub-user's numbers begin with.
const FIRST_UIN: u64 = 700_003_000_000;
const FIRST_UID: u64 = 900_000_000;

/// What Tencent Cloud knows.
pub(crate) struct World {
    sub_users: Vec<Map<String, Value>>,
    /// How many sub-users were ever added.
    added: u64,
    calls: Vec<Call>,
    rooms: BTreeMap<RoomId, Vec<Value>>,
}

/// A room: its application, and its number or its name.
type RoomId = (Option<i64>, String);

/// One call in a room. Its id is made of application, room and time of creation.
struct Call {
    id: String,
    users: Vec<Value>,
}

/// Answers a call whose arguments have been checked.
pub(crate) fn answer(
    world: &mut World,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
) -> Result<Value, Refusal> {
    match (target.service.name.as_str(), target.action.name.as_str()) {
        ("cam", "GetUser") => world.sub_user(arguments),
        ("cam", "ListUsers") => Ok(world.list_sub_users(target)),
        ("cam", "AddUser") => world.add_sub_user(arguments),
        ("cam", "UpdateUser") => world.update_sub_user(arguments),
        ("cam", "DeleteUser") => world.delete_sub_user(arguments),
        ("trtc", "RemoveUser" | "RemoveUserByStrRoomId") => world.remove_users(arguments),
        ("trtc", "DismissRoom" | "DismissRoomByStrRoomId") => world.dismiss_room(arguments),
        // The pages' own requests get the pages' own replies, whose totals are not what they say.
        ("trtc", "DescribeUserInfo") => answer::matching(target.action, arguments)
            .map_or_else(|| world.call_users(arguments), Ok),
        ("trtc", "DescribeRoomInfo") => {
            answer::matching(target.action, arguments).map_or_else(|| world.rooms(arguments), Ok)
        }
        _ => Ok(answer::documented(target, arguments)),
    }
}

impl World {
    /// Starts from the examples of the actions that the world knows.
    pub(super) fn new(model: &Model) -> Self {
        let shown = examples(model, "cam", "GetUser").map(|(_, user)| user);
        let listed = examples(model, "cam", "ListUsers");
        let listed = listed.filter_map(|(_, output)| output.get("Data")?.as_array().cloned());
        let sub_users = shown.chain(listed.flatten());
        let documented = examples(model, "trtc", "DescribeUserInfo");
        let documented = documented.filter_map(|(request, output)| {
            let id = request.get("CommId")?.as_str()?.to_owned();
            Some(Call {
                id,
                users: output.get("UserList")?.as_array()?.clone(),
            })
        });
        let occupied = ["RemoveUser", "RemoveUserByStrRoomId"].into_iter();
        let occupied = occupied.flat_map(|action| examples(model, "trtc", action));
        let rooms = occupied.filter_map(|(request, _)| {
            let users = request.get("UserIds")?.as_array()?.clone();
            Some((room_id(request), users))
        });
        Self {
            sub_users: sub_users.filter_map(into_object).collect(),
            added: 0,
            calls: documented.chain([long_call()]).collect(),
            rooms: rooms.collect(),
        }
    }

    fn sub_user(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let index = self.position(arguments)?;
        Ok(Value::Object(self.sub_users[index].clone()))
    }

    fn position(&self, arguments: &Map<String, Value>) -> Result<usize, Refusal> {
        let mut users = self.sub_users.iter();
        let position = users.position(|user| user.get("Name") == arguments.get("Name"));
        position.ok_or_else(|| {
            Refusal::in_band("ResourceNotFound.UserNotExist", "the user does not exist")
        })
    }

    /// All sub-users, of whom a list shows other members than their own page.
    fn list_sub_users(&self, target: &Target<'_>) -> Value {
        let users = self.sub_users.iter();
        let users = users.map(|user| answer::item(target, "Data", user));
        json!({ "Data": users.collect::<Vec<_>>() })
    }

    fn add_sub_user(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        if self.position(arguments).is_ok() {
            return Err(Refusal::in_band(
                "InvalidParameter.SubUserNameInUse",
                "the name is in use",
            ));
        }
        let (uin, uid) = (FIRST_UIN + self.added, FIRST_UID + self.added);
        self.added += 1;
        let name = arguments.get("Name").cloned();
        let mut user = Map::new();
        user.insert("Uin".to_owned(), uin.into());
        user.insert("Uid".to_owned(), uid.into());
        user.insert("Name".to_owned(), name.clone().unwrap_or_default());
        user.insert("ConsoleLogin".to_owned(), 0.into());
        for name in ["Remark", "PhoneNum", "CountryCode", "Email", "NickName"] {
            user.insert(name.to_owned(), "".into());
        }
        user.insert("CreateTime".to_owned(), "2023-02-27 14:59:08".into());
        user.extend(kept(arguments));
        self.sub_users.push(user);
        let is_console_user = arguments.get("ConsoleLogin") == Some(&json!(1));
        let password = arguments.get("Password").filter(|_| is_console_user);
        let (secret_id, secret_key) = match arguments.get("UseApi") {
            Some(use_api) if *use_api == json!(1) => ("AKIDEXAMPLE", "FakeSecretKeyEXAMPLE"),
            _ => ("", ""),
        };
        Ok(json!({
            "Uin": uin,
            "Uid": uid,
            "Name": name,
            "Password": password.cloned().unwrap_or_else(|| "".into()),
            "SecretId": secret_id,
            "SecretKey": secret_key,
            "PhoneNumVerifyLink": "",
        }))
    }

    fn update_sub_user(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let index = self.position(arguments)?;
        self.sub_users[index].extend(kept(arguments));
        Ok(Value::Null)
    }

    fn delete_sub_user(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let index = self.position(arguments)?;
        self.sub_users.remove(index);
        Ok(Value::Null)
    }

    /// Removes users. A room that nobody is in any more ends.
    fn remove_users(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let id = room_id(arguments);
        let users = self.rooms.get_mut(&id).ok_or_else(no_room)?;
        let removed = arguments.get("UserIds").and_then(Value::as_array);
        users.retain(|user| removed.is_none_or(|removed| !removed.contains(user)));
        if users.is_empty() {
            self.rooms.remove(&id);
        }
        Ok(Value::Null)
    }

    fn dismiss_room(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let room = self.rooms.remove(&room_id(arguments));
        room.map(|_| Value::Null).ok_or_else(no_room)
    }

    fn call_users(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        check_period(arguments, 4 * HOUR)?;
        let wanted = arguments
            .get("CommId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(call) = self.calls.iter().find(|call| call.id == wanted) else {
            return Ok(json!({ "Total": 0, "UserList": null }));
        };
        if call.application() != number(arguments, "SdkAppId") {
            return Err(Refusal::in_band(
                "InvalidParameter.SdkAppId",
                "SdkAppId is incorrect",
            ));
        }
        let ids = arguments.get("UserIds").and_then(Value::as_array);
        let users = call.users.iter().filter(|user| {
            ids.is_none_or(|ids| user.get("UserId").is_some_and(|id| ids.contains(id)))
        });
        let users = page(users.cloned().collect(), arguments, 6);
        Ok(json!({ "Total": users.len(), "UserList": users }))
    }

    fn rooms(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        check_period(arguments, 24 * HOUR)?;
        let (start, end) = (number(arguments, "StartTime"), number(arguments, "EndTime"));
        let application = number(arguments, "SdkAppId");
        let room = arguments.get("RoomId").and_then(Value::as_str);
        let calls = self.calls.iter().filter(|call| {
            call.application() == application
                && room.is_none_or(|room| call.room() == room)
                && end.is_none_or(|end| call.created() <= end)
                && start.is_none_or(|start| call.destroyed() >= start)
        });
        let rooms = page(calls.map(Call::to_room).collect(), arguments, 10);
        Ok(json!({ "Total": rooms.len(), "RoomList": rooms }))
    }
}

impl Call {
    fn part(&self, index: usize) -> &str {
        self.id.split('_').nth(index).unwrap_or_default()
    }

    fn application(&self) -> Option<i64> {
        self.part(0).parse().ok()
    }

    fn room(&self) -> &str {
        self.part(1)
    }

    fn created(&self) -> i64 {
        self.part(2).parse().unwrap_or_default()
    }

    fn destroyed(&self) -> i64 {
        let left = self
            .users
            .iter()
            .filter_map(|user| user.get("LeaveTs")?.as_i64());
        left.max().unwrap_or_else(|| self.created())
    }

    fn to_room(&self) -> Value {
        let creator = self.users.first().and_then(|user| user.get("UserId"));
        json!({
            "CommId": self.id,
            "RoomString": self.room(),
            "CreateTime": self.created(),
            "DestroyTime": self.destroyed(),
            "IsFinished": true,
            "UserId": creator,
        })
    }
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// What of a request is kept with a sub-user.
fn kept(arguments: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    let names = [
        "Name",
        "Remark",
        "ConsoleLogin",
        "PhoneNum",
        "CountryCode",
        "Email",
    ];
    names.into_iter().filter_map(|name| {
        let value = arguments.get(name)?.clone();
        Some((name.to_owned(), value))
    })
}

/// The room that a request names. Rooms with a number and rooms with a name are different ones.
fn room_id(arguments: &Map<String, Value>) -> RoomId {
    let room = arguments.get("RoomId").map(Value::to_string);
    (number(arguments, "SdkAppId"), room.unwrap_or_default())
}

fn no_room() -> Refusal {
    Refusal::in_band("FailedOperation.RoomNotExist", "the room does not exist")
}

fn long_call() -> Call {
    let created = 1_590_065_900;
    let users = (1..=LONG_CALL_USERS).map(|number| {
        json!({
            "RoomStr": "218696",
            "UserId": format!("guest{number:02}"),
            "JoinTs": created + number,
            "LeaveTs": created + 1_800 + number,
            "Finished": true,
            "DeviceType": "",
            "SdkVersion": "4.3.14",
            "ClientIp": format!("10.4.2.{number}"),
        })
    });
    Call {
        id: LONG_CALL.to_owned(),
        users: users.collect(),
    }
}

fn check_period(arguments: &Map<String, Value>, longest: i64) -> Result<(), Refusal> {
    let (Some(start), Some(end)) = (number(arguments, "StartTime"), number(arguments, "EndTime"))
    else {
        return Ok(());
    };
    // That a period may start at most 14 days ago is not checked: the examples are of 2020.
    if end < start {
        return Err(Refusal::in_band(
            "InvalidParameter.StartTs",
            "the period ends before it starts",
        ));
    }
    if end.saturating_sub(start) > longest {
        return Err(Refusal::in_band(
            "InvalidParameter.QueryScaleOversize",
            "the period is too long",
        ));
    }
    Ok(())
}

/// One page. As the vendor's pages say, either parameter alone does not change the page's size.
fn page(items: Vec<Value>, arguments: &Map<String, Value>, default_size: usize) -> Vec<Value> {
    let given = |name: &str| usize::try_from(arguments.get(name)?.as_u64()?).ok();
    let number = given("PageNumber");
    let size = number.and(given("PageSize")).unwrap_or(default_size);
    let skipped = number.unwrap_or_default().saturating_mul(size);
    items.into_iter().skip(skipped).take(size).collect()
}

fn number(arguments: &Map<String, Value>, name: &str) -> Option<i64> {
    arguments.get(name)?.as_i64()
}
