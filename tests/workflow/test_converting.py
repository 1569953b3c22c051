"""`import --convert`: managed policies take over from the inline policies of groups, and access stays."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamgroups import config, guardrails
from iamgroups.access import Access
from iamgroups.config.imported import Imported, imported
from iamgroups.errors import AccountError
from iamgroups.planning.drift import Drift
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.workflow.converting import converted
from iamgroups.workflow.drift import drift
from iamgroups.workflow.importing import write
from iamgroups.workflow.offline import Offline
from tests.accounts import TODAY, arn, live
from tests.policy.documents import document, statement

READ = document(statement(["s3:GetObject", "s3:ListBucket"]))
SAME = document(statement("s3:ListBucket"), statement("s3:GetObject"))
OLD = document(statement("s3:PutObject", "arn:aws:s3:::home/${aws:username}/*"), version="2008-10-17")
NEW = {**OLD, "Version": "2012-10-17"}
DENY = document(statement("s3:Delete*", effect="Deny"))
REFUSED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]}
DOCUMENTS = (READ, SAME, OLD, NEW, DENY, REFUSED, None)


def account(inline: Mapping[str, Mapping[str, Any]], **more: Any) -> LiveState:
    """Groups of ann and bob with these inline policies."""
    held = more.pop("held", {})
    there = live({name: (["ann", "bob"], held.get(name, [])) for name in inline}, **more)
    return replace(
        there, groups={key: replace(group, inline=inline[group.name]) for key, group in there.groups.items()}
    )


def convert(there: LiveState, *names: str) -> Imported:
    after, first_plan = converted(there, Offline(there, "test"), names)
    return imported(after, names, first_plan=first_plan)


def planned(found: Imported, there: LiveState, folder: Path) -> tuple[Config, Plan]:
    write(found, str(folder))
    loaded = config.load(folder)
    return loaded, make_plan(loaded, there, TODAY)


INLINE = st.dictionaries(st.sampled_from(["own", "Own2", "taken"]), st.sampled_from(DOCUMENTS))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries({"devs": INLINE, "ops": INLINE, "own": INLINE}),
    st.lists(st.sampled_from(["aws:Read", "local:taken"]), unique=True),
    st.sampled_from([2, 10]),
)
def test_the_first_plan_changes_nobodys_access(
    tmp_path_factory: pytest.TempPathFactory,
    inline: dict[str, dict[str, Any]],
    held: list[str],
    most: int,
) -> None:
    there = account(
        inline,
        held={"devs": held},
        documents={"local:taken": DENY, "aws:Read": READ},
        quotas={"AttachedPoliciesPerGroupQuota": most},
    )
    found = convert(there)
    loaded, plan = planned(found, there, tmp_path_factory.mktemp("files"))
    assert (plan.problems, plan.to_read or None) == ((), None)
    assert not any(finding.blocking for finding in guardrails.judge(plan, loaded, there))
    access = Access(there, plan.changes)
    for user in ("ann", "bob"):
        assert access.held_before(user) == access.held_after(user)
    after = after_the_apply(there, plan)
    assert make_plan(loaded, after, TODAY).changes == ()
    assert drift_of(loaded, after).new == ()


def after_the_apply(there: LiveState, plan: Plan) -> LiveState:
    """Return the account after a plan that creates, attaches and ends inline policies."""
    access = Access(there, plan.changes)
    groups = {}
    for key, group in there.groups.items():
        gone = {
            change.fact.label
            for change in plan.changes
            if change.address.startswith(f"inline/group/{group.name}/")
        }
        kept = {name: document for name, document in (group.inline or {}).items() if name not in gone}
        groups[key] = replace(group, policies=access.after.attached(group.name), inline=kept)
    made = {
        found: LivePolicy(found, document=access.after.document(found))
        for group in groups.values()
        for found in group.policies or ()
    }
    return replace(there, groups=groups, policies={**there.policies, **made})


def drift_of(loaded: Config, there: LiveState) -> Drift:
    return drift(loaded, Offline(there, "test"))


def test_equal_documents_are_one_policy_in_the_first_groups_file(tmp_path: Path) -> None:
    found = convert(account({"devs": {"own": READ}, "ops": {"reads": SAME}}))
    assert found.files["groups/devs.yaml"].endswith(
        "policies:\n  own:\n    document: policies/own.json\n"
        "groups:\n  devs:\n    policies:\n      - local:own\n    members:\n      - ann\n      - bob\n"
        "    inline_policies: convert\n"
    )
    assert "local:own" in found.files["groups/ops.yaml"]
    assert "accepted.yaml" not in found.files


def test_a_taken_name_is_made_another_and_text_of_2008_stays_text(tmp_path: Path) -> None:
    there = account({"devs": {"taken": OLD}}, documents={"local:Taken": DENY})
    found = convert(there)
    assert '"arn:aws:s3:::home/${$}{aws:username}/*"' in found.files["policies/devs-taken.json"]
    assert '"Version": "2012-10-17"' in found.files["policies/devs-taken.json"]
    _, plan = planned(found, there, tmp_path)
    assert [change.address for change in plan.changes] == [
        "policy/devs-taken",
        "attachment/devs/local:devs-taken",
        "inline/group/devs/taken",
    ]


def test_what_cannot_be_converted_stays_and_is_said(tmp_path: Path) -> None:
    held = [f"aws:P{number}" for number in range(10)]
    there = account(
        {"full": {"own": READ}, "odd": {"bad": REFUSED, "unread": None}}, held={"full": held}, policies=held
    )
    found = convert(there)
    stays = [
        remark.partition(", because")[0] for remark in found.remarks if remark.startswith(("full", "odd"))
    ]
    assert stays[:3] == [
        "full: it has 10 of 10 managed policies, so its inline policies stay",
        "odd: its inline policy bad stays",
        "odd: its inline policy unread stays",
    ]
    assert planned(found, there, tmp_path)[1].changes == ()


def test_group_by_group_only_the_chosen_one_is_converted(tmp_path: Path) -> None:
    there = account({"devs": {"own": READ}, "ops": {"own": READ}})
    _, plan = planned(convert(there, "ops"), there, tmp_path)
    assert [change.address for change in plan.changes] == [
        "policy/own",
        "attachment/ops/local:own",
        "inline/group/ops/own",
    ]


def test_names_must_be_known_before_new_ones_are_chosen() -> None:
    there = replace(account({"devs": {"own": READ}}), local_listed=False)
    with pytest.raises(AccountError, match="own policies"):
        convert(there)
    assert arn("local:own") not in there.policies
