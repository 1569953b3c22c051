"""Both parsers of GetAccountAuthorizationDetails agree, and refuse the same."""

import functools
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.iam import Connection, bulk_page
from iamgroups.iam.bulk_page import OPERATION, PAGE, page_of, parse
from iamgroups.iam.errors import UNREADABLE
from iamgroups.state.failure import CallFailed, Failure

from .answers import XMLNS, details, group, user, xml
from .conftest import Script, answer

LEFT_OUT = {"CreateDate", "ResponseMetadata", "RoleDetailList", "Policies"}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.just(" a b ")
documents = st.builds(
    lambda value: quote(json.dumps(value)),
    st.dictionaries(texts, st.lists(texts, max_size=2), max_size=2),
) | texts.map(quote)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Every field may be absent, as lists are in real answers."""
    return st.fixed_dictionaries({}, optional=fields)


attached = st.lists(some(PolicyName=texts, PolicyArn=texts), max_size=3)
inline = st.lists(some(PolicyName=texts, PolicyDocument=documents), max_size=2)
users = some(
    Path=texts, UserName=texts, UserId=texts, Arn=texts,
    CreateDate=st.just("2020-01-01T00:00:00Z"),
    GroupList=st.lists(texts, max_size=4),
    AttachedManagedPolicies=attached,
    UserPolicyList=inline,
    PermissionsBoundary=some(PermissionsBoundaryType=st.just("Policy"), PermissionsBoundaryArn=texts),
    Tags=st.lists(some(Key=texts, Value=texts), max_size=1),
)  # fmt: skip
groups = some(
    Path=texts, GroupName=texts, GroupId=texts, Arn=texts,
    CreateDate=st.just("2020-01-01T00:00:00Z"),
    AttachedManagedPolicies=attached,
    GroupPolicyList=inline,
)  # fmt: skip
results = some(
    IsTruncated=st.booleans(),
    Marker=texts,
    UserDetailList=st.lists(users, max_size=3),
    GroupDetailList=st.lists(groups, max_size=3),
    RoleDetailList=st.just([]),
    Policies=st.just([]),
    SomethingNew=texts,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    namespace = f' xmlns="{XMLNS}"' if draw(st.booleans()) else ""
    head = draw(st.sampled_from(["", '<?xml version="1.0" encoding="UTF-8"?>\n', "\n", "<!-- told -->"]))
    between = draw(st.sampled_from(["", "\n  "]))
    result = xml(draw(results)).replace("><", f">{between}<")
    text = f"{head}<{OPERATION}Response{namespace}><{OPERATION}Result>{result}</{OPERATION}Result>"
    return (
        f"{text}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{OPERATION}Response>".encode()
    )


@functools.cache
def _model() -> Any:
    import botocore.session

    session = botocore.session.Session()
    return session.get_service_model("iam").operation_model(OPERATION)


def stock(body: bytes) -> Any:
    """Return what botocore makes of a body, less what we leave out; where it refuses, why."""
    from botocore.handlers import json_decode_policies
    from botocore.parsers import QueryParser, ResponseParserError

    response = {"status_code": 200, "headers": {}, "body": body}
    try:
        parsed = QueryParser().parse(response, _model().output_shape)
        json_decode_policies(parsed, _model())
    except (ResponseParserError, *UNREADABLE) as error:
        return f"refused: {error}"
    return kept(parsed)


def kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kept(inner) for key, inner in value.items() if key not in LEFT_OUT}
    return [kept(inner) for inner in value] if isinstance(value, list) else value


@settings(max_examples=300, deadline=None)
@given(bodies())
def test_both_parsers_agree_on_every_page(body: bytes) -> None:
    found = parse(body)
    assert found is not None
    assert found == stock(body)


@settings(max_examples=300, deadline=None)
@given(bodies(), st.data())
def test_both_parsers_refuse_the_same_broken_pages(body: bytes, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(begin, min(len(body), begin + 40)))
    broken = data.draw(
        st.sampled_from(
            [
                body[:begin],
                body[:begin] + body[end:],
                body[:begin] + b"<\xff&" + body[begin:],
                body.replace(b"</member><member>", b""),
            ]
        )
    )
    found, told = parse(broken), stock(broken)
    # None leaves it to botocore; beyond that, only dates, which we do not read, may be minded by it alone.
    assert found is None or found == told or "timestamp" in told


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>log in</body></html>",
        b"\xff\xfe",
        f"<{OPERATION}Response></{OPERATION}Response>".encode(),
        f"<{OPERATION}Response><{OPERATION}Result>".encode(),
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&c;</x>',
    ],
)
def test_what_is_not_an_answer_is_left_to_botocore(body: bytes) -> None:
    assert parse(body) is None
    assert stock(body).startswith("refused")


@pytest.mark.parametrize("take_over", [True, False])
def test_with_and_without_the_hook_the_same_account_is_read(
    script: Script, connection: Connection, monkeypatch: pytest.MonkeyPatch, take_over: bool
) -> None:
    deny = quote(json.dumps({"Statement": [{"Effect": "Deny", "Resource": "é"}]}))
    if not take_over:
        monkeypatch.setattr(bulk_page, "parse", lambda body: None)
    script.say("GetAccountSummary", answer("GetAccountSummary"))
    own = [{"PolicyName": "own", "PolicyDocument": deny}]
    people = [user("a+b=c,d.e@f-g_h", ["devs"], UserPolicyList=own), user("bob", ["devs"], ["arn/x"])]
    script.say(OPERATION, details(people, [group("devs", GroupPolicyList=own), group("ops")], 1))
    live = connection.read(connection.identify())
    assert live.groups["devs"].members == {"a+b=c,d.e@f-g_h", "bob"}
    assert live.groups["devs"].inline == {"own": {"Statement": [{"Effect": "Deny", "Resource": "é"}]}}
    assert live.users["bob"].policies == {"arn/x"}


@pytest.mark.parametrize("levels", [900, 100_000])
def test_a_document_nested_without_sense_stays_text(
    script: Script, connection: Connection, levels: int
) -> None:
    deep = "[" * levels + "]" * levels
    script.say("GetAccountSummary", answer("GetAccountSummary"))
    own = [{"PolicyName": "own", "PolicyDocument": quote(deep)}]
    script.say(OPERATION, details([], [group("devs", GroupPolicyList=own)], 1))
    live = connection.read(connection.identify())
    assert live.groups["devs"].inline == {"own": quote(deep)}


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>log in</body></html>",
        "",
        f"<{OPERATION}Response><{OPERATION}",
        f"<{OPERATION}Response><{OPERATION}Result><GroupDetailList><member><GroupPolicyList><member>"
        "<PolicyDocument>a</PolicyDocument><PolicyDocument>a</PolicyDocument></member></GroupPolicyList>"
        f"</member></GroupDetailList></{OPERATION}Result></{OPERATION}Response>",
    ],
)
def test_a_broken_page_is_refused_by_botocore_itself(
    script: Script, connection: Connection, body: str
) -> None:
    script.say(OPERATION, (200, body))
    with pytest.raises(CallFailed) as failed:
        connection._transport.once(OPERATION, {"Filter": ["User"]})
    assert failed.value.failure is Failure.UNANSWERED


def test_the_hook_is_called_by_this_botocore(script: Script, connection: Connection) -> None:
    script.say(OPERATION, answer(OPERATION, xml({"IsTruncated": False})))
    told = connection._transport.clients.get("iam").get_account_authorization_details()
    assert told[PAGE] == {"IsTruncated": False} == page_of(told)


def test_a_page_of_policies_is_left_to_botocore() -> None:
    told = answer(OPERATION, "<Policies><member><Arn>arn</Arn></member></Policies>")
    assert told is not None
    assert parse(told[1].encode()) is None
