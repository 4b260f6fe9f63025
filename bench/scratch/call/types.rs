//! The types that users write by hand for DescribeUserInfo.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeUserInfo {
    pub comm_id: String,
    pub start_time: i64,
    pub end_time: i64,
    pub sdk_app_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u64>,
}

impl DescribeUserInfo {
    /// The request that all contenders send.
    pub fn example() -> Self {
        Self {
            comm_id: "1400188366_218695_1590065777".into(),
            start_time: 1_590_065_777,
            end_time: 1_590_065_877,
            sdk_app_id: 1_400_188_366,
            user_ids: Some(vec!["user1_54816741".into(), "user2_2107025".into()]),
            page_number: None,
            page_size: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "reading them is what is measured")]
pub struct User {
    pub room_str: Option<String>,
    pub user_id: Option<String>,
    pub join_ts: Option<u64>,
    pub leave_ts: Option<u64>,
    pub device_type: Option<String>,
    pub sdk_version: Option<String>,
    pub client_ip: Option<String>,
    pub finished: Option<bool>,
}
