"""Read an account and what judges access in it, with the files where there are some."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from iamgroups import catalogue, config
from iamgroups.access import Access
from iamgroups.access.affected import unread_documents
from iamgroups.access.audit import Audit, Auditor
from iamgroups.access.declared import Declared
from iamgroups.access.delta import Differ
from iamgroups.access.explain import Explainer, Explanation, Question
from iamgroups.access.people import People
from iamgroups.access.summary import PersonSummary, summary_of
from iamgroups.access.who_can import WhoCan, who_can
from iamgroups.bounded import read_whole
from iamgroups.config import with_lines
from iamgroups.errors import ConfigError, UsageError
from iamgroups.planning.accepted import Acceptance
from iamgroups.policy.grammar import refusals
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState, LiveUser, OnRead
from iamgroups.state.names import fold
from iamgroups.workflow.plan import Reader, complete_plan, identify

MOST_BYTES = 8 << 20  # of a file with SCPs or condition keys


@dataclass(frozen=True)
class Understanding:
    """An account whose access can be asked for, after the changes of `access`."""

    access: Access
    declared: Declared
    differ: Differ

    @cached_property
    def explainer(self) -> Explainer:
        """Return what answers questions on one action."""
        return Explainer(self.access.after, self.differ.catalogue, self.declared)

    @cached_property
    def people(self) -> People:
        """Return what everybody can do."""
        return People(self.access.after, self.differ.reader)

    def explain(self, name: str, question: Question, unlisted: bool = False) -> Explanation | PersonSummary:
        """Return the answer on one action, or without one a summary. Raises: UsageError."""
        user = self.user(name)
        if not question.action:
            return summary_of(user, self.people, self.differ, self.declared)
        return self.explainer.explain(user, replace(question, action=self.action(question.action, unlisted)))

    def who_can(self, question: Question, unlisted: bool = False) -> WhoCan:
        """Return who can do one action. Raises: UsageError."""
        return who_can(self.explainer, replace(question, action=self.action(question.action, unlisted)))

    def audit(self, subject: str = "") -> Audit:
        """Return who holds what in the account, or in a part of it. Raises: UsageError.

        `subject`: the name of a user or group; `user/U` or `group/G` where both have it.
        """
        auditor, live = Auditor(self.people, self.differ, self.declared), self.access.live
        if not subject:
            return auditor.account()
        kind, _, name = subject.rpartition("/")
        user = live.user(name) if kind in ("", "user") else None
        group = live.group(name) if kind in ("", "group") else None
        if user and group:
            raise UsageError(f"{name} is a user and a group: say user/{name} or group/{name}")
        if user:
            return auditor.user(user)
        if group:
            return auditor.group(group.name)
        hint = _close(name, [*live.users.values(), *live.groups.values()])
        raise UsageError(f"{subject}: the account has no such user or group{hint}")

    def user(self, name: str) -> LiveUser:
        """Return a user. Raises: UsageError, with a name that may be meant."""
        return find_user(self.access.live, name)

    def action(self, name: str, unlisted: bool = False) -> str:
        """Return an action as AWS spells it. Raises: UsageError for one that the catalogue does not have."""
        service, colon, rest = name.partition(":")
        if not (service and colon and rest) or "*" in name or "?" in name:
            raise UsageError(f"{name}: name one action, like s3:GetObject")
        known = self.differ.catalogue
        place = known.find(name)
        if place is not None:
            return known.names[place]
        if unlisted:
            return name
        close = known.close_to(name)
        hint = f"; did you mean {' or '.join(close)}?" if close else "."
        raise UsageError(
            f"{name}: no action of this name in the catalogue of {known.date}{hint} "
            "--unlisted asks for a newer one all the same"
        )


def understand(
    path: str,
    reader: Reader,
    names: Sequence[str] | None,
    planned: bool = False,
    progress: OnRead | None = None,
) -> Understanding:
    """Read the account, the documents that these users (None: all) hold, and the files where there are some.

    `planned`: the account as it is after the plan of everything.
    Raises: ConfigError, UsageError, PreconditionError, AccountError.
    """
    loaded = optional_config(path)
    if planned and loaded is None:
        raise UsageError("--planned: there are no files to plan from; name the root file with -c PATH")
    account = identify(loaded, reader) if loaded else reader.identify()
    live = reader.read(account, progress)
    changes: tuple[Change, ...] = ()
    if planned and loaded:
        plan, live = complete_plan(loaded, live, reader, datetime.now(UTC))
        if plan.problems:
            raise ConfigError(with_lines(plan.problems))
        changes = plan.changes
    users = [*live.users.values()] if names is None else [find_user(live, name) for name in names]
    live = reader.documents(live, unread_documents([Access(live, changes).after], users))
    declared = Declared()
    if loaded:
        acceptance = Acceptance(loaded.accepted, live, datetime.now(UTC).date())
        declared = Declared(loaded, acceptance.entry_for)
    return Understanding(Access(live, changes), declared, Differ(catalogue.load()))


def optional_config(path: str) -> Config | None:
    """Return the configuration; None where no path was given and there is none here."""
    if path == "." and not Path("iamgroups.yaml").exists():
        return None
    return config.load(path)


def find_user(live: LiveState, name: str) -> LiveUser:
    """Return a user. Raises: UsageError, with a name that may be meant."""
    user = live.user(name)
    if user is None:
        hint = _close(name, live.users.values())
        raise UsageError(f"{name}: the account has no such user{hint}")
    return user


def _close(name: str, known: Iterable[LiveUser | LiveGroup]) -> str:
    """Return `; did you mean alice?` for a name that is close."""
    spelled = {fold(each.name): each.name for each in known}
    close = get_close_matches(fold(name), spelled, n=1)
    return f"; did you mean {spelled[close[0]]}?" if close else ""


def asked(
    action: str, resource: str, context: Iterable[str], assume_absent: bool, scps: Iterable[str]
) -> Question:
    """Return a question from what was typed. Raises: UsageError."""
    return Question(
        action=action,
        resource=resource or None,
        context=_context(context),
        assume_absent=assume_absent,
        scps=tuple(map(_level, scps)),
    )


def _context(words: Iterable[str]) -> dict[str, tuple[str, ...] | None]:
    """Return key -> values, of `K=V` (again for more values) and of files with a JSON object."""
    found: dict[str, tuple[str, ...] | None] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            found[key] = (*(found.get(key) or ()), value)
            continue
        content = _json(word, "--context")
        if not isinstance(content, dict):
            raise UsageError(f"--context {word}: it is neither K=V nor a file with a JSON object")
        found |= {name: _values(value) for name, value in content.items()}
    return found


def _values(value: Any) -> tuple[str, ...] | None:
    """Return the values of a key in a file; null is a key that requests do not have."""
    if value is None:
        return None
    return tuple(map(_text, value if isinstance(value, list) else [value]))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _level(path: str) -> tuple[Any, ...]:
    """Return the SCPs of one level: a file holds a document, or a list of them."""
    content = _json(path, "--scp")
    documents = content if isinstance(content, list) else [content]
    if not documents or not all(isinstance(document, dict) for document in documents):
        raise UsageError(f"--scp {path}: a policy document, or a list of them, is expected")
    # An SCP has the grammar of an inline policy. One that AWS refuses limits nobody, so it has no answer.
    for found in (refusal for document in documents for refusal in refusals(document, "inline")):
        raise UsageError(f"--scp {path}: AWS refuses the document: {found.message}")
    return tuple(documents)


def _json(path: str, option: str) -> Any:
    try:
        return json.loads(read_whole(path, MOST_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option} {path}: not JSON: {error}") from error
