"""An audit as JSON data. Schema: audit."""

from iamgroups.access.audit import Audit, AuditedGroup, AuditedPerson, HeldPolicy, InGroup
from iamgroups.access.dead_grants import DeadGrant
from iamgroups.access.declared import Declaration
from iamgroups.access.explain import NOT_SEEN
from iamgroups.render.audit_lines import dead
from iamgroups.render.explain_records import Document, policy, way
from iamgroups.state.term import told


def record(found: Audit) -> Document:
    """Return who holds what, and the findings."""
    return {
        "account": found.account,
        "subject": found.subject,
        "catalogue": found.date,
        "counts": {
            "people": len(found.people),
            "groups": len(found.groups),
            "policies": len(found.policies),
        },
        "administrators": [person.user.name for person in found.administrators],
        "can_escalate": [person.user.name for person in found.escalating],
        "without_group": [person.user.name for person in found.without_group],
        "no_effect": list(map(_dead, found.dead)),
        "people": list(map(_person, found.people)),
        "groups": list(map(_group, found.groups)),
        "unread": list(found.unread),
        "missing": list(found.missing),
        "not_seen": [*NOT_SEEN, "scps"],
    }


def _person(person: AuditedPerson) -> Document:
    return {
        "user": person.user.name,
        "arn": person.user.arn,
        "administrator": person.administrator,
        "escalation": list(map(way, person.ways)),
        "boundary": person.user.boundary or "",
        "groups": [{"group": member.group, **_declared(member.declared)} for member in person.groups],
        "direct": [{**_held(held), "covered_by": list(held.covered_by)} for held in person.direct],
        "unread": list(person.unread),
    }


def _group(group: AuditedGroup) -> Document:
    return {
        "group": group.name,
        "policies": list(map(_held, group.policies)),
        "members": None if group.members is None else list(map(_member, group.members)),
    }


def _member(member: InGroup) -> Document:
    return {"user": member.user, **_declared(member.declared)}


def _held(held: HeldPolicy) -> Document:
    return {"policy": policy(held.policy), **_declared(held.declared)}


def _declared(found: Declaration | None) -> Document:
    """Return where the files ask for something, why, and until when; null where no file does."""
    return {
        "line": str(found.position) if found else None,
        "reason": found.reason if found else "",
        "expires": told(found.expires) if found and found.expires else None,
    }


def _dead(one: DeadGrant) -> Document:
    return {
        "policy": policy(one.policy),
        "statement": one.statement,
        "sid": one.sid,
        "effect": one.effect,
        "actions": list(one.actions),
        "why": one.why,
        "message": dead(one),
    }
