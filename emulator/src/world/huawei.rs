//! Huawei Cloud Meeting's world: the users of an enterprise and their access tokens.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bindery_model::{Action, Authentication, Location, Method, Model};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::actions;
use crate::identifiers::Identifiers;
use crate::reply::Refusal;
use crate::route::Target;
use crate::secrets::Secrets;
use crate::signature::hex;
use crate::{answer, clock};

/// The code of a token that is wrong or has expired. The codes of refused logins are not public;
/// this one is assumed for them as well.
pub(crate) const TOKEN_INVALID: &str = "USG.000000004";
const USER_NOT_FOUND: &str = "USG.201040000";
const USER_EXISTS: &str = "USG.201040017";

const USERS: &str = "/v1/usg/dcs/corp/member";
const USER_DETAIL: &str = "/v1/usg/dcs/corp/member/{account}";
const DELETED_USERS: &str = "/v1/usg/dcs/corp/member/delete";

/// What a search looks at.
const SEARCHED: [&str; 5] = ["name", "phone", "email", "userAccount", "thirdAccount"];

/// The client type of programs, which may have more than one token.
const API_CLIENT: i64 = 72;
const API_CLIENT_TOKENS: usize = 64;
/// The refresh token lives for 30 days.
const REFRESH_SECONDS: i64 = 2_592_000;

/// What Huawei Cloud Meeting knows.
pub(crate) struct World {
    /// In the order in which they were added, which numbers them.
    users: BTreeMap<usize, User>,
    /// How many users were ever added.
    added: usize,
    /// From the oldest to the newest.
    sessions: Vec<Session>,
    lifetime: Duration,
    login_template: Map<String, Value>,
    detail_template: Map<String, Value>,
}

struct User {
    account: String,
    third_account: String,
    app_id: String,
    detail: Map<String, Value>,
}

#[derive(Clone)]
struct Session {
    token: String,
    user: usize,
    client_type: i64,
    expires: SystemTime,
}

/// What a handler needs besides the arguments.
pub(crate) struct Context<'a> {
    /// Where tokens come from.
    pub(crate) identifiers: &'a Identifiers,
    /// The time.
    pub(crate) now: SystemTime,
    /// The token that came with the request.
    pub(crate) token: &'a str,
}

/// Answers a call whose caller and arguments have been checked.
pub(crate) fn answer(
    world: &mut World,
    target: &Target<'_>,
    arguments: &Map<String, Value>,
    context: &Context<'_>,
) -> Result<Value, Refusal> {
    match target.action.authentication {
        Authentication::AppId => return Ok(world.login_app(arguments, context)),
        Authentication::Account => return Ok(world.login_account(arguments, context)),
        _ => {}
    }
    match (target.action.method, target.action.path.as_str()) {
        (Method::Put, "/v1/usg/acs/token") => world.renew(context),
        (Method::Delete, "/v1/usg/acs/token") => {
            world
                .sessions
                .retain(|session| session.token != context.token);
            Ok(Value::Null)
        }
        (Method::Post, "/v1/usg/acs/token/validate") => world.validate(arguments, context),
        (Method::Get, USER_DETAIL) => world.user_detail(arguments),
        (Method::Get, USERS) => Ok(world.search(target, arguments)),
        (Method::Post, USERS) => world.add(arguments),
        (Method::Put, USER_DETAIL) => world.update(arguments),
        (Method::Post, DELETED_USERS) => world.delete(target, arguments),
        _ => Ok(answer::documented(target, arguments)),
    }
}

impl World {
    /// Starts from the examples and the account among the secrets.
    pub(super) fn new(model: &Model, secrets: &Secrets, lifetime: Duration) -> Self {
        let login_template = template(model, |action| {
            action.authentication == Authentication::AppId
        });
        let detail_template = template(model, |action| action.path == USER_DETAIL);
        let member = |name: &str| {
            detail_template
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let documented = User {
            account: member("userAccount"),
            third_account: member("thirdAccount"),
            app_id: String::new(),
            detail: detail_template.clone(),
        };
        let mut world = Self {
            users: BTreeMap::from([(0, documented)]),
            added: 1,
            sessions: Vec::new(),
            lifetime,
            login_template,
            detail_template,
        };
        world.register(secrets.huawei_account(), secrets.huawei_account(), "");
        world
    }

    /// The account that a token belongs to.
    pub(crate) fn holder(&mut self, token: &str, now: SystemTime) -> Result<String, Refusal> {
        let session = self.session(token, now)?;
        Ok(self.users[&session.user].account.clone())
    }

    fn session(&mut self, token: &str, now: SystemTime) -> Result<Session, Refusal> {
        self.sessions.retain(|session| now < session.expires);
        let session = self.sessions.iter().find(|session| session.token == token);
        session.cloned().ok_or_else(|| {
            Refusal::with_status(
                401,
                TOKEN_INVALID,
                "the access token is wrong or has expired",
            )
        })
    }

    fn login_app(&mut self, arguments: &Map<String, Value>, context: &Context<'_>) -> Value {
        let text = |name: &str| {
            arguments
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let third_account = text("userId");
        // Without a user, the administrator logs in, who is the one that the app registered.
        let known = self.position(|user| {
            user.third_account == third_account
                && !(third_account.is_empty() && user.app_id.is_empty())
        });
        // Users that the vendor does not know yet are registered when they log in.
        let user = known.unwrap_or_else(|| {
            let account = format!("Auto-{}", stable_id(third_account));
            self.register(&account, third_account, text("appId"))
        });
        self.log_in(user, arguments, context)
    }

    fn login_account(&mut self, arguments: &Map<String, Value>, context: &Context<'_>) -> Value {
        let account = arguments
            .get("account")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let known = self.position(|user| user.account == account);
        let user = known.unwrap_or_else(|| self.register(account, account, ""));
        let mut output = self.log_in(user, arguments, context);
        if arguments.get("createTokenType") == Some(&json!(1)) {
            self.sessions.pop();
            output["accessToken"] = Value::Null;
        }
        output
    }

    fn log_in(
        &mut self,
        user: usize,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Value {
        let client_type = arguments
            .get("clientType")
            .and_then(Value::as_i64)
            .unwrap_or(API_CLIENT);
        let session = self.open_session(user, client_type, context);
        self.describe(&session, context)
    }

    fn open_session(&mut self, user: usize, client_type: i64, context: &Context<'_>) -> Session {
        let most = if client_type == API_CLIENT {
            API_CLIENT_TOKENS
        } else {
            1
        };
        let same = |session: &Session| session.user == user && session.client_type == client_type;
        if self.sessions.iter().filter(|session| same(session)).count() >= most
            && let Some(oldest) = self.sessions.iter().position(same)
        {
            self.sessions.remove(oldest);
        }
        let session = Session {
            token: context.identifiers.next_hex()[..40].to_owned(),
            user,
            client_type,
            expires: context.now + self.lifetime,
        };
        self.sessions.push(session.clone());
        session
    }

    fn renew(&mut self, context: &Context<'_>) -> Result<Value, Refusal> {
        let old = self.session(context.token, context.now)?;
        self.sessions
            .retain(|session| session.token != context.token);
        let session = self.open_session(old.user, old.client_type, context);
        Ok(self.describe(&session, context))
    }

    fn validate(
        &mut self,
        arguments: &Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<Value, Refusal> {
        let flag = |name: &str| {
            arguments
                .get(name)
                .and_then(Value::as_bool)
                .unwrap_or_default()
        };
        let token = arguments
            .get("token")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut session = self.session(token, context.now)?;
        if flag("needGenNewToken") {
            session = self.open_session(session.user, session.client_type, context);
        }
        let mut output = self.describe(&session, context);
        if !flag("needAccountInfo") {
            output["user"] = Value::Null;
        }
        Ok(output)
    }

    fn user_detail(&self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let number = self.named(arguments, arguments.get("account"))?;
        Ok(Value::Object(self.users[&number].detail.clone()))
    }

    /// The users that a text occurs in, a part of them at a time. As the vendor has it, what lies
    /// beyond the end is the last part again.
    fn search(&self, target: &Target<'_>, arguments: &Map<String, Value>) -> Value {
        let count = |name: &str| usize::try_from(arguments.get(name)?.as_u64()?).ok();
        let (offset, limit) = (count("offset").unwrap_or(0), count("limit").unwrap_or(10));
        let key = arguments.get("searchKey").and_then(Value::as_str);
        let key = key.unwrap_or_default();
        let is_found = |user: &&User| {
            let mut texts = SEARCHED
                .iter()
                .filter_map(|name| user.detail.get(*name)?.as_str());
            key.is_empty() || texts.any(|text| text.contains(key))
        };
        let found: Vec<_> = self.users.values().filter(is_found).collect();
        let last = found.len().saturating_sub(1) / limit.max(1) * limit.max(1);
        let page = found.iter().skip(offset.min(last)).take(limit);
        let page = page.map(|user| answer::item(target, "data", &user.detail));
        json!({
            "count": found.len(),
            "offset": offset,
            "limit": limit,
            "data": page.collect::<Vec<_>>(),
        })
    }

    fn add(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let made_up = format!("Auto-{}", stable_id(&self.added.to_string()));
        let account = text("account").unwrap_or(&made_up);
        let third_account = text("thirdAccount").unwrap_or_default();
        let is_taken = |user: &User| {
            user.account == account
                || !third_account.is_empty() && user.third_account == third_account
        };
        if self.position(is_taken).is_some() {
            return Err(Refusal::with_status(
                400,
                USER_EXISTS,
                "the user exists already",
            ));
        }
        let number = self.register(account, third_account, "");
        Ok(self.change(number, arguments))
    }

    fn update(&mut self, arguments: &Map<String, Value>) -> Result<Value, Refusal> {
        let number = self.named(arguments, arguments.get("account"))?;
        Ok(self.change(number, arguments))
    }

    /// Deletes all users of a list, or none where one does not exist.
    fn delete(
        &mut self,
        target: &Target<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<Value, Refusal> {
        let mut inputs = target.action.params.iter();
        let list = inputs.find(|field| field.location == Location::WholeBody);
        let accounts = list.and_then(|field| arguments.get(&field.name)?.as_array());
        let accounts = accounts.into_iter().flatten();
        let numbers = accounts.map(|account| self.named(arguments, Some(account)));
        let numbers: Vec<_> = numbers.collect::<Result<_, _>>()?;
        self.users.retain(|number, _| !numbers.contains(number));
        self.sessions
            .retain(|session| !numbers.contains(&session.user));
        Ok(Value::Null)
    }

    /// Takes over what a request says of a user whose details have the same members.
    fn change(&mut self, number: usize, arguments: &Map<String, Value>) -> Value {
        let Some(user) = self.users.get_mut(&number) else {
            return Value::Null;
        };
        let known = |name: &String| self.detail_template.contains_key(name);
        let changed = arguments.iter().filter(|(name, _)| known(name));
        user.detail
            .extend(changed.map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(user.detail.clone())
    }

    /// The number of the user that an account stands for, which is a third-party one if the request
    /// says so.
    fn named(
        &self,
        arguments: &Map<String, Value>,
        account: Option<&Value>,
    ) -> Result<usize, Refusal> {
        let wanted = account.and_then(Value::as_str).unwrap_or_default();
        let by_third_account = arguments.get("accountType") == Some(&json!(1));
        let number = self.position(|user| {
            wanted
                == if by_third_account {
                    &user.third_account
                } else {
                    &user.account
                }
        });
        number.ok_or_else(|| Refusal::with_status(400, USER_NOT_FOUND, "the user does not exist"))
    }

    fn position(&self, accept: impl Fn(&User) -> bool) -> Option<usize> {
        let mut users = self.users.iter();
        users
            .find(|(_, user)| accept(user))
            .map(|(number, _)| *number)
    }

    fn register(&mut self, account: &str, third_account: &str, app_id: &str) -> usize {
        let mut detail = self.detail_template.clone();
        let id = stable_id(account);
        for (name, value) in [
            ("id", id.as_str()),
            ("name", third_account),
            ("userAccount", account),
            ("thirdAccount", third_account),
        ] {
            detail.insert(name.to_owned(), value.into());
        }
        let user = User {
            account: account.to_owned(),
            third_account: third_account.to_owned(),
            app_id: app_id.to_owned(),
            detail,
        };
        let number = self.added;
        self.added += 1;
        self.users.insert(number, user);
        number
    }

    /// The reply to a login: the page's example with everything replaced that the world knows.
    fn describe(&self, session: &Session, context: &Context<'_>) -> Value {
        let user = &self.users[&session.user];
        let created = clock::milliseconds(context.now);
        let now = clock::seconds(context.now);
        let expires = clock::seconds(session.expires);
        let mut output = self.login_template.clone();
        let mut set = |name: &str, value: Value| output.insert(name.to_owned(), value);
        set("accessToken", session.token.as_str().into());
        set("tokenIp", "127.0.0.1".into());
        set("validPeriod", (expires - now).into());
        set("expireTime", expires.into());
        set("createTime", created.into());
        set("clientType", session.client_type.into());
        set("refreshToken", context.identifiers.next_hex()[..40].into());
        set("refreshValidPeriod", REFRESH_SECONDS.into());
        set("refreshExpireTime", (now + REFRESH_SECONDS).into());
        set("refreshCreateTime", created.into());
        let mut info = match output.get("user") {
            Some(Value::Object(info)) => info.clone(),
            _ => Map::new(),
        };
        info.insert(
            "userId".to_owned(),
            user.detail.get("id").cloned().unwrap_or_default(),
        );
        info.insert("ucloginAccount".to_owned(), user.account.as_str().into());
        info.insert(
            "thirdAccount".to_owned(),
            user.third_account.as_str().into(),
        );
        info.insert(
            "name".to_owned(),
            user.detail.get("name").cloned().unwrap_or_default(),
        );
        info.insert("appId".to_owned(), user.app_id.as_str().into());
        output.insert("user".to_owned(), Value::Object(info));
        Value::Object(output)
    }
}

/// The example of the first action that a test accepts.
fn template(model: &Model, accept: impl Fn(&Action) -> bool) -> Map<String, Value> {
    let mut accepted = actions(model)
        .map(|(_, action)| action)
        .filter(|action| accept(action));
    match accepted.find_map(answer::first) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// An identifier that is always the same for the same name.
fn stable_id(name: &str) -> String {
    hex(&Sha256::digest(name))[..32].to_owned()
}
