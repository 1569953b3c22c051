"""What a principal's policies say of one request: allowed, denied, or conditional on what is not known."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from iamgroups.policy.actions import action_matches
from iamgroups.policy.conditions import condition_holds
from iamgroups.policy.parsed import Effect, Statement
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.resources import resource_matches, without_resource_matches
from iamgroups.policy.truth import Truth, all_of, any_of, negation

LayerKind = Literal["identity", "session", "boundary", "scp", "rcp"]
ORDER: tuple[LayerKind, ...] = ("identity", "session", "boundary", "scp", "rcp")
Verdict = Literal["allowed", "denied", "conditional"]


@dataclass(frozen=True)
class Request:
    """An action, its resource and its condition keys.

    `resource` None is one that is not known; `possible` are then patterns of what it can be. A resource
    with wildcards is every one that fits. `resourceless`: the action has no resource types.
    """

    action: str
    resource: str | None = None
    context: RequestContext = field(default_factory=RequestContext)
    possible: tuple[str, ...] = ()
    resourceless: bool = False


@dataclass(frozen=True)
class LabelledPolicy:
    """A policy: what the caller calls it, and its statements; None where they could not be read."""

    label: Hashable
    statements: tuple[Statement, ...] | None


@dataclass(frozen=True)
class Layer:
    """Policies that are judged together: all of a user's and their groups', a boundary, one level of SCPs."""

    kind: LayerKind
    sources: tuple[LabelledPolicy, ...]


class Judged(NamedTuple):
    """A statement against a request. `conditions` are in the order of the statement's.

    `action` and `resource` are the patterns that matched, "" where none did.
    """

    layer: LayerKind
    source: LabelledPolicy
    statement: Statement
    applies: Truth
    action: str
    resource: str
    matched: tuple[Truth, Truth]
    conditions: tuple[Truth, ...]


Judge = Callable[[LayerKind, LabelledPolicy, Request], tuple[Judged, ...]]


@dataclass(frozen=True)
class Decision:
    """The verdict. `decided_by` is "explicit" for a Deny, the layer that allows nothing, or "".

    `judged` has every statement whose action matches, in the order of the layers. `unread` are the
    policies whose statements are not known. `allows` is what each layer says of allowing.
    """

    verdict: Verdict
    decided_by: LayerKind | Literal["explicit", ""]
    judged: tuple[Judged, ...]
    unread: tuple[LabelledPolicy, ...]
    allows: tuple[tuple[LayerKind, Truth], ...]


def judge_source(kind: LayerKind, source: LabelledPolicy, request: Request) -> tuple[Judged, ...]:
    """Return the statements of a policy whose action matches, each judged."""
    found = ((one, _action(one, request.action)) for one in source.statements or ())
    return tuple(
        _judge(kind, source, statement, request, action)
        for statement, action in found
        if action[0] is not False
    )


def judge_again(found: Judged, request: Request) -> Judged:
    """Return a statement judged for another request of the same action."""
    action = found.matched[0], found.action
    return _judge(found.layer, found.source, found.statement, request, action)


def evaluate(layers: Sequence[Layer], request: Request, judge: Judge = judge_source) -> Decision:
    """Judge a request by the layers of a principal; "allowed" and "denied" hold whatever is not known.

    A Deny that applies decides. Else every layer has to allow: identity policies give, and boundaries,
    session policies and each level of SCPs only limit. `judge` says the same as `judge_source`: it may
    remember what it said of a policy before.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html and
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    ordered = sorted(layers, key=lambda layer: ORDER.index(layer.kind))
    judged = [
        [found for source in layer.sources for found in judge(layer.kind, source, request)]
        for layer in ordered
    ]
    allows = [_says(layer, found, "Allow") for layer, found in zip(ordered, judged, strict=True)]
    denies = [_says(layer, found, "Deny") for layer, found in zip(ordered, judged, strict=True)]
    verdict, decided_by = _verdict([layer.kind for layer in ordered], allows, denies)
    return Decision(
        verdict=verdict,
        decided_by=decided_by,
        judged=tuple(statement for found in judged for statement in found),
        unread=tuple(source for layer in ordered for source in layer.sources if source.statements is None),
        allows=tuple(zip((layer.kind for layer in ordered), allows, strict=True)),
    )


def _verdict(
    kinds: Sequence[LayerKind], allows: Sequence[Truth], denies: Sequence[Truth]
) -> tuple[Verdict, LayerKind | Literal["explicit", ""]]:
    if any_of(denies):
        return "denied", "explicit"
    for kind, allow in zip(kinds, allows, strict=True):
        if allow is False:
            return "denied", kind
    if not allows:
        return "denied", "identity"
    return ("allowed" if all_of([*allows, *map(negation, denies)]) else "conditional"), ""


def _says(layer: Layer, judged: Iterable[Judged], effect: Effect) -> Truth:
    unread = (None for source in layer.sources if source.statements is None)
    applied = (found.applies for found in judged if found.statement.effect == effect)
    return any_of((*applied, *unread))


def _judge(
    kind: LayerKind, source: LabelledPolicy, statement: Statement, request: Request, action: tuple[Truth, str]
) -> Judged:
    resource, matched = _resource(statement, request)
    conditions = tuple(
        condition_holds(condition, request.context, statement.variables) for condition in statement.conditions
    )
    applies = all_of((action[0], resource, *conditions))
    return Judged(kind, source, statement, applies, action[1], matched, (action[0], resource), conditions)


def _action(statement: Statement, action: str) -> tuple[Truth, str]:
    truths = [action_matches(pattern, action) for pattern in statement.actions]
    return _matched(truths, statement.actions, statement.not_actions)


def _resource(statement: Statement, request: Request) -> tuple[Truth, str]:
    truths = [
        without_resource_matches(pattern)
        if request.resourceless
        else resource_matches(
            pattern, request.resource, request.possible, request.context, statement.variables
        )
        for pattern in statement.resources
    ]
    return _matched(truths, statement.resources, statement.not_resources)


def _matched(truths: Sequence[Truth], patterns: Sequence[str], negated: bool) -> tuple[Truth, str]:
    """Return whether a list of patterns matches, and the pattern that does, the surest first."""
    if negated:
        return negation(any_of(truths)), ""
    for wanted in (True, None):
        for truth, pattern in zip(truths, patterns, strict=True):
            if truth is wanted:
                return truth, pattern
    return False, ""
