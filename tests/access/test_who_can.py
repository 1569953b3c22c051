"""Who can do an action: the same as asking for each person, and the people who can first."""

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups import catalogue
from iamgroups.access import Access
from iamgroups.access.explain import Explainer, Question
from iamgroups.access.who_can import WhoCan, who_can
from iamgroups.catalogue import Catalogue
from iamgroups.state.live import LiveState
from tests.access.account import account
from tests.policy.documents import document, statement

USERS = ("alice", "bob", "carol", "dave")
ACTIONS = ("s3:GetObject", "iam:CreateAccessKey", "iam:ListUsers", "s3:NewThing")
PATTERNS = ("*", "s3:*", "S3:getobject", "iam:*", "iam:ListUsers", "ec2:*", "s?:*", "s3:New*")
RESOURCES = (
    *("*", "*", "arn:aws:s3:::data/*", "arn:aws:iam::123456789012:user/${aws:username}"),
    *("arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::home/${aws:userid}"),
)
CONDITIONS: tuple[dict[str, Any], ...] = (
    *({}, {}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    *({"StringEquals": {"AWS:UserName": "bob"}}, {"StringLike": {"aws:PrincipalTag/team": "d*"}}),
    {"StringEquals": {"s3:prefix": "${aws:username}"}},
)
ASKED = (None, "arn:aws:s3:::data/x", "arn:aws:iam::123456789012:user/bob", "arn:aws:s3:::data/*")


@cache
def known() -> Catalogue:
    return catalogue.load()


def explainer(live: LiveState) -> Explainer:
    return Explainer(Access(live, ()).after, known())


def statements() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda key, action, resource, effect, condition: {
            "Effect": effect,
            key: [action],
            "Resource": [resource],
            **({"Condition": condition} if condition else {}),
        },
        st.sampled_from(("Action", "Action", "Action", "NotAction")),
        st.sampled_from(PATTERNS),
        st.sampled_from(RESOURCES),
        st.sampled_from(("Allow", "Allow", "Deny")),
        st.sampled_from(CONDITIONS),
    )


def documents() -> st.SearchStrategy[Any]:
    written = st.lists(statements(), max_size=3).map(lambda found: document(*found))
    return st.one_of(written, written, written, st.sampled_from((None, {"Statement": [{"Effect": "?"}]})))


NAMES = ("p", "q", "r", "s")
HELD = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
MEMBERS = st.lists(st.sampled_from(USERS), max_size=4, unique=True)


@st.composite
def accounts(draw: st.DrawFn) -> LiveState:
    live = account(
        {name: (draw(MEMBERS), draw(HELD)) for name in ("devs", "ops")},
        {name: draw(documents()) for name in NAMES},
        {user: draw(HELD) for user in USERS},
        draw(st.dictionaries(st.sampled_from(USERS), st.sampled_from(NAMES), max_size=2)),
    )
    tags = st.sampled_from((None, {}, {"team": "data"}))
    inline = st.one_of(st.just({}), st.none(), st.builds(lambda text: {"own": text}, documents()))
    users = {key: replace(user, tags=draw(tags), inline=draw(inline)) for key, user in live.users.items()}
    groups = {key: replace(group, inline=draw(inline)) for key, group in live.groups.items()}
    return replace(live, users=users, groups=groups)


@settings(max_examples=300, deadline=None)
@given(
    accounts(),
    st.sampled_from(ACTIONS),
    st.sampled_from(ASKED),
    st.booleans(),
    st.lists(documents(), max_size=1),
)
def test_who_can_says_of_each_person_what_explain_says(
    live: LiveState, action: str, resource: str | None, absent: bool, scps: list[Any]
) -> None:
    asked = Question(action, resource, assume_absent=absent, scps=(tuple(scps),) if scps else ())
    found = {one.user.name: one for one in who_can(explainer(live), asked).people}
    each = explainer(live)
    for user in live.users.values():
        alone = each.explain(user, asked)
        assert found.get(user.name) == (None if alone.verdict == "denied" else alone)


def ask(live: LiveState, action: str, resource: str | None = None) -> WhoCan:
    return who_can(explainer(live), Question(action, resource))


def verdicts(found: WhoCan) -> list[tuple[str, str]]:
    return [(one.user.name, one.verdict) for one in found.people]


def test_those_who_surely_can_come_first_and_then_names() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    live = account(
        {"ops": (("bob", "alice"), ("edit",)), "admins": (("dave", "carol"), ("all",))},
        {"edit": document(statement("iam:CreateUser", Condition=mfa)), "all": document(statement("*"))},
        {"zoe": ()},
    )
    found = ask(live, "iam:CreateUser")
    assert verdicts(found) == [
        *(("carol", "allowed"), ("dave", "allowed")),
        *(("alice", "conditional"), ("bob", "conditional")),
    ]
    assert found.judged == 5


def test_own_name_in_a_resource_is_each_persons_own() -> None:
    own = document(statement("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"))
    live = account({"all": (("alice", "bob"), ("own",))}, {"own": own})
    found = ask(live, "iam:CreateAccessKey", "arn:aws:iam::123456789012:user/bob")
    assert verdicts(found) == [("bob", "allowed")]


def test_an_action_that_is_enough_to_escalate_says_how() -> None:
    live = account({}, {}, {"alice": ()})
    assert ask(live, "iam:CreatePolicyVersion").escalates == "rewrite a policy that they hold"
    assert ask(live, "iam:PassRole").escalates == ""
    assert ask(live, "s3:GetObject").escalates == ""


def test_a_policy_that_could_not_be_read_makes_its_holders_conditional_and_is_named() -> None:
    live = account({}, {"lost": None}, {"alice": ("lost",), "bob": ()})
    found = ask(live, "s3:GetObject")
    assert verdicts(found) == [("alice", "conditional")]
    assert found.unread == ("local:lost",)
