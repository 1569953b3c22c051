"""A stand-in for GitHub's command line: comments, statuses and issues in one JSON file. No network.

It answers the requests of sample-config/.github/workflows by their path; what `--jq` picks, it picks itself.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

BOT = "github-actions[bot]"
MARK = "<!-- iamgroups plan -->"


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1] if name in words else ""


def fields(words: list[str]) -> dict[str, str]:
    pairs = [words[place + 1].split("=", 1) for place, word in enumerate(words) if word == "--field"]
    return {key: Path(text[1:]).read_text() if text.startswith("@") else text for key, text in pairs}


def api(hub: dict[str, Any], words: list[str]) -> list[str]:
    path = next(word for word in words if word.startswith("repos/"))
    given = fields(words)
    if found := re.fullmatch(r"repos/o/r/statuses/(\w+)", path):
        hub["statuses"].setdefault(found[1], []).insert(0, given)
    elif found := re.fullmatch(r"repos/o/r/commits/(\w+)/statuses", path):
        return [status["description"].removeprefix("digest ") for status in hub["statuses"].get(found[1], [])]
    elif found := re.fullmatch(r"repos/o/r/commits/(\w+)/pulls", path):
        return [hub["merged"][found[1]]] if found[1] in hub["merged"] else []
    elif found := re.fullmatch(r"repos/o/r/issues/comments/([0-9]+)", path):
        hub["comments"][int(found[1])] = given["body"]
    elif given:
        hub["comments"].append(given["body"])
    else:
        return [str(place) for place, body in enumerate(hub["comments"]) if body.startswith(MARK)]
    return []


def issue(hub: dict[str, Any], words: list[str]) -> list[str]:
    body = Path(option(words, "--body-file")).read_text() if "--body-file" in words else ""
    match words[0]:
        case "list":
            return [str(place) for place, (state, _) in enumerate(hub["issues"]) if state == "open"]
        case "create":
            hub["issues"].append(["open", body])
        case "edit":
            hub["issues"][int(words[1])][1] = body
        case "close":
            hub["issues"][int(words[1])][0] = "closed"
        case other:
            sys.exit(f"gh issue {other}: not known here")
    return []


def main(words: list[str]) -> None:
    file = Path(os.environ["HUB"])
    hub = json.loads(file.read_text())
    match words[0]:
        case "api":
            said = api(hub, words[1:])
        case "issue":
            said = issue(hub, words[1:])
        case "label":
            said = []
        case other:
            sys.exit(f"gh {other}: not known here")
    file.write_text(json.dumps(hub))
    sys.stdout.write("".join(f"{line}\n" for line in said))


if __name__ == "__main__":
    main(sys.argv[1:])
