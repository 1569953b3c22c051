"""A stand-in for GitHub's command line and REST API, in one JSON file. No network.

It answers the requests of sample-config/.github/workflows as docs.github.com/rest says: whole entries,
30 a page, statuses newest first. A real jq picks from them what `--jq` says, and sees the environment.
"""

import json
import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jq

BOT = "github-actions[bot]"
PAGE = 30
STATES = ("error", "failure", "pending", "success")
Hub = dict[str, Any]
Fields = dict[str, str]


class Refused(Exception):
    """An answer that is an error: HTTP status and message."""


def list_comments(hub: Hub, _: Fields, *__: str) -> Any:
    return hub["comments"]


def create_comment(hub: Hub, given: Fields, *_: str) -> Any:
    newest = max((comment["id"] for comment in hub["comments"]), default=0)
    hub["comments"].append({"id": newest + 1, "user": {"login": BOT}, "body": given["body"]})
    return hub["comments"][-1]


def edit_comment(hub: Hub, given: Fields, number: str) -> Any:
    for comment in hub["comments"]:
        if comment["id"] == int(number):
            comment["body"] = given["body"]
            return comment
    raise Refused(404, "Not Found")


def list_statuses(hub: Hub, _: Fields, commit: str) -> Any:
    return hub["statuses"].get(existing(commit), [])


def create_status(hub: Hub, given: Fields, commit: str) -> Any:
    if given["state"] not in STATES or len(given["description"]) > 140:
        raise Refused(422, "Validation Failed")
    hub["statuses"].setdefault(existing(commit), []).insert(0, {**given, "creator": {"login": BOT}})
    return hub["statuses"][commit][0]


def list_pulls(hub: Hub, _: Fields, commit: str) -> Any:
    return hub["pulls"].get(existing(commit), [])


def show_pull(hub: Hub, _: Fields, number: str) -> Any:
    for pulls in hub["pulls"].values():
        for pull in pulls:
            if pull["number"] == int(number):
                return pull
    raise Refused(404, "Not Found")


def existing(commit: str) -> str:
    if not re.fullmatch("[0-9a-f]{40}", commit):
        raise Refused(422, f"No commit found for SHA: {commit}")
    return commit


ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", r"issues/7/comments"): list_comments,
    ("POST", r"issues/7/comments"): create_comment,
    ("PATCH", r"issues/comments/([0-9]+)"): edit_comment,
    ("GET", r"commits/([^/]+)/statuses"): list_statuses,
    ("POST", r"statuses/([^/]+)"): create_status,
    ("GET", r"commits/([^/]+)/pulls"): list_pulls,
    ("GET", r"pulls/([^/]+)"): show_pull,
}


def api(hub: Hub, asked: Namespace) -> str:
    pairs = [text.split("=", 1) for text in asked.field]
    given = {key: Path(text[1:]).read_text() if text.startswith("@") else text for key, text in pairs}
    method = asked.method or ("POST" if given else "GET")
    for (verb, route), respond in ROUTES.items():
        if verb == method and (found := re.fullmatch(f"repos/o/r/{route}", asked.path)):
            told = respond(hub, given, *found.groups())
            break
    else:
        raise Refused(404, "Not Found")
    if asked.silent:
        return ""
    if not isinstance(told, list):
        return picked(told, asked.jq)
    pages = [told[at : at + PAGE] for at in range(0, len(told), PAGE)] or [[]]
    return "".join(picked(page, asked.jq) for page in pages[: None if asked.paginate else 1])


def picked(told: Any, program: str) -> str:
    """Write what a jq program picks as gh does: strings as they are."""
    found = jq.compile(program).input_value(told)
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in found)


def issue_list(hub: Hub, asked: Namespace) -> str:
    found = [
        {name: issue[name] for name in asked.json.split(",")}
        for issue in reversed(hub["issues"])
        if issue["state"] == asked.state and asked.label in issue["labels"]
    ]
    return picked(found[: asked.limit], asked.jq)


def issue_create(hub: Hub, asked: Namespace) -> str:
    if asked.label not in hub["labels"]:
        raise Refused(422, f"could not add label: '{asked.label}' not found")
    body, number = Path(asked.body_file).read_text(), len(hub["issues"]) + 1
    new = {"number": number, "state": "open", "title": asked.title, "labels": [asked.label], "body": body}
    hub["issues"].append(new)
    return f"https://github.com/o/r/issues/{number}\n"


def issue_edit(hub: Hub, asked: Namespace) -> str:
    hub["issues"][asked.number - 1]["body"] = Path(asked.body_file).read_text()
    return ""


def issue_view(hub: Hub, asked: Namespace) -> str:
    issue = hub["issues"][asked.number - 1]
    return picked({name: issue[name] for name in asked.json.split(",")}, asked.jq)


def issue_comment(hub: Hub, asked: Namespace) -> str:
    hub["issues"][asked.number - 1].setdefault("comments", []).append(asked.body)
    return ""


def issue_close(hub: Hub, asked: Namespace) -> str:
    hub["issues"][asked.number - 1]["state"] = "closed"
    return ""


def label_create(hub: Hub, asked: Namespace) -> str:
    if asked.name in hub["labels"] and not asked.force:
        raise Refused(422, f'label with name "{asked.name}" already exists')
    hub["labels"] = sorted({*hub["labels"], asked.name})
    return ""


def command() -> ArgumentParser:
    """Return the parser of what the workflows use; any other command or flag is an error, as gh's is."""
    gh = ArgumentParser("gh", allow_abbrev=False)
    commands = gh.add_subparsers(required=True)

    def add(parent: Any, name: str, does: Callable[[Hub, Namespace], str] | None = None) -> ArgumentParser:
        made: ArgumentParser = parent.add_parser(name, allow_abbrev=False)
        made.set_defaults(does=does)
        return made

    request = add(commands, "api", api)
    request.add_argument("path")
    request.add_argument("--method")
    request.add_argument("--field", action="append", default=[])
    request.add_argument("--jq", default=".")
    request.add_argument("--paginate", action="store_true")
    request.add_argument("--silent", action="store_true")
    issue = add(commands, "issue").add_subparsers(required=True)
    listing = add(issue, "list", issue_list)
    for flag in ("--label", "--json"):
        listing.add_argument(flag, required=True)
    listing.add_argument("--state", choices=("open", "closed"), default="open")
    listing.add_argument("--limit", type=int, default=30)
    listing.add_argument("--jq", default=".")
    create = add(issue, "create", issue_create)
    for flag in ("--label", "--title", "--body-file"):
        create.add_argument(flag, required=True)
    edit = add(issue, "edit", issue_edit)
    edit.add_argument("number", type=int)
    edit.add_argument("--body-file", required=True)
    view = add(issue, "view", issue_view)
    view.add_argument("number", type=int)
    view.add_argument("--json", required=True)
    view.add_argument("--jq", default=".")
    comment = add(issue, "comment", issue_comment)
    comment.add_argument("number", type=int)
    comment.add_argument("--body", required=True)
    close = add(issue, "close", issue_close)
    close.add_argument("number", type=int)
    close.add_argument("--comment")
    label = add(add(commands, "label").add_subparsers(required=True), "create", label_create)
    label.add_argument("name")
    for flag in ("--color", "--description"):
        label.add_argument(flag)
    label.add_argument("--force", action="store_true")
    return gh


def main(words: list[str]) -> int:
    asked = command().parse_args(words)
    if os.environ.get("GH_TOKEN") != "t":
        sys.stderr.write("gh: set the GH_TOKEN environment variable\n")
        return 4
    if asked.does is not api and os.environ.get("GH_REPO") != "o/r":
        sys.stderr.write("gh: no repository; set GH_REPO\n")
        return 1
    file = Path(os.environ["HUB"])
    hub = json.loads(file.read_text())
    try:
        said = asked.does(hub, asked)
    except Refused as refused:
        status, message = refused.args
        # What was refused is told on stdout as it came, whatever --jq says.
        sys.stdout.write(json.dumps({"message": message, "status": str(status)}) + "\n")
        sys.stderr.write(f"gh: {message} (HTTP {status})\n")
        return 1
    file.write_text(json.dumps(hub))
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
