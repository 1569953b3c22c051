"""Pairs of an account and a configuration, drawn from a seed: small enough to walk every order.

Their policies have documents that split, merge, widen and narrow; some deny, some are not known.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config, GroupDecl, Member, Moved, PolicyDecl, Removed
from iamgroups.state.live import LiveState
from iamgroups.state.policy import OWNER_TAG
from tests.accounts import TODAY, arn, at, config, group, live

USERS = ("ann", "bob", "cyd")
GROUPS = ("g1", "g2", "g3")
POLICIES = ("local:P1", "local:P2", "local:P3", "aws:Q1")
OWNED = ("P1", "P2", "N1")
APART = frozenset({"g1", "g2"})
Pair = tuple[Config, LiveState]


def _allow(*actions: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": "*", **more}


STATEMENTS = (
    _allow("s3:Get*"),
    _allow("s3:GetObject"),
    _allow("s3:PutObject"),
    _allow("s3:*"),
    _allow("ec2:RunInstances"),
    _allow("ec2:RunInstances", "s3:PutObject"),
    _allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    _allow("*"),
)
DENIALS = (
    _allow("s3:*", effect="Deny"),
    _allow("s3:GetObject", effect="Deny"),
    _allow("ec2:*", effect="Deny"),
    _allow("*", effect="Deny", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
)


class Draw:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.often_denied = self.random.random() < 0.3

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, of: tuple[str, ...], most: int | None = None) -> list[str]:
        return self.random.sample(of, self.random.randint(0, min(len(of), most or len(of))))

    def document(self) -> dict[str, Any]:
        drawn = self.random.choices(STATEMENTS, k=self.random.choice((1, 1, 2, 3)))
        if self.chance(0.5 if self.often_denied else 0.1):
            drawn[0] = self.random.choice(DENIALS)
        return {"Version": "2012-10-17", "Statement": drawn}


def pair(seed: int) -> Pair:
    """Return an account of up to three users and groups, and a configuration for it."""
    draw = Draw(seed)
    documents = {name: draw.document() for name in POLICIES}
    if draw.chance(0.3):
        documents["local:P2"] = documents["local:P1"]
    account = _account(draw, documents)
    wanted = _configuration(draw, account, documents)
    # Drawn last: the rest of a pair is what its seed has always drawn.
    users = {key: replace(account.users[key], inline=_inline(draw, documents)) for key in USERS}
    return wanted, replace(account, users=users)


def _account(draw: Draw, documents: dict[str, Any]) -> LiveState:
    tight = draw.chance(0.3)
    there = {name: (draw.some(USERS), draw.some(POLICIES, 2)) for name in draw.some(GROUPS)}
    if tight:
        for user in USERS:
            for name in [name for name, (members, _) in there.items() if user in members][2:]:
                there[name][0].remove(user)
    direct = {user: draw.some(POLICIES, 2) for user in draw.some(USERS, 2)}
    limits = {"AttachedPoliciesPerGroupQuota": 2, "GroupsPerUserQuota": 2, "GroupsQuota": 3} if tight else {}
    account = live(there, direct, USERS, documents=documents, quotas=limits)
    groups = {key: replace(g, inline=_inline(draw, documents)) for key, g in account.groups.items()}
    policies = {}
    for name, policy in account.policies.items():
        held = [*account.groups.values(), *account.users.values()]
        versions = tuple(f"v{n}" for n in range(draw.random.choice((1, 5)), 0, -1))
        policies[name] = replace(
            policy,
            holders=sum(name in (holder.policies or ()) for holder in held),
            versions=versions,
            tags={OWNER_TAG: "iamgroups"},
            document=None if draw.chance(0.07) else policy.document,
        )
    return replace(account, groups=groups, policies=policies, denied=("iam:GetPolicyVersion",))


def _inline(draw: Draw, documents: dict[str, Any]) -> dict[str, Any]:
    """Draw inline policies; many are twins of managed ones."""
    chosen = draw.some(("i1", "i2")) if draw.chance(0.5) else []
    return {
        name: draw.random.choice(list(documents.values())) if draw.chance(0.6) else draw.document()
        for name in chosen
    }


def _configuration(draw: Draw, account: LiveState, documents: dict[str, Any]) -> Config:
    names = draw.some(GROUPS)
    free = [name for name in GROUPS if name not in names]
    removed = [Removed("group", name, at(4)) for name in draw.some(tuple(free), 1)]
    sources = [name for name in free if name not in {entry.name for entry in removed}]
    moved = ()
    if names and sources and names[0] not in account.groups and draw.chance(0.5):
        moved = (Moved(draw.random.choice(sources), names[0], at(3)),)
    unread = {name for name in documents if account.policies[arn(name)].document is None}
    owned = [name for name in draw.some(OWNED) if f"local:{name}" not in unread] if draw.chance(0.7) else []
    usable = tuple({*POLICIES, *(f"local:{name}" for name in owned)})
    gone = [Removed("policy", "P3", at(5))] if draw.chance(0.15) else []
    return config(
        *(_declaration(draw, name, tuple(sorted(usable))) for name in names),
        policies=tuple(PolicyDecl(name, at(6), _new_document(draw, name, documents)) for name in owned),
        settings={
            "direct_policies": draw.random.choice(["ignore", "detach_covered", "detach_all"]),
            "inline_policies": draw.random.choice(["report", "delete", "delete"]),
        },
        removed=(*removed, *gone),
        moved=moved,
        conflicts=[tuple(sorted(APART))] if draw.chance(0.2) else [],
    )


def _new_document(draw: Draw, name: str, documents: dict[str, Any]) -> dict[str, Any]:
    """Draw a document of its own, that of another policy, or the live one with something more or less."""
    now = documents.get(f"local:{name}")
    drawn = draw.document()
    match draw.random.choice(("own", "other", "more", "less")):
        case "other":
            return draw.random.choice(list(documents.values()))
        case "more" if now:
            return {**drawn, "Statement": [*now["Statement"], *drawn["Statement"]]}
        case "less" if now and len(now["Statement"]) > 1:
            return {**drawn, "Statement": now["Statement"][1:]}
    return drawn


def _declaration(draw: Draw, name: str, usable: tuple[str, ...]) -> GroupDecl:
    members = None if draw.chance(0.15) else draw.some(USERS)
    expiring = draw.some(USERS, 1)
    last = draw.random.choice([TODAY, TODAY - timedelta(days=1)])
    return group(
        name,
        None if members is None else [Member(m, at(9), last) if m in expiring else m for m in members],
        None if draw.chance(0.15) else draw.some(usable, 2),
        membership=draw.random.choice(["exclusive", "additive"]),
    )


def planned(wanted: Config, account: LiveState) -> Plan:
    """Return the plan, which asks for nothing more."""
    plan = make_plan(wanted, account, TODAY)
    assert not plan.to_read
    return plan


def apart(wanted: Config) -> frozenset[str]:
    """Return the groups nobody may combine, under both names of those that move."""
    moved = {name for move in wanted.moved if APART & {move.source, move.to} for name in move[:2]}
    return APART | moved if wanted.guardrails.get("conflicts") else frozenset()
