//! The credentials that the emulator accepts.

use std::fmt;

/// The one set of credentials for each vendor that the emulator accepts.
#[derive(Clone)]
pub struct Secrets {
    tencent_secret_id: String,
    tencent_secret_key: String,
    huawei_app_id: String,
    huawei_app_key: String,
    huawei_account: String,
    huawei_password: String,
    zego_app_id: u32,
    zego_server_secret: String,
}

impl Secrets {
    /// Fixed values that nobody can mistake for real ones.
    pub fn sample() -> Self {
        Self {
            tencent_secret_id: "AKIDFAKEFAKEFAKEFAKEFAKEFAKEFAKEEXAMPLE".to_owned(),
            tencent_secret_key: "FakeSecretKeyForTestsOnlyEXAMPLE".to_owned(),
            huawei_app_id: "fakeappid0000000000000000EXAMPLE".to_owned(),
            huawei_app_key: "FakeAppKeyForTestsOnlyEXAMPLE".to_owned(),
            huawei_account: "alice@ent01".to_owned(),
            huawei_password: "FakePassw0rd-EXAMPLE".to_owned(),
            zego_app_id: 1_234_567_890,
            zego_server_secret: "00000000000000000000000000fake00".to_owned(),
        }
    }

    /// Replaces the API key of Tencent Cloud.
    pub fn with_tencent(
        mut self,
        secret_id: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> Self {
        self.tencent_secret_id = secret_id.into();
        self.tencent_secret_key = secret_key.into();
        self
    }

    /// Replaces the app of Huawei Cloud Meeting.
    pub fn with_huawei_app(
        mut self,
        app_id: impl Into<String>,
        app_key: impl Into<String>,
    ) -> Self {
        self.huawei_app_id = app_id.into();
        self.huawei_app_key = app_key.into();
        self
    }

    /// Replaces the account of Huawei Cloud Meeting.
    pub fn with_huawei_account(
        mut self,
        account: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        self.huawei_account = account.into();
        self.huawei_password = password.into();
        self
    }

    /// Replaces the app of ZEGOCLOUD.
    pub fn with_zego(mut self, app_id: u32, server_secret: impl Into<String>) -> Self {
        self.zego_app_id = app_id;
        self.zego_server_secret = server_secret.into();
        self
    }

    /// The id of the Tencent Cloud API key.
    pub fn tencent_secret_id(&self) -> &str {
        &self.tencent_secret_id
    }

    /// The secret half of the Tencent Cloud API key.
    pub fn tencent_secret_key(&self) -> &str {
        &self.tencent_secret_key
    }

    /// The id of the Huawei Cloud Meeting app.
    pub fn huawei_app_id(&self) -> &str {
        &self.huawei_app_id
    }

    /// The key of the Huawei Cloud Meeting app.
    pub fn huawei_app_key(&self) -> &str {
        &self.huawei_app_key
    }

    /// The Huawei Cloud Meeting account.
    pub fn huawei_account(&self) -> &str {
        &self.huawei_account
    }

    /// The password of the Huawei Cloud Meeting account.
    pub fn huawei_password(&self) -> &str {
        &self.huawei_password
    }

    /// The id of the ZEGOCLOUD app.
    pub fn zego_app_id(&self) -> u32 {
        self.zego_app_id
    }

    /// The server secret of the ZEGOCLOUD app.
    pub fn zego_server_secret(&self) -> &str {
        &self.zego_server_secret
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Secrets")
            .field("tencent_secret_id", &self.tencent_secret_id)
            .field("huawei_app_id", &self.huawei_app_id)
            .field("huawei_account", &self.huawei_account)
            .field("zego_app_id", &self.zego_app_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let secrets = Secrets::sample();
        let shown = format!("{secrets:?}");
        for secret in [
            secrets.tencent_secret_key(),
            secrets.huawei_app_key(),
            secrets.huawei_password(),
            secrets.zego_server_secret(),
        ] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
