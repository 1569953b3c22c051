"""Who can do one action: what does not name it is left out once, then people are judged."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from iamgroups.access.explain import Explainer, Explanation, Question
from iamgroups.access.methods import METHODS
from iamgroups.access.side import Held
from iamgroups.policy.evaluate import (
    Judged,
    LabelledPolicy,
    LayerKind,
    Request,
    evaluate,
    judge_again,
    judge_source,
)
from iamgroups.policy.parsed import Statement
from iamgroups.state.live import LiveUser
from iamgroups.state.names import natural

# The keys of `context_of` that differ from user to user, and how their names begin.
PERSONAL = ("aws:username", "aws:userid", "aws:principalarn", "aws:principalaccount", "aws:principaltag/")


@dataclass(frozen=True)
class WhoCan:
    """The answer: the people who can, those who can for sure first, and why.

    `escalates` says what somebody gains by this action alone, "" for most actions. `judged` is the number
    of users. `unread`: policies that could not be read, and that can change the verdict on somebody.
    `missing`: the IAM actions without which something of the account stayed unknown. `files`: there is a
    configuration, whose lines are known.
    """

    account: str
    asked: Question
    level: str
    resourceless: bool
    escalates: str
    people: tuple[Explanation, ...]
    judged: int
    unread: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    files: bool = False


def who_can(explainer: Explainer, asked: Question) -> WhoCan:
    """Return everybody whose verdict is allowed or conditional."""
    live = explainer.side.facts.live
    people = tuple(_Everybody(explainer, asked).who_can())
    return WhoCan(
        account=live.account.id,
        asked=asked,
        level=explainer.catalogue.level(asked.action),
        resourceless=explainer.templates(asked.action) == (),
        escalates=next((method.how for method in METHODS if method.actions == (asked.action,)), ""),
        people=tuple(sorted(people, key=lambda one: (one.verdict, natural(one.user.name)))),
        judged=len(live.users),
        unread=tuple(sorted({policy for person in people for policy in person.unread})),
        missing=live.denied,
        files=explainer.declared.config is not None,
    )


class _Everybody:
    """One question to everybody. A policy is judged once, but for statements about the person who asks."""

    def __init__(self, explainer: Explainer, asked: Question) -> None:
        self._explainer = explainer
        self._asked = asked
        self._groups: dict[str, tuple[Held, ...]] = {}
        self._judged: dict[Hashable, tuple[tuple[Judged, bool], ...]] = {}

    def who_can(self) -> Iterator[Explanation]:
        """Yield the answer for each user who is not denied."""
        explainer, asked = self._explainer, self._asked
        for user in explainer.side.facts.live.users.values():
            request = explainer.request(user, asked)
            held = tuple(self._held(user, request))
            layers = tuple(explainer.layers(user, asked, held))
            decision = evaluate(layers, request, self._judge)
            if decision.verdict != "denied":
                yield explainer.explained(user, asked, held, layers, decision)

    def _held(self, user: LiveUser, request: Request) -> Iterator[Held]:
        """Yield what a user holds that names the action, or that could not be read."""
        side = self._explainer.side
        for name in side.groups_of(user.name):
            if name not in self._groups:
                held = side.of_group(name)
                self._groups[name] = tuple(each for each in held if self._matters(each, request))
            yield from self._groups[name]
        yield from (each for each in side.direct(user) if self._matters(each, request))

    def _matters(self, held: Held, request: Request) -> bool:
        source = self._explainer.source(held.policy, held.document)
        return source.statements is None or bool(self._judge("identity", source, request))

    def _judge(self, kind: LayerKind, source: LabelledPolicy, request: Request) -> tuple[Judged, ...]:
        key = kind, source.label, id(source.statements)
        if key not in self._judged:
            first = judge_source(kind, source, request)
            self._judged[key] = tuple((found, _is_personal(found.statement)) for found in first)
        return tuple(
            judge_again(found, request) if personal else found for found, personal in self._judged[key]
        )


def _is_personal(statement: Statement) -> bool:
    """Tell whether a statement can mean different things for two users."""
    texts = [*statement.resources]
    for condition in statement.conditions:
        texts += [condition.key, *condition.values]
    return any(word in text.lower() for text in texts for word in PERSONAL)
