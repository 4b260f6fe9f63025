//! Tencent Cloud's world: the sub-users of an account, and the calls held in rooms.

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

/// What Tencent Cloud knows.
pub(crate) struct World {
    sub_users: Vec<Value>,
    calls: Vec<Call>,
}

/// One call in a room. Its id is made of application, room and time of creation.
struct Call {
    id: String,
    users: Vec<Value>,
}

/// Answers a call whose arguments have been checked.
pub(crate) fn answer(
    world: &World,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
) -> Result<Value, Refusal> {
    match (target.service.name.as_str(), target.action.name.as_str()) {
        ("cam", "GetUser") => world.sub_user(arguments),
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
        let sub_users = examples(model, "cam", "GetUser")
            .map(|(_, user)| user)
            .collect();
        let documented = examples(model, "trtc", "DescribeUserInfo");
        let documented = documented.filter_map(|(request, output)| {
            let id = request.get("CommId")?.as_str()?.to_owned();
            Some(Call {
                id,
                users: output.get("UserList")?.as_array()?.clone(),
            })
        });
        Self {
            sub_users,
            calls: documented.chain([long_call()]).collect(),
        }
    }

    fn sub_user(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let user = self
            .sub_users
            .iter()
            .find(|user| user.get("Name") == arguments.get("Name"));
        user.cloned().ok_or_else(|| {
            Refusal::in_band("ResourceNotFound.UserNotExist", "the user does not exist")
        })
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
