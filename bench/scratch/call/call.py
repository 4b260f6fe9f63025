"""The vendor's SDK for Python: calls in some threads, and what that took."""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import models
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient


def open_client(url):
    http = HttpProfile(protocol="http", endpoint=url.removeprefix("http://"), keepAlive=True)
    key = Credential("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    return TrtcClient(key, "ap-singapore", ClientProfile(httpProfile=http))


def call(client):
    request = models.DescribeUserInfoRequest()
    request.CommId = "1400188366_218695_1590065777"
    request.StartTime = 1590065777
    request.EndTime = 1590065877
    request.SdkAppId = 1400188366
    request.UserIds = ["user1_54816741", "user2_2107025"]
    reply = client.DescribeUserInfo(request)
    assert (reply.Total, len(reply.UserList)) == (2, 2)


def processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    url, threads, calls = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    client = open_client(url)
    with ThreadPoolExecutor(threads) as pool:
        def repeat(count):
            for done in [pool.submit(call, client) for _ in range(count)]:
                done.result()

        repeat(max(calls // 10, 2 * threads))
        before, start = processor(), time.monotonic()
        repeat(calls)
        spent, wall = processor() - before, time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    result = {"calls": calls, "processor": int(spent * 1e9), "wall": int(wall * 1e9), "memory": memory}
    print(json.dumps(result))


main()
