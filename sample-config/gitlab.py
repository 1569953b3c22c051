"""What the pipeline asks of GitLab's API: which plan was reviewed, and where the result belongs.

Usage: python gitlab.py digest        prints the digest of the plan that was reviewed
       python gitlab.py post FILE     posts a Markdown file to the merge request of this commit

A merge commit names its merge request. Fast-forward and squash merges do not: for these, and for job tokens
that may not read artifacts (below GitLab Premium), IAMGROUPS_READ_TOKEN is a project token with read_api.
`post` needs IAMGROUPS_COMMENT_TOKEN, a project token with api, and does nothing without it.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

LONGEST_COMMENT = 900_000  # GitLab takes a million characters


def api(path, token, data=None):
    """Return what GitLab answers for this project, with a job token where there is no other."""
    headers = {"PRIVATE-TOKEN": token} if token else {"JOB-TOKEN": os.environ["CI_JOB_TOKEN"]}
    url = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}/{path}"
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(url, body, headers | {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f"GitLab answers {error.code} for {url}")
    except OSError as error:
        sys.exit(f"GitLab does not answer for {url}: {error}")


def merge_request(token):
    """Return the number of the merge request that this commit came from, or None."""
    commit = os.environ["CI_COMMIT_SHA"]
    if token:
        requests = json.loads(api(f"repository/commits/{commit}/merge_requests", token))
        ends = ("merge_commit_sha", "squash_commit_sha", "sha")
        merged = [
            r["iid"] for r in requests if r["state"] == "merged" and commit in [r.get(end) for end in ends]
        ]
    else:
        last = r"^See merge request \S*!([0-9]+)$"
        merged = re.findall(last, os.environ["CI_COMMIT_MESSAGE"], re.MULTILINE)
    return merged[-1] if merged else None


def digest():
    """Print the digest of the plan that was reviewed."""
    # A digest counts only in a pipeline that somebody runs by hand: a push can set variables too.
    if os.environ["CI_PIPELINE_SOURCE"] == "web":
        found = os.environ["IAMGROUPS_DIGEST"]
    else:
        token = os.environ.get("IAMGROUPS_READ_TOKEN")
        request = merge_request(token)
        if request is None:
            sys.exit(
                "no merge request belongs to this commit: nothing is applied (fast-forward and squash merges "
                "need IAMGROUPS_READ_TOKEN)"
            )
        reviewed = f"jobs/artifacts/refs/merge-requests/{request}/head/raw/digest.txt?job=plan"
        found = api(reviewed, token)
    if not re.fullmatch("[0-9a-f]{64}", found.strip()):
        sys.exit("no reviewed plan belongs to this commit: nothing is applied")
    sys.stdout.write(f"{found.strip()}\n")


def post(path):
    """Post a file to the merge request of this commit, where there is one and a token that may."""
    token = os.environ.get("IAMGROUPS_COMMENT_TOKEN")
    request = merge_request(token) if token else None
    if request is not None:
        body = Path(path).read_text(encoding="utf-8")[:LONGEST_COMMENT]
        api(f"merge_requests/{request}/notes", token, {"body": body})


{"digest": digest, "post": post}[sys.argv[1]](*sys.argv[2:])
