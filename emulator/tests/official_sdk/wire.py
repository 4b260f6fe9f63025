"""Drives what few actions of Tencent Cloud do against an emulator: streams of events, forms, bytes
and temporary keys. Reads the same and prints the same as `drive.py`.
"""

import json
import sys

from tencentcloud.cii.v20210408 import cii_client, models as cii
from tencentcloud.cls.v20201016 import cls_client, models as cls
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.hunyuan.v20230901 import hunyuan_client, models as hunyuan
from tencentcloud.sts.v20180813 import models as sts, sts_client

SETTINGS = json.load(sys.stdin)
REGION = "ap-guangzhou"


def profile():
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=SETTINGS["address"]))


def credential(right=True):
    return Credential(SETTINGS["secret_id"], SETTINGS["secret_key"] if right else "wrong")


def outcome(call):
    try:
        return {"result": call()}
    except TencentCloudSDKException as error:
        return {"code": error.get_code(), "request_id": error.get_request_id()}


def plain(reply):
    return json.loads(reply.to_json_string())


def chat(stream, right=True):
    client = hunyuan_client.HunyuanClient(credential(right), REGION, profile())
    request = hunyuan.ChatCompletionsRequest()
    request.Model = "hunyuan-lite"
    message = hunyuan.Message()
    message.Role, message.Content = "user", "Say hello."
    request.Messages = [message]
    request.Stream = stream
    if stream:
        return outcome(lambda: list(client.ChatCompletions(request)))
    return outcome(lambda: plain(client.ChatCompletions(request)))


def upload_log(topic, body=b"\x00\x01binary\xff", right=True):
    client = cls_client.ClsClient(credential(right), REGION, profile())
    request = cls.UploadLogRequest()
    request.TopicId = topic
    return outcome(lambda: plain(client.UploadLog(request, body)))


def upload_file(url=None, right=True):
    client = cii_client.CiiClient(credential(right), REGION, profile())
    request = cii.UploadMedicalFileRequest()
    request.File = b"\x89PNG\r\n--\x00"
    request.FileURL = url
    return outcome(lambda: plain(client.UploadMedicalFile(request)))


ROLE = {"RoleArn": "qcs::cam::uin/100000000001:roleName/tester", "RoleSessionName": "test"}


def assume_role():
    client = sts_client.StsClient(credential(), REGION, profile())
    request = sts.AssumeRoleRequest()
    request.from_json_string(json.dumps(ROLE))
    return client.AssumeRole(request)


def assume_role_with_proof():
    """As the SDK's own provider of such credentials does: without a signature."""
    client = CommonClient("sts", "2018-08-13", None, REGION, profile())
    params = {**ROLE, "ProviderId": "tke", "WebIdentityToken": "proof"}
    reply = client.call_json("AssumeRoleWithWebIdentity", params, options={"SkipSign": True})
    return reply["Response"]["Credentials"]


def identity(key):
    client = sts_client.StsClient(key, REGION, profile())
    return outcome(lambda: plain(client.GetCallerIdentity(sts.GetCallerIdentityRequest())))


def temporary_keys():
    reply, other = assume_role(), assume_role_with_proof()
    key = reply.Credentials
    ids = key.TmpSecretId, key.TmpSecretKey
    others = other["TmpSecretId"], other["TmpSecretKey"], other["Token"]
    return {
        "assumed": identity(Credential(*ids, key.Token)),
        "proved": identity(Credential(*others)),
        "without token": identity(Credential(*ids)),
        "with another token": identity(Credential(*ids, other["Token"])),
        "with a wrong key": identity(Credential(ids[0], "wrong", key.Token)),
        "seconds": reply.ExpiredTime,
    }


def main():
    outcomes = {
        "events": chat(stream=True),
        "no events": chat(stream=False),
        "events with a wrong key": chat(stream=False, right=False),
        "log": upload_log("topic"),
        "log of a long topic": upload_log("a topic that is too long"),
        "log with a wrong key": upload_log("topic", right=False),
        "file": upload_file("https://example.com/二"),
        "file of a long name": upload_file("x" * 31),
        "file with a wrong key": upload_file(right=False),
        "keys": temporary_keys(),
    }
    json.dump(outcomes, sys.stdout)


main()
