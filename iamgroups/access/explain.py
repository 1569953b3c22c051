"""What one person can do, and why: one action, judged by all they hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from iamgroups.access.declared import Declared
from iamgroups.access.side import Held, PolicyName, Side
from iamgroups.catalogue import Catalogue
from iamgroups.errors import Position
from iamgroups.policy.evaluate import Decision, Judged, LabelledPolicy, Layer, Request, Verdict, evaluate
from iamgroups.policy.parsed import MalformedStatement, Statement, parse_document
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.truth import Truth
from iamgroups.state import Membership
from iamgroups.state.live import LiveUser

# What a verdict always leaves out, as JSON has it.
NOT_SEEN = ("resource_policies", "session_policies")
# Services whose resource decides as well, each by its own policy.
ALSO_DECIDES: Mapping[str, str] = {
    "kms": "if the key policy lets IAM policies decide",
    "sts:assumerole": "if the role's trust policy allows it",
    "iam:passrole": "if the service may be given the role",
}


@dataclass(frozen=True, slots=True)
class Via:
    """One way by which somebody holds a policy; `group` "" is directly. A line is None if no file has it."""

    group: str = ""
    membership: Position | None = None
    attachment: Position | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A statement that matters, the policy it is in, and every way by which the person has it."""

    judged: Judged
    policy: PolicyName
    via: tuple[Via, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: what is known of the request, and SCPs by level, the root's first."""

    action: str = ""
    resource: str | None = None
    context: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    assume_absent: bool = False
    scps: tuple[tuple[Any, ...], ...] = ()

    @property
    def not_seen(self) -> tuple[str, ...]:
        """Return what a verdict does not take into account."""
        return NOT_SEEN if self.scps else (*NOT_SEEN, "scps")

    @property
    def also_decides(self) -> str:
        """Return who else decides on this action, in words; "" for most."""
        action = self.action.lower()
        return ALSO_DECIDES.get(action) or ALSO_DECIDES.get(action.partition(":")[0], "")


@dataclass(frozen=True)
class Explanation:
    """The answer. `failed` are statements that name the action and do not apply.

    `level` is "" and `known` False for an action that the catalogue does not have.
    """

    user: LiveUser
    asked: Question
    decision: Decision
    level: str
    known: bool
    resourceless: bool
    reasons: tuple[Reason, ...]
    failed: tuple[Reason, ...]
    ceilings: tuple[tuple[Literal["session", "boundary", "scp", "rcp"], str, Truth], ...]
    unread: tuple[str, ...]

    @property
    def account(self) -> str:
        """Return the account's id."""
        return self.user.arn.split(":")[4] if self.user.arn.count(":") > 4 else ""

    @property
    def verdict(self) -> Verdict:
        """Return allowed, denied or conditional."""
        return self.decision.verdict

    @property
    def open_keys(self) -> tuple[str, ...]:
        """Return the condition keys on which the verdict depends."""
        return tuple(
            dict.fromkeys(
                condition.key
                for reason in self.reasons
                for condition, holds in zip(
                    reason.judged.statement.conditions, reason.judged.conditions, strict=True
                )
                if holds is None
            )
        )


def context_of(user: LiveUser, asked: Question) -> RequestContext:
    """Return what the account says of a user's requests, and what the question adds.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    known: dict[str, tuple[str, ...] | None] = {
        "aws:username": (user.name,),
        "aws:principaltype": ("User",),
    }
    if user.id:
        known["aws:userid"] = (user.id,)
    if user.arn:
        known["aws:principalarn"] = (user.arn,)
        known["aws:principalaccount"] = (user.arn.split(":")[4],)
    for key, value in (user.tags or {}).items():
        known[f"aws:principaltag/{key.lower()}"] = (value,)
    absent = () if user.tags is None else ("aws:principaltag/",)
    added = {key.lower(): values for key, values in asked.context.items()}
    return RequestContext({**known, **added}, ("",) if asked.assume_absent else absent)


class Explainer:
    """Answers questions on one side of some changes; documents are parsed once."""

    def __init__(self, side: Side, catalogue: Catalogue, declared: Declared | None = None) -> None:
        self.side = side
        self.catalogue = catalogue
        self.declared = declared or Declared()
        self._parsed: dict[int, tuple[Any, tuple[Statement, ...] | None]] = {}
        self._templates: dict[str, tuple[str, ...] | None] = {}

    def explain(self, user: LiveUser, asked: Question) -> Explanation:
        """Return the verdict on one action, with every statement that matters."""
        held = tuple(self.side.of_user(user))
        layers = tuple(self.layers(user, asked, held))
        decision = evaluate(layers, self.request(user, asked))
        return self.explained(user, asked, held, layers, decision)

    def request(self, user: LiveUser, asked: Question) -> Request:
        """Return what is asked, with what is known of the user."""
        templates = self.templates(asked.action)
        return Request(
            asked.action,
            asked.resource,
            context_of(user, asked),
            possible=templates or (),
            resourceless=templates == (),
        )

    def explained(
        self,
        user: LiveUser,
        asked: Question,
        held: Iterable[Held],
        layers: Sequence[Layer],
        decision: Decision,
    ) -> Explanation:
        """Return a decision with the ways by which the user holds what it depends on."""
        ways = ways_of(held, self.declared, user)
        reasons = [Reason(found, _name(found), ways.get(_name(found), ())) for found in decision.judged]
        templates = self.templates(asked.action)
        return Explanation(
            user=user,
            asked=asked,
            decision=decision,
            level=self.catalogue.level(asked.action),
            known=templates is not None,
            resourceless=templates == (),
            reasons=tuple(sorted((r for r in reasons if r.judged.applies is not False), key=_order)),
            failed=tuple(reason for reason in reasons if reason.judged.applies is False),
            ceilings=tuple(_ceilings(layers, decision)),
            unread=tuple(dict.fromkeys(_label(source).shown for source in decision.unread)),
        )

    def templates(self, action: str) -> tuple[str, ...] | None:
        """Return what an action takes as resources; None for one that the catalogue does not have."""
        if action not in self._templates:
            self._templates[action] = self.catalogue.templates_of(action)
        return self._templates[action]

    def layers(self, user: LiveUser, asked: Question, held: Iterable[Held]) -> Iterator[Layer]:
        """Yield the policies that decide on a user's requests."""
        documents = {each.policy: each.document for each in held}
        yield Layer("identity", tuple(self.source(name, text) for name, text in documents.items()))
        if user.boundary:
            name = self.side.name(user.boundary)
            yield Layer("boundary", (self.source(name, self.side.document(user.boundary)),))
        for number, level in enumerate(asked.scps, start=1):
            scp = PolicyName(f"SCP level {number}", "inline", owner="scp")
            yield Layer("scp", tuple(self.source(scp, text) for text in level))

    def source(self, name: PolicyName, document: Any) -> LabelledPolicy:
        """Return a policy as the evaluation takes it."""
        if id(document) not in self._parsed:
            try:
                self._parsed[id(document)] = (document, parse_document(document))
            except MalformedStatement:
                self._parsed[id(document)] = (document, None)
        return LabelledPolicy(name, self._parsed[id(document)][1])


def ways_of(held: Iterable[Held], declared: Declared, user: LiveUser) -> Mapping[PolicyName, tuple[Via, ...]]:
    """Return policy -> every way by which a user holds it."""
    found: dict[PolicyName, list[Via]] = {}
    for each in held:
        found.setdefault(each.policy, []).append(_via(each, declared, user))
    return {policy: tuple(ways) for policy, ways in found.items()}


def _via(held: Held, declared: Declared, user: LiveUser) -> Via:
    if declared.config is None:
        return Via(held.group)
    found = declared.declaration(held.fact(user.name))
    attachment = found.position if found else None
    membership = declared.line(Membership(held.group, user.name)) if held.group else None
    return Via(held.group, membership, attachment)


def _label(source: LabelledPolicy) -> PolicyName:
    assert isinstance(source.label, PolicyName)
    return source.label


def _name(judged: Judged) -> PolicyName:
    return _label(judged.source)


def _order(reason: Reason) -> tuple[bool, int]:
    """Denies first, then the order of decision."""
    order = ("identity", "session", "boundary", "scp", "rcp")
    return reason.judged.statement.effect != "Deny", order.index(reason.judged.layer)


def _ceilings(
    layers: Sequence[Layer], decision: Decision
) -> Iterator[tuple[Literal["session", "boundary", "scp", "rcp"], str, Truth]]:
    for layer, (_, allows) in zip(layers, decision.allows, strict=True):
        if layer.kind != "identity":
            yield layer.kind, ", ".join(_label(source).shown for source in layer.sources), allows
