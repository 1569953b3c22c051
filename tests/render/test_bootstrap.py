"""The files for Terraform and CloudFormation are what their own validators accept."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iamgroups.render.bootstrap import cloudformation, terraform
from iamgroups.results.bootstrap import Bootstrap, Role

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/git.example.com"},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
        }
    ],
}
OWN = "arn:aws:iam::123456789012:user/${aws:username}"
HELD = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": [OWN, "arn:aws:s3:::a%{b}"]}],
}
MADE = Bootstrap(
    "git.example.com",
    "https://git.example.com",
    [Role("iamgroups-plan", TRUST, [HELD]), Role("iamgroups-apply", TRUST, [HELD, HELD])],
    "example-locks",
)
PLUGINS = os.environ.get("TERRAFORM_MIRROR", "")


def test_cloudformation_lint_accepts_the_template(tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    file.write_text(cloudformation(MADE))
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([lint, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_template_has_every_role_with_every_policy_and_the_bucket_stays() -> None:
    made = json.loads(cloudformation(MADE))["Resources"]
    held = {
        key: resource["Properties"].get("ManagedPolicyArns") for key, resource in made.items() if "Iam" in key
    }
    assert held["IamgroupsApply"] == [{"Ref": "IamgroupsApply1"}, {"Ref": "IamgroupsApply2"}]
    assert held["IamgroupsPlan"] == [{"Ref": "IamgroupsPlan1"}]
    assert made["IamgroupsPlan1"]["Properties"]["PolicyDocument"] == HELD
    assert made["LockBucket"]["DeletionPolicy"] == "Retain"
    private = made["LockBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert set(private) == {
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    }


@pytest.mark.skipif(not (PLUGINS and shutil.which("terraform")), reason="no Terraform with its provider here")
def test_terraform_accepts_the_file(tmp_path: Path) -> None:
    (tmp_path / "roles.tf.json").write_text(terraform(MADE))
    for words in (["init", "-backend=false", f"-plugin-dir={PLUGINS}"], ["validate"]):
        done = subprocess.run(
            ["terraform", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_terraform_evaluates_nothing_inside_a_document() -> None:
    made = json.loads(terraform(MADE))["resource"]
    text = made["aws_iam_policy"]["iamgroups-apply-2"]["policy"]
    assert "user/$${aws:username}" in text and "a%%{b}" in text
    assert json.loads(text.replace("$${", "${").replace("%%{", "%{")) == HELD


def test_terraform_attaches_every_policy_to_its_role() -> None:
    made = json.loads(terraform(MADE))["resource"]["aws_iam_role_policy_attachment"]
    assert {name: each["role"] for name, each in made.items()} == {
        "iamgroups-plan-1": "${aws_iam_role.iamgroups-plan.name}",
        "iamgroups-apply-1": "${aws_iam_role.iamgroups-apply.name}",
        "iamgroups-apply-2": "${aws_iam_role.iamgroups-apply.name}",
    }


def test_without_a_lock_there_is_no_bucket() -> None:
    without = Bootstrap(MADE.issuer, MADE.audience, MADE.roles, "")
    assert "s3" not in terraform(without).replace("aws:s3:::a", "")
    assert "S3" not in cloudformation(without)
