"""An explanation as JSON data. Schema: explain."""

from typing import Any

from iamgroups.access.escalation import Way
from iamgroups.access.explain import Explanation, Question, Reason, Via
from iamgroups.access.side import PolicyName
from iamgroups.access.summary import PersonSummary
from iamgroups.policy.parsed import Condition
from iamgroups.policy.truth import Truth
from iamgroups.render.explain_lines import holds

Document = dict[str, Any]
VERDICTS = {True: "allowed", False: "denied", None: "conditional"}


def explanation(found: Explanation) -> Document:
    """Return the answer to one question."""
    return {
        "account": found.account,
        **question(found.asked, found.level),
        **answer(found),
        "decided_by": found.decision.decided_by,
        "failed": [_reason(reason) for reason in found.failed],
    }


def question(asked: Question, level: str) -> Document:
    """Return what was asked, and what every answer to it leaves out."""
    return {
        "action": asked.action,
        "resource": asked.resource,
        "level": level,
        "also_decides": asked.also_decides,
        "not_seen": list(asked.not_seen),
    }


def answer(found: Explanation) -> Document:
    """Return the verdict on one person, and why."""
    return {
        "user": found.user.name,
        "verdict": found.verdict,
        "if": list(_conditions_of_verdict(found)),
        "because": [_reason(reason) for reason in found.reasons],
        "ceilings": [
            {"kind": kind, "policy": name, "verdict": VERDICTS[says]} for kind, name, says in found.ceilings
        ],
        "unread": list(found.unread),
        "unknown_keys": list(found.open_keys),
    }


def summary(found: PersonSummary) -> Document:
    """Return what somebody can do altogether."""
    return {
        "account": found.account,
        "user": found.user.name,
        "administrator": found.administrator,
        "actions": _counts(found.allowed.count, found.allowed.services, found.allowed.levels),
        "limited": _counts(found.conditional.count, found.conditional.services, found.conditional.levels),
        "privileged": list(found.allowed.privileged),
        "escalation": list(map(way, found.ways)),
        "policies": [
            {"policy": policy(name), "via": [via(one) for one in ways]} for name, ways in found.policies
        ],
        "boundary": found.boundary,
        "unread": list(found.unread),
        "catalogue": found.date,
        "not_seen": ["resource_policies", "session_policies", "scps"],
    }


def _counts(count: int, services: Any, levels: Any) -> Document:
    return {"count": count, "services": dict(services), "levels": dict(levels)}


def _conditions_of_verdict(found: Explanation) -> Any:
    """Yield, for each statement that may decide, the conditions that are open."""
    if found.verdict != "conditional":
        return
    for number, reason in enumerate(found.reasons):
        judged = reason.judged
        if judged.applies is not None:
            continue
        pairs = zip(judged.statement.conditions, judged.conditions, strict=True)
        needed: list[Document] = [_bare(condition) for condition, truth in pairs if truth is None]
        if judged.matched[1] is None:
            key = "not_resource" if judged.statement.not_resources else "resource"
            needed.insert(0, {key: list(judged.statement.resources)})
        every: Document = {"all": needed}
        yield {**({"not": every} if judged.statement.effect == "Deny" else every), "because": number}


def _reason(reason: Reason) -> Document:
    judged = reason.judged
    statement = judged.statement
    return {
        "effect": statement.effect,
        "applies": holds(judged.applies),
        "layer": judged.layer,
        "policy": policy(reason.policy),
        "statement": statement.number,
        "sid": statement.sid,
        "matched": {"action": judged.action, "resource": judged.resource},
        "conditions": [
            _condition(condition, truth)
            for condition, truth in zip(statement.conditions, judged.conditions, strict=True)
        ],
        "via": [via(one) for one in reason.via],
    }


def policy(name: PolicyName) -> Document:
    """Return a policy's name."""
    return {
        "name": name.name,
        "arn": name.arn,
        "kind": name.kind,
        "owner": name.owner,
        "version": name.version,
    }


def way(found: Way) -> Document:
    """Return a method of escalation that somebody has."""
    return {"actions": list(found.method.actions), "how": found.method.how, "possibly": found.possibly}


def via(one: Via) -> Document:
    """Return a way by which somebody holds a policy; a line is null where no file has it."""
    return {
        "group": one.group,
        "membership": str(one.membership) if one.membership else None,
        "attachment": str(one.attachment) if one.attachment else None,
    }


def _bare(condition: Condition) -> Document:
    return {"operator": condition.operator, "key": condition.key, "values": list(condition.values)}


def _condition(condition: Condition, truth: Truth) -> Document:
    return {**_bare(condition), "holds": holds(truth)}
