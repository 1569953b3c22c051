"""Why a text cannot be a member or a policy, for whoever wrote it."""

import re

from iamgroups.state.names import NAME

_IDENTITY_CENTER = "people who sign in through IAM Identity Center get permission sets there, not groups here"
_USER_ARN = re.compile(r"arn:[^:]*:iam::[0-9]*:user/(?:.*/)?([^/]+)", re.ASCII)
_AWS_WITH_PATH = re.compile(r"aws:/?(?:[!-.0-~]+/)+([A-Za-z0-9_+=,.@-]{1,128})", re.ASCII)


def member(text: str) -> str | None:
    """Say why a text cannot be an IAM user's name; None when the general rule says it best."""
    if match := _USER_ARN.fullmatch(text):
        return f"write the user's name alone: {match[1]}"
    if "AWSReservedSSO" in text:
        return f"this is a session of IAM Identity Center; {_IDENTITY_CENTER}"
    if ":assumed-role/" in text:
        return "this is a role's session; an IAM group holds IAM users only: attach the policies to the role"
    if ":role/" in text or text.startswith("role/"):
        return "this is a role; an IAM group holds IAM users only: attach the policies to the role itself"
    if ":federated-user/" in text:
        return f"this is a federated user; an IAM group holds IAM users only; {_IDENTITY_CENTER}"
    if text.startswith("arn:") and text.endswith(":root"):
        return "this is the account's root user, which no group can hold and no policy restrict"
    if text.startswith("arn:") and ":group/" in text:
        return "this is a group; IAM groups cannot nest: list people, or use {team: NAME}"
    if text.startswith("arn:"):
        return "an IAM group holds IAM users only, written by name"
    if text.startswith(("team:", "user:")):
        kind, _, name = text.partition(":")
        return f"write {{{kind}: {name.strip()}}}"
    if "@" in text and not NAME.fullmatch(text):
        return f"an e-mail-like name of a federated user? {_IDENTITY_CENTER}"
    if text.startswith("user/"):
        return f"write the user's name alone: {text.rpartition('/')[2]}"
    return None


def policy(text: str) -> str | None:
    """Say how to write a policy reference; None when the general rule says it best."""
    if match := _AWS_WITH_PATH.fullmatch(text):
        return f"write aws:{match[1]}: its path is found for you"
    if text.startswith("arn:") and ":role/" in text:
        return "this is a role, not a policy"
    if text.startswith("arn:"):
        return "a managed policy's ARN reads arn:aws:iam::aws:policy/Name or arn:aws:iam::ACCOUNT:policy/Name"
    if text.startswith("set:"):
        return f"write {{set: {text[4:].strip()}}}"
    if NAME.fullmatch(text):
        return f"write aws:{text} for a policy of AWS, local:{text} for one of this account"
    return None


BY_TITLE = {"a user name": member, "a policy": policy}
