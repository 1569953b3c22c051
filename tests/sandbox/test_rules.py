"""What AWS does and emulators often do not (shared by the property tests and by `iamgroups sandbox`)."""

import json
from typing import Any

import pytest

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.iam_error import IamError

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)


def refused(iam: StrictIam, operation: str, **params: Any) -> tuple[str, int]:
    with pytest.raises(IamError) as caught:
        iam.call(operation, params)
    return caught.value.code, caught.value.http_status


@pytest.fixture
def iam(strict_iam: StrictIam) -> StrictIam:
    strict_iam.call("CreateGroup", {"GroupName": "Developers"})
    strict_iam.call("CreateUser", {"UserName": "alice"})
    return strict_iam


def own_policy(iam: StrictIam, name: str = "own", **params: Any) -> str:
    answer = iam.call("CreatePolicy", {"PolicyName": name, "PolicyDocument": ALLOW_ALL, **params})
    return str(answer["Policy"]["Arn"])


def test_names_are_unique_and_found_ignoring_case_and_echoed_as_created(iam: StrictIam) -> None:
    assert refused(iam, "CreateGroup", GroupName="DEVELOPERS", Path="/x/") == ("EntityAlreadyExists", 409)
    assert refused(iam, "CreateUser", UserName="Alice") == ("EntityAlreadyExists", 409)
    iam.call("AddUserToGroup", {"GroupName": "developers", "UserName": "ALICE"})
    answer = iam.call("GetGroup", {"GroupName": "DEVELOPERS"})
    assert answer["Group"]["GroupName"] == "Developers"
    assert [user["UserName"] for user in answer["Users"]] == ["alice"]
    own_policy(iam)
    assert (
        refused(iam, "CreatePolicy", PolicyName="OWN", PolicyDocument=ALLOW_ALL)[0] == "EntityAlreadyExists"
    )


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateGroup", {"GroupName": "with space"}),
        ("CreateGroup", {"GroupName": "bücher"}),
        ("CreateGroup", {"GroupName": "g\n"}),
        ("CreateGroup", {"GroupName": "g" * 129}),
        ("CreateGroup", {"GroupName": ""}),
        ("CreateGroup", {}),
        ("CreateGroup", {"GroupName": "g", "Path": "ops/"}),
        ("CreateGroup", {"GroupName": "g", "Path": "/" + "p" * 512 + "/"}),
        ("CreateUser", {"UserName": "u" * 65}),
        ("ListGroups", {"MaxItems": 1001}),
        ("ListGroups", {"MaxItems": 0}),
        ("ListGroups", {"Marker": "not base64!"}),
        ("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": "short"}),
        ("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": "arn:aws:iam::aws:role/NotAPolicy"}),
        ("DetachGroupPolicy", {"GroupName": "Developers", "PolicyArn": "arn:aws:iam::aws:role/NotAPolicy"}),
        ("ListPolicies", {"Scope": "Mine"}),
        ("CreateGroup", {"GroupName": "g", "Colour": "red"}),
    ],
)
def test_what_the_service_model_forbids_is_a_validation_error(
    iam: StrictIam, operation: str, params: dict[str, Any]
) -> None:
    assert refused(iam, operation, **params) == ("ValidationError", 400)


def test_unusual_names_and_paths_are_legal(iam: StrictIam) -> None:
    iam.call("CreateGroup", {"GroupName": "a+b=c,d.e@f-g_h", "Path": "/!~/x.y/"})
    iam.call("CreateGroup", {"GroupName": "g" * 128, "Path": "/" + "p" * 510 + "/"})
    assert {group["Path"] for group in iam.call("ListGroups", {"PathPrefix": "/!"})["Groups"]} == {"/!~/x.y/"}


def test_ids_look_like_iams(iam: StrictIam) -> None:
    assert iam.call("GetGroup", {"GroupName": "Developers"})["Group"]["GroupId"].startswith("AGPA")
    user = iam.call("GetUser", {"UserName": "alice"})["User"]
    assert user["UserId"].startswith("AIDA")
    assert len(user["UserId"]) == 21


def test_a_group_with_anything_in_it_cannot_be_deleted(iam: StrictIam) -> None:
    name = {"GroupName": "Developers"}
    for fill, empty, params in (
        ("AddUserToGroup", "RemoveUserFromGroup", {"UserName": "alice"}),
        ("AttachGroupPolicy", "DetachGroupPolicy", {"PolicyArn": READ_ONLY}),
        ("PutGroupPolicy", "DeleteGroupPolicy", {"PolicyName": "p", "PolicyDocument": ALLOW_ALL}),
    ):
        iam.call(fill, {**name, **params})
        assert refused(iam, "DeleteGroup", **name) == ("DeleteConflict", 409)
        params.pop("PolicyDocument", None)
        iam.call(empty, {**name, **params})
    iam.call("DeleteGroup", name)
    assert refused(iam, "GetGroup", **name) == ("NoSuchEntity", 404)


def test_a_user_who_holds_anything_cannot_be_deleted(iam: StrictIam) -> None:
    iam.call("AddUserToGroup", {"GroupName": "Developers", "UserName": "alice"})
    assert refused(iam, "DeleteUser", UserName="alice")[0] == "DeleteConflict"
    iam.call("RemoveUserFromGroup", {"GroupName": "Developers", "UserName": "alice"})
    key = iam.call("CreateAccessKey", {"UserName": "alice"})["AccessKey"]["AccessKeyId"]
    assert refused(iam, "DeleteUser", UserName="alice")[0] == "DeleteConflict"
    iam.call("DeleteAccessKey", {"UserName": "alice", "AccessKeyId": key})
    iam.call("DeleteUser", {"UserName": "alice"})


def test_repeating_an_addition_succeeds_and_so_does_removing_a_non_member(iam: StrictIam) -> None:
    pair = {"GroupName": "Developers", "UserName": "alice"}
    for _ in range(2):
        iam.call("AddUserToGroup", pair)
        iam.call("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": READ_ONLY})
    assert iam.facts().memberships == {("Developers", "alice")}
    for _ in range(2):
        iam.call("RemoveUserFromGroup", pair)
    iam.call("DetachGroupPolicy", {"GroupName": "Developers", "PolicyArn": READ_ONLY})
    again = {"GroupName": "Developers", "PolicyArn": READ_ONLY}
    assert refused(iam, "DetachGroupPolicy", **again) == ("NoSuchEntity", 404)
    assert refused(iam, "RemoveUserFromGroup", GroupName="Developers", UserName="zoe")[0] == "NoSuchEntity"


def test_a_missing_policy_is_no_such_entity_and_a_service_role_policy_not_attachable(iam: StrictIam) -> None:
    aws = "arn:aws:iam::aws:policy/"
    where = {"GroupName": "Developers"}
    assert refused(iam, "AttachGroupPolicy", **where, PolicyArn=aws + "NoSuchThing") == ("NoSuchEntity", 404)
    linked = aws + "aws-service-role/AWSSupportServiceRolePolicy"
    assert refused(iam, "AttachGroupPolicy", **where, PolicyArn=linked) == ("PolicyNotAttachable", 400)
    assert refused(iam, "AttachUserPolicy", UserName="alice", PolicyArn=linked)[0] == "PolicyNotAttachable"


def test_a_rename_keeps_id_members_and_policies_and_changes_the_arn(iam: StrictIam) -> None:
    iam.call("AddUserToGroup", {"GroupName": "Developers", "UserName": "alice"})
    before = iam.call("GetGroup", {"GroupName": "Developers"})["Group"]
    iam.call("UpdateGroup", {"GroupName": "developers", "NewGroupName": "devs", "NewPath": "/eng/"})
    after = iam.call("GetGroup", {"GroupName": "devs"})
    assert after["Group"]["GroupId"] == before["GroupId"]
    assert after["Group"]["Arn"] == "arn:aws:iam::123456789012:group/eng/devs"
    assert iam.facts().memberships == {("devs", "alice")}
    assert iam.call("ListGroupsForUser", {"UserName": "alice"})["Groups"][0]["GroupName"] == "devs"
    assert iam.call("GetAccountAuthorizationDetails", {})["UserDetailList"][0]["GroupList"] == ["devs"]
    assert refused(iam, "GetGroup", GroupName="Developers")[0] == "NoSuchEntity"


def test_a_group_can_be_moved_without_a_rename(iam: StrictIam) -> None:
    iam.call("UpdateGroup", {"GroupName": "Developers", "NewPath": "/eng/"})
    assert iam.call("GetGroup", {"GroupName": "Developers"})["Group"]["Path"] == "/eng/"


def test_a_rename_onto_another_group_is_refused(iam: StrictIam) -> None:
    iam.call("CreateGroup", {"GroupName": "ops"})
    assert refused(iam, "UpdateGroup", GroupName="ops", NewGroupName="DEVELOPERS") == (
        "EntityAlreadyExists",
        409,
    )


@pytest.mark.parametrize(
    ("quota", "limit", "operation", "params"),
    [
        ("GroupsQuota", 1, "CreateGroup", {"GroupName": "one-more"}),
        ("UsersQuota", 1, "CreateUser", {"UserName": "one-more"}),
        ("GroupsPerUserQuota", 0, "AddUserToGroup", {"GroupName": "Developers", "UserName": "alice"}),
        ("AttachedPoliciesPerGroupQuota", 0, "AttachGroupPolicy", {"GroupName": "Developers"}),
        ("AttachedPoliciesPerUserQuota", 0, "AttachUserPolicy", {"UserName": "alice"}),
        ("PoliciesQuota", 0, "CreatePolicy", {"PolicyName": "p", "PolicyDocument": ALLOW_ALL}),
        ("PolicyVersionsInUseQuota", 0, "CreatePolicy", {"PolicyName": "p", "PolicyDocument": ALLOW_ALL}),
        ("PolicySizeQuota", 40, "CreatePolicy", {"PolicyName": "p", "PolicyDocument": ALLOW_ALL}),
        ("GroupPolicySizeQuota", 40, "PutGroupPolicy", {"GroupName": "Developers", "PolicyName": "p"}),
        ("UserPolicySizeQuota", 40, "PutUserPolicy", {"UserName": "alice", "PolicyName": "p"}),
    ],
)
def test_quotas_hold_and_are_what_the_summary_says(
    iam: StrictIam, quota: str, limit: int, operation: str, params: dict[str, str]
) -> None:
    iam.store.quotas[quota] = limit
    if operation.startswith("Attach"):
        params = {**params, "PolicyArn": READ_ONLY}
    if operation.startswith("Put"):
        params = {**params, "PolicyDocument": ALLOW_ALL}
    assert refused(iam, operation, **params) == ("LimitExceeded", 409)
    assert iam.call("GetAccountSummary", {})["SummaryMap"][quota] == limit


def test_a_holder_at_its_quota_may_attach_again_what_it_has(iam: StrictIam) -> None:
    iam.store.quotas["AttachedPoliciesPerGroupQuota"] = 1
    for _ in range(2):
        iam.call("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": READ_ONLY})


def test_a_policy_holds_five_versions_and_its_default_cannot_be_deleted(iam: StrictIam) -> None:
    arn = own_policy(iam)
    for number in range(2, 6):
        answer = iam.call(
            "CreatePolicyVersion",
            {"PolicyArn": arn, "PolicyDocument": ALLOW_ALL, "SetAsDefault": number == 2},
        )
        assert answer["PolicyVersion"]["VersionId"] == f"v{number}"
    assert refused(iam, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=ALLOW_ALL)[0] == "LimitExceeded"
    assert refused(iam, "DeletePolicyVersion", PolicyArn=arn, VersionId="v2") == ("DeleteConflict", 409)
    assert refused(iam, "DeletePolicy", PolicyArn=arn)[0] == "DeleteConflict"
    iam.call("SetDefaultPolicyVersion", {"PolicyArn": arn, "VersionId": "v5"})
    for version in ("v1", "v2", "v3", "v4"):
        iam.call("DeletePolicyVersion", {"PolicyArn": arn, "VersionId": version})
    assert refused(iam, "DeletePolicyVersion", PolicyArn=arn, VersionId="v9")[0] == "NoSuchEntity"
    answer = iam.call("CreatePolicyVersion", {"PolicyArn": arn, "PolicyDocument": ALLOW_ALL})
    assert answer["PolicyVersion"]["VersionId"] == "v6"
    iam.call("DeletePolicyVersion", {"PolicyArn": arn, "VersionId": "v6"})
    iam.call("DeletePolicy", {"PolicyArn": arn})


def test_an_attached_policy_cannot_be_deleted(iam: StrictIam) -> None:
    arn = own_policy(iam, Path="/team/", Description="Ours")
    iam.call("AttachUserPolicy", {"UserName": "alice", "PolicyArn": arn})
    assert refused(iam, "DeletePolicy", PolicyArn=arn) == ("DeleteConflict", 409)
    policy = iam.call("GetPolicy", {"PolicyArn": arn})["Policy"]
    assert (policy["AttachmentCount"], policy["Description"]) == (1, "Ours")
    holders = iam.call("ListEntitiesForPolicy", {"PolicyArn": arn})
    assert [user["UserName"] for user in holders["PolicyUsers"]] == ["alice"]


def test_policies_are_listed_by_scope_use_and_path(iam: StrictIam) -> None:
    arn = own_policy(iam, Path="/team/")
    iam.call("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": READ_ONLY})

    def listed(**params: Any) -> list[str]:
        return [
            policy["Arn"] for policy in iam.call("ListPolicies", {"MaxItems": 1000, **params})["Policies"]
        ]

    assert listed(Scope="Local") == [arn]
    assert listed(OnlyAttached=True) == [READ_ONLY]
    assert listed(PathPrefix="/team/") == [arn]
    assert len(listed(Scope="AWS")) == 1000
    assert all(":policy/job-function/" in found for found in listed(PathPrefix="/job-function/"))


def test_every_list_is_paged_and_pages_may_be_shorter_than_asked(iam: StrictIam) -> None:
    for number in range(230):
        iam.call("CreateUser", {"UserName": f"user-{number:03}"})
        iam.call("AddUserToGroup", {"GroupName": "Developers", "UserName": f"user-{number:03}"})

    def sizes(operation: str, field: str, **params: Any) -> list[int]:
        found, marker = [], None
        while True:
            answer = iam.call(operation, {**params, "Marker": marker})
            found.append(len(answer[field]))
            if not answer["IsTruncated"]:
                return found
            marker = answer["Marker"]

    assert sizes("ListUsers", "Users") == [100, 100, 31]
    assert sizes("GetGroup", "Users", GroupName="Developers", MaxItems=200) == [200, 30]
    assert sizes("GetAccountAuthorizationDetails", "UserDetailList", MaxItems=1000) == [231]
    answers = iter([0, 100, 0, 7, 1000])
    iam.store.page_size = lambda asked: next(answers)
    assert sizes("GetAccountAuthorizationDetails", "UserDetailList", MaxItems=150) == [0, 100, 0, 7, 124]


def test_bulk_details_answer_only_what_the_filter_names(iam: StrictIam) -> None:
    arn = own_policy(iam)
    iam.call("AttachGroupPolicy", {"GroupName": "Developers", "PolicyArn": READ_ONLY})

    def found(*kinds: str) -> list[int]:
        answer = iam.call("GetAccountAuthorizationDetails", {"Filter": list(kinds)})
        return [len(answer[field]) for field in ("UserDetailList", "GroupDetailList", "Policies")]

    assert found("User") == [1, 0, 0]
    assert found("Group") == [0, 1, 0]
    assert found("LocalManagedPolicy") == [0, 0, 1]
    assert found("AWSManagedPolicy") == [0, 0, 1]
    answer = iam.call("GetAccountAuthorizationDetails", {})
    assert {policy["Arn"] for policy in answer["Policies"]} == {arn, READ_ONLY}
    local = iam.call("GetAccountAuthorizationDetails", {"Filter": ["LocalManagedPolicy"]})["Policies"][0]
    assert local["PolicyVersionList"][0]["Document"] == json.loads(ALLOW_ALL)


WITH = '{"Version": "2012-10-17", "Statement": %s}'


@pytest.mark.parametrize(
    "document",
    [
        "not json",
        "[]",
        "{}",
        '{"Version": "2012-10-17"}',
        '{"Version": "2026-01-01", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}',
        WITH % '{"Effect": "allow", "Action": "s3:*", "Resource": "*"}',
        WITH % '{"Effect": "Allow", "Resource": "*"}',
        WITH % '{"Effect": "Allow", "Action": "s3:*"}',
        WITH % '{"Effect": "Allow", "Action": "list", "Resource": "*"}',
        WITH % '{"Effect": "Allow", "Action": "s3:*", "Resource": "bucket"}',
        WITH % '{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}',
        WITH % '{"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*", "Resource": "*"}',
        WITH % '{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": []}',
        WITH % '{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Comment": ""}',
        WITH % '{"Effect": "Allow", "Action": 1, "Resource": "*"}',
        WITH % '[{"Sid": "a b", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]',
    ],
)
def test_a_document_outside_the_grammar_is_malformed(iam: StrictIam, document: str) -> None:
    params = {"PolicyName": "p", "PolicyDocument": document}
    assert refused(iam, "CreatePolicy", **params) == ("MalformedPolicyDocument", 400)
    assert refused(iam, "PutUserPolicy", UserName="alice", **params) == ("MalformedPolicyDocument", 400)


def test_inline_policies_are_found_ignoring_case_and_read_back(iam: StrictIam) -> None:
    where = {"UserName": "alice", "PolicyName": "Own"}
    iam.call("PutUserPolicy", {**where, "PolicyDocument": ALLOW_ALL})
    assert iam.call("GetUserPolicy", {"UserName": "alice", "PolicyName": "own"})["PolicyName"] == "Own"
    assert iam.call("ListUserPolicies", {"UserName": "alice"})["PolicyNames"] == ["Own"]
    iam.call("DeleteUserPolicy", where)
    assert refused(iam, "GetUserPolicy", **where)[0] == "NoSuchEntity"


def test_white_space_does_not_count_towards_a_documents_size(iam: StrictIam) -> None:
    spaced = json.dumps(json.loads(ALLOW_ALL), indent=400)
    iam.store.quotas["PolicySizeQuota"] = len(json.dumps(json.loads(ALLOW_ALL), separators=(",", ":")))
    iam.call("CreatePolicy", {"PolicyName": "spaced", "PolicyDocument": spaced})


def test_a_copy_changes_on_its_own(iam: StrictIam) -> None:
    other = iam.copy()
    other.call("AddUserToGroup", {"GroupName": "Developers", "UserName": "alice"})
    assert iam.facts().memberships == set()
    assert other.facts().memberships == {("Developers", "alice")}


def test_a_refused_call_changes_nothing(iam: StrictIam) -> None:
    before = iam.call("GetAccountAuthorizationDetails", {})
    refused(iam, "CreateGroup", GroupName="developers")
    refused(iam, "AddUserToGroup", GroupName="Developers", UserName="zoe")
    refused(iam, "Unheard", GroupName="Developers")
    assert iam.call("GetAccountAuthorizationDetails", {}) == before


def test_the_caller_is_the_root_unless_named(iam: StrictIam) -> None:
    assert iam.call("GetCallerIdentity", {})["Arn"] == "arn:aws:iam::123456789012:root"
    alice = Caller("arn:aws:iam::123456789012:user/alice", "AIDAX")
    assert iam.call("GetCallerIdentity", {}, alice)["UserId"] == "AIDAX"
    assert iam.call("GetUser", {}, alice)["User"]["UserName"] == "alice"


def test_other_partitions_have_the_same_managed_policies_under_their_own_arns() -> None:
    iam = StrictIam("123456789012", partition="aws-cn")
    iam.call("CreateGroup", {"GroupName": "g"})
    iam.call(
        "AttachGroupPolicy", {"GroupName": "g", "PolicyArn": "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"}
    )
    assert refused(iam, "AttachGroupPolicy", GroupName="g", PolicyArn=READ_ONLY)[0] == "NoSuchEntity"
    assert iam.call("GetGroup", {"GroupName": "g"})["Group"]["Arn"] == "arn:aws-cn:iam::123456789012:group/g"
