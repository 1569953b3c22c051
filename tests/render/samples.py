"""A plan with something of everything, for every renderer's tests."""

from datetime import UTC, datetime

from iamgroups.access.effects import PersonEffect
from iamgroups.errors import Position
from iamgroups.planning.note import Finding, Moment, Note
from iamgroups.planning.plan import Plan
from iamgroups.results.review import Review
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import Account

VIEW = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OWN = "arn:aws:iam::123456789012:policy/self-inspect"
ACCOUNT = Account("123456789012", "aws", "arn:aws:iam::123456789012:user/deployer", "AIDADEPLOYER")
CREATED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(line: int, column: int = 3, file: str = "groups/people.yaml") -> Position:
    return Position(file, line, column)


def mixed_changes() -> tuple[Change, ...]:
    return (
        Change("delete", Membership("admins", "zoe"), at(4), "not declared"),
        Change("delete", InlineGroup("admins", "old-inline"), at(2), "inline policies are deleted"),
        Change(
            "create", PolicyFact("self-inspect", "/", OWN, '{"Statement":[]}', made_by="iamgroups"), at(9)
        ),
        Change("create", GroupFact("developers", "/"), at(12)),
        Change(
            "create",
            Attachment("developers", VIEW),
            at(14, 16),
            "policy set baseline",
            needs=("group/developers",),
        ),
        Change(
            "create",
            Attachment("developers", OWN),
            at(15, 16),
            needs=("group/developers", "policy/self-inspect"),
        ),
        Change("create", Membership("developers", "alice"), at(17, 7), needs=("group/developers",)),
        Change(
            "create",
            Membership("developers", "a+b=c,d.e@f-g_h"),
            at(18, 7),
            "team backend, until 2026-12-31, SEC-142",
            needs=("group/developers",),
        ),
        Change(
            "delete",
            Direct("alice", VIEW),
            at(17, 7),
            "covered by group/developers",
            needs=("attachment/developers/aws:ViewOnlyAccess", "membership/developers/alice"),
        ),
        Change("delete", GroupFact("interns", "/"), at(30), "removed"),
        Change(
            "update",
            GroupFact("operations", "/ops/"),
            at(22),
            "renamed from ops, moved from /",
            before=GroupFact("ops", "/"),
        ),
    )


def mixed(changes: tuple[Change, ...] | None = None) -> Review:
    plan = Plan(
        account=ACCOUNT,
        config_digest="c" * 64,
        changes=mixed_changes() if changes is None else changes,
        moments=(
            Moment("excess", "alice", ADMIN, "membership/admins/alice"),
            Moment("excess", "bob", ADMIN, "membership/admins/bob"),
            Moment("loss", "carol", VIEW),
        ),
        notes=(
            Note("undeclared-group", "group/old", "declared nowhere: old, 4 members keep its policies", None),
            Note("ends-soon", "membership/developers/carol", "carol leaves soon", at(19), "info"),
            Note("uncovered-direct", "direct/bob/aws:X", "bob holds aws:X directly: kept", reported=True),
        ),
        ids={"group/admins": "AGPAADMINS", "user/alice": "AIDAALICE", "user/zoe": "AIDAZOE"},
        came_along=("policy/self-inspect",),
    )
    return Review(
        plan=plan,
        created=CREATED,
        findings=(
            Finding("max_removals", "2 of 5 members go (40 %)", True, ("membership/admins/zoe",), (at(4),)),
            Finding("min_members", "break-glass has 1 member, 2 wanted", False, ("group/break-glass",)),
            Finding("max_group_deletes", "1 group goes", True, (), (at(30),), allowed=True),
        ),
        effects=(
            PersonEffect("a+b=c,d.e@f-g_h", (VIEW, OWN), ()),
            PersonEffect("alice", (OWN,), ()),
            PersonEffect("bob", (VIEW, OWN), ()),
            PersonEffect("zoe", (), (ADMIN,)),
        ),
    )


def many(groups: int, members: int) -> Review:
    changes = [Change("create", GroupFact(f"team-{g:03}", "/"), at(g + 1)) for g in range(groups)]
    changes += [
        Change("create", Membership(f"team-{g:03}", f"user-{u:05}"), at(g + 1, 20))
        for g in range(groups)
        for u in range(members)
    ]
    effects = tuple(PersonEffect(f"user-{u:05}", (VIEW,), ()) for u in range(members))
    return Review(Plan(ACCOUNT, "c" * 64, tuple(changes)), CREATED, effects=effects)
