"""forbidden_access and no_escalation, judged on what a plan gives in actions."""

from functools import cache
from typing import Any

from iamgroups import catalogue, guardrails
from iamgroups.access import Access
from iamgroups.access.delta import Differ
from iamgroups.errors import Position
from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state import Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config, NamePattern
from iamgroups.state.live import LiveState
from tests.access.account import account
from tests.policy.documents import document, statement

LINE = Position("people.yaml", 9, 7)
POLICIES = {
    "admin": document(statement("*")),
    "pass": document(statement("iam:PassRole")),
    "run": document(statement("ec2:RunInstances")),
    "keys": document(statement("kms:ScheduleKeyDeletion", "arn:aws:kms:*:*:key/prod-*")),
    "deny": document(statement("iam:*", effect="Deny")),
    "unread": None,
}


@cache
def differ() -> Differ:
    return Differ(catalogue.load())


def name(text: str) -> NamePattern:
    return NamePattern(text, LINE)


def judge(live: LiveState, *changes: Change, **rails: Any) -> list[Finding]:
    plan = Plan(live.account, "", changes=changes)
    config = Config("iamgroups.yaml", live.account.id, guardrails={"keep_caller": False, **rails})
    delta = differ().delta(Access(live, changes))
    found = guardrails.judge(plan, config, live, None, delta)
    return [finding for finding in found if finding.rule in ("forbidden_access", "no_escalation")]


def joins(group: str, user: str = "bob") -> Change:
    return Change("create", Membership(group, user), LINE)


def leaves(group: str) -> Change:
    return Change("delete", Membership(group, "bob"), LINE)


def ban(*actions: str, **more: Any) -> Any:
    return (
        {name("actions"): tuple(map(name, actions)), **{name(key): value for key, value in more.items()}},
    )


def scene(*held: str) -> LiveState:
    groups = {f"g-{policy}": (["bob"] if policy in held else [], [policy]) for policy in POLICIES}
    return account({**groups, "break-glass": ([], ["admin"])}, POLICIES, {"bob": []})


def test_a_forbidden_action_blocks_at_the_line_that_gives_it() -> None:
    (finding,) = judge(scene(), joins("g-pass"), forbidden_access=ban("iam:*", reason=name("SEC-12")))
    assert finding.blocking and finding.positions == (LINE,) and finding.subjects == ("user/bob",)
    assert "iam:PassRole" in finding.message and "SEC-12" in finding.message


def standing(live: LiveState, **rails: Any) -> list[str]:
    config = Config("iamgroups.yaml", live.account.id, guardrails=rails)
    delta = differ().standing(live)
    return [
        finding.message for finding in guardrails.judge(Plan(live.account, ""), config, live, None, delta)
    ]


def test_of_the_account_as_it_is_everybody_is_told_of_who_has_a_forbidden_action() -> None:
    assert standing(scene("pass"), forbidden_access=ban("iam:*")) == [
        "bob has iam:PassRole, which is forbidden"
    ]
    assert standing(scene("keys"), forbidden_access=ban("iam:*")) == []
    assert standing(scene("pass", "deny"), forbidden_access=ban("iam:*")) == []
    assert standing(scene("pass"), forbidden_access=ban("iam:*", **{"except": (name("g-pass"),)})) == []
    (told,) = standing(scene("unread"), forbidden_access=ban("iam:*"))
    assert told.startswith("cannot tell what bob may do: ")


def test_of_the_account_as_it_is_every_way_to_escalate_is_told_person_by_person() -> None:
    live = account(
        {"g": (["bob", "eve"], ["admin"]), "h": (["ann"], ["pass", "run"])},
        POLICIES,
        {"bob": [], "eve": [], "ann": []},
    )
    told = standing(live, no_escalation={name("except"): ()})
    assert told[1:] == [f"{user} has everything, as administrators do" for user in ("bob", "eve")]
    assert told[0].startswith("ann has a way to escalate: ")


def test_a_plan_without_changes_does_not_judge_what_was_there_before() -> None:
    live = scene("admin")
    config = Config("iamgroups.yaml", live.account.id, guardrails={"no_escalation": {name("except"): ()}})
    assert guardrails.judge(Plan(live.account, ""), config, live) == ()


def test_a_finding_names_the_lines_of_the_people_it_is_about_and_of_nobody_else() -> None:
    live = account({"g": ([], ["pass"]), "ok": (["bob"], [])}, POLICIES, {"bob": [], "eve": []})
    other = LINE._replace(line=99)
    joined = (joins("g"), Change("create", Membership("g", "eve"), other))
    banned = ban("iam:PassRole", **{"except": (name("ok"),)})
    (finding,) = judge(live, *joined, forbidden_access=banned)
    assert (finding.subjects, finding.positions) == (("user/eve",), (other,))


def test_a_deny_that_goes_gives_what_it_denied() -> None:
    live = scene("pass", "deny")
    (finding,) = judge(live, leaves("g-deny"), forbidden_access=ban("iam:PassRole"))
    assert finding.blocking
    assert not judge(live, leaves("g-pass"), forbidden_access=ban("iam:PassRole"))


def test_members_of_the_groups_named_are_excused() -> None:
    rules = {"forbidden_access": ban("*", **{"except": (name("break-*"),)})}
    rules["no_escalation"] = {name("except"): (name("break-glass"),)}
    assert not judge(scene(), joins("break-glass"), **rules)
    assert len(judge(scene(), joins("g-admin"), **rules)) == 2


def test_resources_limit_the_rule_to_gains_that_can_reach_them() -> None:
    def judged(resource: str) -> list[Finding]:
        rule = ban("kms:*", resources=(name(resource),))
        return judge(scene(), joins("g-keys"), forbidden_access=rule)

    assert judged("arn:aws:kms:*:*:key/prod-1") and judged("*")
    assert not judged("arn:aws:kms:*:*:key/test-*")


def test_a_method_of_which_half_was_there_is_a_gain() -> None:
    rule = {name("except"): ()}
    (finding,) = judge(scene("pass"), joins("g-run"), no_escalation=rule)
    assert "iam:PassRole + ec2:RunInstances" in finding.message
    assert not judge(scene(), joins("g-run"), no_escalation=rule)
    assert not judge(scene(), joins("g-run"))


def test_a_policy_that_could_not_be_read_blocks_where_somebody_gains_it() -> None:
    rules = {"forbidden_access": ban("iam:*")}
    (finding,) = judge(scene(), joins("g-unread"), **rules)
    assert finding.blocking and finding.message.startswith("cannot tell")
    assert not judge(scene("unread"), joins("g-run"), **rules)
