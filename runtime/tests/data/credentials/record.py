"""Writes the other files of this folder with the vendor's own programs.

Needs `tccli==3.1.189.1` and takes no credentials: the keys are made up. Run with an empty
folder as HOME, since that is where the programs read and write:

    HOME=$(mktemp -d) python record.py
"""

import json
import os
import pathlib
import subprocess
import sys

from tccli import __version__ as tccli_version
from tccli import oauth, sso
from tencentcloud import __version__ as sdk_version
from tencentcloud.common import credential

FOLDER = pathlib.Path(__file__).parent
HOME = pathlib.Path.home()

ID = "AKIDprofile0000000000000000000000EXAMPLE"
KEY = "profileKey00000000000000EXAMPLE"
TOKEN = "profile-token-EXAMPLE"
# The year 2100.
LATER = 4102444800

# Files of the SDKs, as somebody may write them.
PROFILES = {
    "plain": f"[default]\nsecret_id = {ID}\nsecret_key = {KEY}\n",
    "tight": f"[default]\nsecret_id={ID}\nsecret_key={KEY}",
    "with colons": f"[default]\nsecret_id: {ID}\nsecret_key: {KEY}\n",
    "with capitals": f"[default]\nSecret_Id = {ID}\nSECRET_KEY = {KEY}\n",
    "with white space": f"\n[default]  \nsecret_id   =   {ID}   \nsecret_key =\t{KEY}\t\n\n",
    "with line ends of Windows": f"[default]\r\nsecret_id = {ID}\r\nsecret_key = {KEY}\r\n",
    "with comments": f"# of the team\n[default]\n; old\nsecret_id = {ID}\n# new\nsecret_key = {KEY}\n",
    "with a role": f"[default]\nsecret_id = {ID}\nsecret_key = {KEY}\nrole_arn = qcs::cam::uin/1:roleName/a\n",
    "with an equals sign": f"[default]\nsecret_id = {ID}\nsecret_key = {KEY}==\n",
    "second": f"[other]\nsecret_id = AKIDother\nsecret_key = other\n[default]\nsecret_id = {ID}\nsecret_key = {KEY}\n",
    "other": f"[other]\nsecret_id = {ID}\nsecret_key = {KEY}\n",
    "empty": "[default]\nsecret_id =\nsecret_key =\n",
    "nothing": "",
    "outside": f"secret_id = {ID}\nsecret_key = {KEY}\n",
    "a word": f"[default]\n{ID}\n",
}


def tccli(*arguments, answers=""):
    """What the command leaves behind in the profile that it is told."""
    command = [sys.executable, "-m", "tccli.main", "configure", *arguments]
    subprocess.run(command, input=answers, text=True, check=True, stdout=subprocess.DEVNULL)


def keep(profile):
    source = HOME / ".tccli" / f"{profile}.credential"
    (FOLDER / f"tccli-{profile}.json").write_text(source.read_text())


def record_tccli():
    tccli("--profile", "asked", answers=f"{ID}\n{KEY}\n\n\n")
    tccli("--profile", "empty", answers="\n\n\n\n")
    tccli("set", "secretId", ID, "secretKey", KEY, "token", TOKEN, "--profile", "set")
    tccli("set", "use-cvm-role", "true", "--profile", "machine")
    role = ("role-arn", "qcs::cam::uin/1:roleName/a", "role-session-name", "session")
    tccli("set", "secretId", ID, "secretKey", KEY, *role, "--profile", "role")

    issued = {"secretId": ID, "secretKey": KEY, "token": TOKEN, "expiresAt": LATER}
    login = {"openId": "o", "accessToken": "a", "expiresAt": LATER, "refreshToken": "r", "site": "cn"}
    oauth.save_credential(login, issued, "oauth")
    names = "token uin roleConfigurationId roleConfigurationName zoneId site authUrl".split()
    keys = {"TmpSecretId": ID, "TmpSecretKey": KEY, "Token": TOKEN}
    login = {**{name: "x" for name in names}, "expiresAt": LATER}
    sso.save_credential({"Credentials": keys, "ExpiredTime": LATER}, login, "sso")
    for profile in ("asked", "empty", "set", "machine", "role", "oauth", "sso"):
        keep(profile)


def read_with_sdk(text):
    """What the SDK reads: a key, none, or an error, for which it has several classes."""
    file = HOME / ".tencentcloud" / "credentials"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, newline="")
    try:
        found = credential.ProfileCredential().get_credential()
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        file.unlink()
    return found and {"secret_id": found.secret_id, "secret_key": found.secret_key}


class Answer:
    def __init__(self, body):
        self.body = body

    def read(self):
        return self.body.encode()


def ask(places):
    """What the SDK's default chain looks at, and whose key it takes, if only these have one."""
    asked = []
    for name in [name for name in os.environ if name.startswith(("TENCENTCLOUD_", "TKE_"))]:
        del os.environ[name]
    if "environment" in places:
        os.environ["TENCENTCLOUD_SECRET_ID"] = "AKIDenvironment"
        os.environ["TENCENTCLOUD_SECRET_KEY"] = "key"
    file = HOME / ".tencentcloud" / "credentials"
    file.unlink(missing_ok=True)
    if "profile" in places:
        file.write_text("[default]\nsecret_id = AKIDprofile\nsecret_key = key\n")

    def urlopen(url):
        asked.append(url)
        if "machine" not in places:
            raise OSError("unreachable")
        if url.endswith("/"):
            return Answer("EXAMPLE")
        key = {"TmpSecretId": "AKIDmachine", "TmpSecretKey": "key", "Token": "token"}
        return Answer(json.dumps({**key, "ExpiredTime": LATER, "Code": "Success"}))

    credential.urlopen = urlopen
    if "container" in places:
        token = HOME / "token"
        token.write_text("proof")
        os.environ.update(
            TKE_REGION="ap-guangzhou",
            TKE_PROVIDER_ID="provider",
            TKE_WEB_IDENTITY_TOKEN_FILE=str(token),
            TKE_ROLE_ARN="role",
        )

    sent = []

    class Client:
        def __init__(self, *_, **__):
            pass

        def call_json(self, action, params, options=None):
            sent.append({"action": action, "params": params, "options": options})
            keys = {"TmpSecretId": "AKIDcontainer", "TmpSecretKey": "key", "Token": "token"}
            return {"Response": {"Credentials": keys, "ExpiredTime": LATER}}

    credential.CommonClient = Client
    try:
        secret_id = credential.DefaultCredentialProvider().get_credential().get_credential_info()[0]
    except Exception:
        secret_id = None
    params = sorted(sent[0]["params"]) if sent else None
    return {"places": places, "secret_id": secret_id, "urls": asked, "params": params}


def main():
    record_tccli()
    order = ["environment", "profile", "machine", "container"]
    recorded = {
        "versions": {"tccli": tccli_version, "tencentcloud-sdk-python": sdk_version},
        "profiles": {name: {"text": text, "read": read_with_sdk(text)} for name, text in PROFILES.items()},
        "chain": [ask(order[first:]) for first in range(len(order) + 1)],
    }
    text = json.dumps(recorded, indent=2, ensure_ascii=False)
    (FOLDER / "sdk.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
