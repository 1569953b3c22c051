import json
from dataclasses import replace
from functools import cache
from typing import Any

from iamgroups import catalogue
from iamgroups.access import Access
from iamgroups.access.delta import AccessDelta, Differ, Row
from iamgroups.errors import Position
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.kind import Action, Fact
from iamgroups.state.live import LiveState
from tests.access.account import account, arn
from tests.policy.documents import document, statement

LINE = Position("people.yaml", 9, 7)
NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
ADMIN = document(statement("*"))
PASS = document(statement("iam:PassRole"))
RUN = document(statement("ec2:RunInstances"))
S3 = document(statement("s3:*"))
GET = statement("s3:GetObject")


@cache
def differ() -> Differ:
    return Differ(catalogue.load())


def change(action: Action, fact: Fact, **more: Any) -> Change:
    return Change(action, fact, LINE, **more)


def delta(live: LiveState, *changes: Change) -> AccessDelta:
    return differ().delta(Access(live, changes))


def only(found: AccessDelta) -> Row:
    (row,) = found.rows
    return row


def test_people_with_the_same_change_share_a_row() -> None:
    live = account({"g": (["alice", "bob"], ["s3"]), "h": (["zoe"], [])}, {"s3": S3, "run": RUN})
    row = only(delta(live, change("create", Attachment("g", arn("run")))))
    assert row.people == ("alice", "bob")
    assert row.gained.names == ("ec2:RunInstances",) and row.lost.count == 0
    (cause,) = row.causes
    assert (cause.kind, cause.subject, cause.gained, cause.position) == ("group", "g", ("local:run",), LINE)


def test_what_is_kept_by_another_way_is_neither_gained_nor_lost() -> None:
    live = account({"g": (["alice"], ["s3"]), "h": (["alice"], ["s3"])}, {"s3": S3})
    found = delta(live, change("delete", Membership("g", "alice")))
    assert found.rows == () and found.same == ("alice",)


def test_an_administrator_is_named_once_without_methods() -> None:
    live = account({"admins": ([], ["admin"]), "g": (["bob"], ["s3"])}, {"admin": ADMIN, "s3": S3})
    row = only(delta(live, change("create", Membership("admins", "bob"))))
    assert row.administrator == "becomes" and row.ways_gained == ()
    back = only(
        delta(
            account({"a": (["bob"], ["admin"])}, {"admin": ADMIN}), change("delete", Membership("a", "bob"))
        )
    )
    assert back.administrator == "no longer" and back.lost.everything


def test_halves_from_old_and_new_access_are_a_method_that_is_gained_and_lost() -> None:
    live = account({"g": (["erin"], ["pass"]), "h": ([], ["run"])}, {"pass": PASS, "run": RUN})
    joins = change("create", Membership("h", "erin"))
    row = only(delta(live, joins))
    assert [way.method.id for way in row.ways_gained] == ["iam:PassRole + ec2:RunInstances"]
    leaves = change("delete", Membership("h", "erin"))
    joined = account({"g": (["erin"], ["pass"]), "h": (["erin"], ["run"])}, {"pass": PASS, "run": RUN})
    row = only(delta(joined, leaves))
    assert [way.method.id for way in row.ways_lost] == ["iam:PassRole + ec2:RunInstances"]


def test_a_narrower_document_is_no_loss_of_the_action() -> None:
    narrow = document(statement(["s3:GetObject"], "arn:aws:s3:::data/*"))
    live = account({"g": (["alice"], ["s3"])}, {"s3": document(statement("s3:GetObject")), "narrow": narrow})
    row = only(
        delta(
            live,
            change("create", Attachment("g", arn("narrow"))),
            change("delete", Attachment("g", arn("s3"))),
        )
    )
    (shift,) = row.shifts
    assert (shift.kind, shift.actions.names) == ("narrowed", ("s3:GetObject",))
    assert shift.after[0].resources == ("arn:aws:s3:::data/*",)
    assert row.lost.count == row.gained.count == 0


def test_another_bucket_is_a_change_although_the_actions_are_equal() -> None:
    buckets = [document(statement("s3:GetObject", f"arn:aws:s3:::{name}/*")) for name in "ab"]
    live = account({"g": (["alice"], ["one"])}, {"one": buckets[0], "two": buckets[1]})
    swap = change("create", Attachment("g", arn("two"))), change("delete", Attachment("g", arn("one")))
    (shift,) = only(delta(live, *swap)).shifts
    assert shift.kind == "moved"


def test_a_deny_with_a_condition_makes_everything_conditional_and_frees_it_when_it_goes() -> None:
    deny = document(statement("*", effect="Deny", Condition=NO_MFA))
    live = account({"g": (["alice"], ["s3"])}, {"s3": S3, "mfa": deny})
    attach = change("create", Attachment("g", arn("mfa")))
    (shift,) = only(delta(live, attach)).shifts
    assert shift.kind == "conditional" and shift.actions.count == 180
    denied = account({"g": (["alice"], ["s3", "mfa"])}, {"s3": S3, "mfa": deny})
    (shift,) = only(delta(denied, change("delete", Attachment("g", arn("mfa"))))).shifts
    assert shift.kind == "freed"


def test_a_deny_that_goes_is_a_gain_and_says_what_allowed_it_all_along() -> None:
    deny = document(statement("s3:DeleteObject", effect="Deny"))
    live = account({"g": (["erin"], ["s3"]), "no-delete": (["erin"], ["deny"])}, {"s3": S3, "deny": deny})
    row = only(delta(live, change("delete", Membership("no-delete", "erin"))))
    assert row.gained.names == ("s3:DeleteObject",)
    assert (row.denied, row.had) == (("local:deny",), ("local:s3",))


def test_a_boundary_caps_what_is_gained() -> None:
    policies = {"admin": ADMIN, "dev": S3}
    live = account({"admins": ([], ["admin"])}, policies, {"bob": []}, {"bob": "dev"})
    row = only(delta(live, change("create", Membership("admins", "bob"))))
    assert row.gained.count == 180 and row.boundaries == (arn("dev"),)
    assert row.administrator == "" and row.ways_gained == ()


def test_a_new_document_of_an_owned_policy_reaches_everybody_who_holds_it() -> None:
    live = account({"g": (["alice"], ["s3"])}, {"s3": S3}, {"bob": ["s3"], "zoe": []})
    before, fact = (PolicyFact("s3", "/", arn("s3"), json.dumps(text)) for text in (S3, document(GET)))
    rows = delta(live, change("update", fact, before=before)).rows
    assert [row.people for row in rows] == [("alice", "bob")]
    assert rows[0].lost.count == 179 and rows[0].causes[0].kind == "policy"


def test_a_rename_changes_nothing_and_direct_and_inline_policies_end() -> None:
    live = account({"g": (["alice"], ["s3"])}, {"s3": S3, "run": RUN}, {"alice": ["run"]})
    old, new = GroupFact("g", "/"), GroupFact("h", "/")
    assert delta(live, change("update", new, before=old)).rows == ()
    row = only(delta(live, change("delete", Direct("alice", arn("run")))))
    assert row.lost.names == ("ec2:RunInstances",) and row.causes[0].kind == "direct"
    group = replace(live.groups["g"], inline={"x": RUN})
    gone = Access(replace(live, groups={"g": group}), [change("delete", InlineGroup("g", "x"))])
    assert [held.policy.shown for held in gone.before.of_group("g")] == ["local:s3", "inline x of group g"]
    assert [held.policy.shown for held in gone.after.of_group("g")] == ["local:s3"]


def test_a_policy_that_could_not_be_read_is_named() -> None:
    live = account({"g": ([], ["s3"])}, {"s3": None}, {"alice": []})
    found = delta(live, change("create", Membership("g", "alice")))
    assert found.unread == ("local:s3",) and only(found).unread == ("local:s3",)


def test_a_group_goes_after_all_that_it_holds() -> None:
    live = account({"g": (["alice"], ["s3"])}, {"s3": S3})
    changes = [
        change("delete", Membership("g", "alice")),
        change("delete", Attachment("g", arn("s3"))),
        change("delete", GroupFact("g", "/")),
    ]
    access = Access(live, changes)
    assert access.before.groups_of("alice") == ("g",) and access.after.groups_of("alice") == ()
    assert access.after.members("g") == access.after.attached("g") == frozenset()
    assert only(delta(live, *changes)).people == ("alice",)


def test_people_with_the_same_change_share_a_row_whose_lines_are_told_for_each() -> None:
    lines = {name: Position("people.yaml", number, 5) for number, name in enumerate(("ann", "bob"), 1)}
    live = account(
        {"g": ((), ("run",))}, {"run": document(statement("s3:PutObject"))}, {"ann": (), "bob": ()}
    )
    joins = [Change("create", Membership("g", name), line) for name, line in lines.items()]
    row = only(delta(live, *joins))
    assert row.people == ("ann", "bob") and len(row.causes) == 1
    assert row.lines == {name: (line,) for name, line in lines.items()}
