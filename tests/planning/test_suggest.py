"""Proposed groups give nobody anything new, fit IAM's quotas, and are the same for the same account."""

from hypothesis import given
from hypothesis import strategies as st

from iamgroups.planning.suggest import Suggestion, suggest
from iamgroups.state.live import Account, LiveGroup, LiveState, LiveUser

NAMES = [f"user{number}" for number in range(9)]
POLICIES = [f"arn:aws:iam::aws:policy/P{number}" for number in range(6)]
DENY = "arn:aws:iam::aws:policy/AWSDenyAll"


def account(direct: dict[str, list[str]], groups: dict[str, tuple[list[str], list[str]]]) -> LiveState:
    """Users as name -> ARNs held directly; groups as name -> (policies, members)."""
    return LiveState(
        Account("123456789012", "aws", "arn:aws:iam::123456789012:root"),
        {
            name: LiveGroup(name, "/", f"G{name}", name, frozenset(policies), frozenset(members), {})
            for name, (policies, members) in groups.items()
        },
        {name: LiveUser(name, "/", f"U{name}", name, frozenset(arns)) for name, arns in direct.items()},
    )


def held(live: LiveState, name: str) -> set[str]:
    """Return every policy somebody holds, from anywhere."""
    found = set(live.users[name].policies or ())
    for group in live.groups_of.get(name, ()):
        found |= live.groups[group].policies or frozenset()
    return found


def test_twenty_people_with_one_policy_are_one_group_named_after_it() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    live = account({f"user{number:02}": [arn] for number in range(20)}, {})
    (proposal,) = suggest(live).proposals
    assert (proposal.name, proposal.policies, len(proposal.members)) == ("s3-read-only", (arn,), 20)
    assert len(proposal.covers) == 20


def test_existing_groups_come_first() -> None:
    live = account({name: [POLICIES[0]] for name in NAMES}, {"p": (POLICIES[:1], ["user0"])})
    (proposal,) = suggest(live).proposals
    assert (proposal.name, proposal.exists, proposal.members) == ("p", True, tuple(NAMES[1:]))


def test_a_group_that_would_give_more_is_not_proposed() -> None:
    live = account({name: [POLICIES[0]] for name in NAMES}, {"p": (POLICIES[:2], ["user0"])})
    assert [proposal.exists for proposal in suggest(live).proposals] == [False]


def test_a_group_with_an_inline_policy_is_not_proposed() -> None:
    live = account({name: [POLICIES[0]] for name in NAMES}, {"p": (POLICIES[:1], [])})
    live.groups["p"].inline["more"] = {}  # type: ignore[index]
    assert [proposal.exists for proposal in suggest(live).proposals] == [False]


def test_privileged_policies_and_excluded_users_are_left_out_and_named() -> None:
    live = account(dict.fromkeys([*NAMES, "svc-build"], POLICIES[:2]), {})
    found = suggest(live, exclude=["SVC-*"], is_privileged=lambda arns: POLICIES[1] in arns)
    assert [proposal.policies for proposal in found.proposals] == [(POLICIES[0],)]
    assert (found.privileged, found.excluded) == ((POLICIES[1],), ("svc-build",))
    assert found.left == dict.fromkeys(NAMES, (POLICIES[1],))


def test_what_contains_a_person_is_never_moved_into_a_group() -> None:
    live = account({name: [DENY] for name in NAMES}, {})
    assert suggest(live).proposals == ()


def test_names_do_not_collide_with_groups_that_exist() -> None:
    live = account({name: [POLICIES[0]] for name in NAMES}, {"P0": ([], [])})
    assert [proposal.name for proposal in suggest(live).proposals] == ["p0-2"]


ACCOUNTS = st.builds(
    account,
    st.fixed_dictionaries({name: st.lists(st.sampled_from(POLICIES), unique=True) for name in NAMES}),
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.tuples(
            st.lists(st.sampled_from(POLICIES), unique=True), st.lists(st.sampled_from(NAMES), unique=True)
        ),
    ),
)


def applied(live: LiveState, found: Suggestion) -> LiveState:
    """Return the account after the proposals, with what they cover detached."""
    groups = {
        name: (set(group.policies or ()), set(group.members or ())) for name, group in live.groups.items()
    }
    for proposal in found.proposals:
        assert (proposal.name in groups) == proposal.exists
        groups.setdefault(proposal.name, (set(proposal.policies), set()))[1].update(proposal.members)
    gone = {pair for proposal in found.proposals for pair in proposal.covers}
    direct = {
        name: [arn for arn in user.policies or () if (name, arn) not in gone]
        for name, user in live.users.items()
    }
    return account(direct, {name: (list(p), list(m)) for name, (p, m) in groups.items()})


@given(ACCOUNTS, st.integers(1, 4), st.integers(0, 4))
def test_nobody_gains_or_loses_a_policy(live: LiveState, least: int, most: int) -> None:
    found = suggest(live, least_members=least, most_groups=most)
    assert found == suggest(live, least_members=least, most_groups=most)
    after = applied(live, found)
    assert {name: held(live, name) for name in NAMES} == {name: held(after, name) for name in NAMES}
    new = [proposal for proposal in found.proposals if not proposal.exists]
    assert len(new) <= most
    assert all(len(proposal.members) >= least for proposal in new)
    left = {name: set(arns) for name, arns in found.left.items()}
    assert {name: set(user.policies or ()) for name, user in after.users.items() if user.policies} == left
