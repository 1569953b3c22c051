"""`drift` judges the rules on access for the account as it is, whatever the files leave alone."""

from pathlib import Path

import pytest

from iamgroups.config import load
from iamgroups.workflow.drift import drift
from iamgroups.workflow.offline import Offline
from tests.access.account import account
from tests.policy.documents import document, statement

FILES = """\
version: 1
account_id: "123456789012"
guardrails:
  {rule}
groups:
  devs: {{members: [ann], policies: [], attachments: additive}}
  ops: {{members: [bob], policies: [], attachments: additive}}
"""


@pytest.mark.parametrize(
    ("rule", "address", "told"),
    [
        (
            "forbidden_access: [{actions: ['iam:*'], except: [ops]}]",
            "rule/forbidden_access/ann",
            "ann has iam:AttachUserPolicy, which is forbidden (forbidden_access)",
        ),
        ("no_escalation: {except: [ops]}", "rule/no_escalation/ann", "ann has a way to escalate"),
    ],
)
def test_a_policy_that_an_additive_group_got_by_hand_breaks_a_rule_on_access(
    rule: str, address: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "iamgroups.yaml").write_text(FILES.format(rule=rule))
    policies = {"by-hand": document(statement("iam:AttachUserPolicy"))}
    live = account({"devs": (["ann"], ["by-hand"]), "ops": (["bob"], ["by-hand"])}, policies, {})
    (found,) = drift(load(tmp_path), Offline(live, "s.json")).new
    assert (found.kind, found.address, found.owner) == ("broken", address, "user/ann")
    assert found.message.startswith(told)
