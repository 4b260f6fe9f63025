"""Drives the vendors' own SDKs against an emulator and prints what they saw as one JSON object.

Reads {"address": "127.0.0.1:…", credentials…} from the standard input. Each outcome is the result
that the SDK returned, or the code of the exception that it raised.
"""

import json
import sys

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkmeeting.v1 import MeetingClient, ShowUserDetailRequest, meeting_credentials
from huaweicloudsdkmeeting.v1.meeting_credentials import AuthTypeEnum, MeetingCredentials
from tencentcloud.cam.v20190116 import cam_client, models as cam
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import models as trtc, trtc_client

SETTINGS = json.load(sys.stdin)
LONG_CALL = "1400188366_218696_1590065900"


def profile(method="POST", sign_method="TC3-HMAC-SHA256"):
    http = HttpProfile(protocol="http", endpoint=SETTINGS["address"], reqMethod=method)
    return ClientProfile(signMethod=sign_method, httpProfile=http, language="en-US")


def credential(right=True):
    return Credential(SETTINGS["secret_id"], SETTINGS["secret_key"] if right else "wrong")


def tencent(call):
    try:
        return {"result": json.loads(call().to_json_string())}
    except TencentCloudSDKException as error:
        return {"code": error.get_code(), "request_id": error.get_request_id()}


def get_user(name="test124", right=True, **how):
    client = cam_client.CamClient(credential(right), "", profile(**how))
    request = cam.GetUserRequest()
    request.Name = name
    return tencent(lambda: client.GetUser(request))


def signatures():
    outcomes = {}
    for sign_method in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]:
        for method in ["POST", "GET"]:
            for right in [True, False]:
                name = f"{sign_method} {method} {'right' if right else 'wrong'}"
                how = {"method": method, "sign_method": sign_method}
                outcomes[name] = get_user(right=right, **how)
    return outcomes


def unsigned_payload():
    options = profile()
    options.unsignedPayload = True
    client = cam_client.CamClient(credential(), "", options)
    request = cam.GetUserRequest()
    request.Name = "test124"
    return tencent(lambda: client.GetUser(request))


def users(region="ap-singapore", **changes):
    method = changes.pop("method", "POST")
    client = trtc_client.TrtcClient(credential(), region, profile(method))
    request = trtc.DescribeUserInfoRequest()
    request.CommId = LONG_CALL
    request.SdkAppId = 1400188366
    request.StartTime = 1590065900
    request.EndTime = 1590069500
    for name, value in changes.items():
        setattr(request, name, value)
    return tencent(lambda: client.DescribeUserInfo(request))


def pages(method):
    listed, page = [], 0
    while True:
        outcome = users(method=method, PageNumber=page, PageSize=5)
        items = outcome["result"]["UserList"]
        listed += [item["UserId"] for item in items]
        page += 1
        if len(items) < 5:
            return listed


def rooms():
    client = trtc_client.TrtcClient(credential(), "ap-singapore", profile())
    request = trtc.DescribeRoomInfoRequest()
    request.SdkAppId = 1400188366
    request.StartTime = 1590065777
    request.EndTime = 1590069000
    return tencent(lambda: client.DescribeRoomInfo(request))


def common(service, version, action, params, region="ap-guangzhou"):
    client = CommonClient(service, version, credential(), region, profile())
    try:
        return {"result": client.call_json(action, params)["Response"]}
    except TencentCloudSDKException as error:
        return {"code": error.get_code(), "request_id": error.get_request_id()}


def refusals():
    one, many = ["guest01"], [f"guest{number}" for number in range(101)]
    return {
        "no such user": get_user("nobody"),
        "unsupported region": users(region="eu-frankfurt"),
        "no region": users(region=""),
        "page too large": users(PageNumber=0, PageSize=101),
        "too many users": users(UserIds=many),
        "one user by GET": users(method="GET", UserIds=one),
        "wrong type": users(SdkAppId="text"),
        "period too long": users(EndTime=1590169500),
        "missing": common("cam", "2019-01-16", "GetUser", {}),
        "unknown": common("cam", "2019-01-16", "GetUser", {"Name": "test124", "Unheard": 1}),
        "no such action": common("cam", "2019-01-16", "GetNothing", {}),
        "no such version": common("cam", "2019-01-17", "GetUser", {}),
        "no such product": common("nothing", "2019-01-16", "GetUser", {}),
    }


def meeting(kind, right=True, account="3e48b79b660e403cb5e0208f7be83961", account_type=0):
    # The login is written to use https whatever the endpoint says; nothing else is changed.
    meeting_credentials.SdkRequest = lambda method, _, *rest: SdkRequest(method, "http", *rest)
    if kind == "account":
        secret = SETTINGS["password"] if right else "wrong"
        login = MeetingCredentials(SETTINGS["account"], secret)
        login.with_auth_type_enum(AuthTypeEnum.ACCOUNT)
    else:
        login = MeetingCredentials().with_auth_type_enum(AuthTypeEnum.APP_ID)
        login.with_app_id(SETTINGS["app_id"]).with_user_id("carol@ent01")
        login.with_app_key(SETTINGS["app_key"] if right else "wrong")
    builder = MeetingClient.new_builder().with_credentials(login)
    client = builder.with_endpoint("http://" + SETTINGS["address"]).build()
    request = ShowUserDetailRequest(account=account, account_type=account_type)
    try:
        return {"result": client.show_user_detail(request).to_json_object()}
    except ClientRequestException as error:
        return {"code": error.error_code, "status": error.status_code}


def meetings():
    return {
        "account": meeting("account"),
        "account with a wrong password": meeting("account", right=False),
        "app": meeting("app"),
        "app with a wrong key": meeting("app", right=False),
        "own details": meeting("app", account="carol@ent01", account_type=1),
        "no such user": meeting("app", account="nobody@ent01", account_type=1),
    }


def main():
    outcomes = {
        "signatures": signatures(),
        "unsigned payload": unsigned_payload(),
        "users by POST": pages("POST"),
        "users by GET": pages("GET"),
        "rooms": rooms(),
        "whiteboard": common("tiw", "2019-09-19", "DescribeUserStatus", {}),
        "refusals": refusals(),
        "meetings": meetings(),
    }
    json.dump(outcomes, sys.stdout)


main()
