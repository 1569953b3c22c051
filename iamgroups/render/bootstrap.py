"""The roles of a pipeline as files of other tools: Terraform's JSON syntax, and a CloudFormation template.

https://developer.hashicorp.com/terraform/language/syntax/json
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from iamgroups.results.bootstrap import Bootstrap, Document, Role

# 5.81 is the first that needs no thumbprint of the identity provider.
_PROVIDERS = {"aws": {"source": "hashicorp/aws", "version": ">= 5.81"}}
_PRIVATE = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


def terraform(made: Bootstrap) -> str:
    """Return a `.tf.json` file."""
    resources: dict[str, dict[str, Any]] = {
        "aws_iam_openid_connect_provider": {
            "pipeline": {"url": f"https://{made.issuer}", "client_id_list": [made.audience]}
        },
        "aws_iam_role": {},
        "aws_iam_policy": {},
        "aws_iam_role_policy_attachment": {},
    }
    for role in made.roles:
        resources["aws_iam_role"][role.name] = {
            "name": role.name,
            "assume_role_policy": _literal(role.trust),
            "depends_on": ["aws_iam_openid_connect_provider.pipeline"],
        }
        for name, document in _named(role).items():
            resources["aws_iam_policy"][name] = {"name": name, "policy": _literal(document)}
            resources["aws_iam_role_policy_attachment"][name] = {
                "role": f"${{aws_iam_role.{role.name}.name}}",
                "policy_arn": f"${{aws_iam_policy.{name}.arn}}",
            }
    if made.bucket:
        resources["aws_s3_bucket"] = {"lock": {"bucket": made.bucket}}
        private = {"bucket": "${aws_s3_bucket.lock.id}", **dict.fromkeys(_PRIVATE, True)}
        resources["aws_s3_bucket_public_access_block"] = {"lock": private}
    outputs = {role.name: {"value": f"${{aws_iam_role.{role.name}.arn}}"} for role in made.roles}
    return _text({"terraform": {"required_providers": _PROVIDERS}, "resource": resources, "output": outputs})


def cloudformation(made: Bootstrap) -> str:
    """Return a template as JSON; it names IAM resources, so it needs CAPABILITY_NAMED_IAM."""
    resources: dict[str, Any] = {
        "Provider": _resource(
            "IAM::OIDCProvider", {"Url": f"https://{made.issuer}", "ClientIdList": [made.audience]}
        )
    }
    outputs: dict[str, Any] = {}
    for role in made.roles:
        key = _logical(role.name)
        held = {_logical(name): (name, document) for name, document in _named(role).items()}
        properties = {
            "RoleName": role.name,
            "AssumeRolePolicyDocument": role.trust,
            "ManagedPolicyArns": [{"Ref": policy} for policy in held],
        }
        resources[key] = {**_resource("IAM::Role", properties), "DependsOn": "Provider"}
        for policy, (name, document) in held.items():
            resources[policy] = _resource(
                "IAM::ManagedPolicy", {"ManagedPolicyName": name, "PolicyDocument": document}
            )
        outputs[key] = {"Value": {"Fn::GetAtt": [key, "Arn"]}}
    if made.bucket:
        private = {"".join(map(str.capitalize, name.split("_"))): True for name in _PRIVATE}
        bucket = {"BucketName": made.bucket, "PublicAccessBlockConfiguration": private}
        kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        resources["LockBucket"] = {**_resource("S3::Bucket", bucket), **kept}
    head = {"AWSTemplateFormatVersion": "2010-09-09", "Description": "The roles of the iamgroups pipeline"}
    return _text({**head, "Resources": resources, "Outputs": outputs})


def _named(role: Role) -> Mapping[str, Document]:
    return {f"{role.name}-{number}": document for number, document in enumerate(role.policies, start=1)}


def _resource(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _logical(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _literal(document: Document) -> str:
    """Return a document as a text in which Terraform finds nothing to evaluate."""
    return json.dumps(document).replace("${", "$${").replace("%{", "%%{")


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"


FORMS: Mapping[str, Callable[[Bootstrap], str]] = {"terraform": terraform, "cloudformation": cloudformation}
