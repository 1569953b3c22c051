"""Post a title, the beginning of a report and a link to a webhook of Slack or Teams.

Usage: WEBHOOK=https://... python notify.py TITLE REPORT.md LINK. Without WEBHOOK nothing is posted.
"""

import html
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

LONGEST_REPORT = 2_000


def plain(report):
    """Return a report without the HTML that folds it on GitHub and GitLab."""
    text = re.sub(r"</?(?:details|summary|b|code)>", "", report)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def slack(title, report, link):
    """Return a message as Slack takes it."""
    # Slack reads <, > and & as its own markup: a name in a report must not mention a channel.
    return {"text": "\n".join([title, html.escape(html.unescape(report), quote=False), link])}


def teams(title, report, link):
    """Return a card, which is what a workflow of Teams takes. TextBlock shows a subset of Markdown."""
    card = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "weight": "Bolder", "text": title},
            {"type": "TextBlock", "wrap": True, "text": report},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": link}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def main(title, path, link):
    """Post the message, or end with one line that says why not."""
    hook = os.environ.get("WEBHOOK")
    if not hook:
        return
    report = plain(Path(path).read_text(encoding="utf-8", errors="replace"))[:LONGEST_REPORT]
    message = slack if urllib.parse.urlsplit(hook).hostname == "hooks.slack.com" else teams
    body = json.dumps(message(title, report, link)).encode()
    try:
        request = urllib.request.Request(hook, body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=20).close()
    except (OSError, ValueError) as error:
        # The address is a secret, so the message names what happened and nothing else.
        code = f" with {error.code}" if isinstance(error, urllib.error.HTTPError) else ""
        sys.exit(f"the webhook did not take the message: {type(error).__name__}{code}")


main(*sys.argv[1:])
