"""The table of proposed groups, and what remains."""

from iamgroups.planning.suggest import Proposal, Suggestion
from iamgroups.render.suggestion_lines import lines

READ, ADMIN = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess"


def test_a_table_of_groups_is_followed_by_what_remains() -> None:
    people = tuple(f"user{number}" for number in range(7))
    found = Suggestion(
        (
            Proposal(
                "readers", (READ,), people[:3], frozenset((name, READ) for name in people[:2]), exists=True
            ),
            Proposal("administrator", (ADMIN,), people[:3], frozenset((name, ADMIN) for name in people[:3])),
        ),
        left=dict.fromkeys(people, (READ,)),
    )
    assert list(lines(found, {"administrator": "administrator"}, 5)) == [
        "Group           People   Replaces   Policies",
        "readers             +3          2   aws:ReadOnlyAccess (exists)",
        "administrator        3          3   aws:AdministratorAccess (privileged: administrator)",
        "The first plan takes away 5 direct policies that groups give. 7 remain.",
        "  aws:ReadOnlyAccess: user0, user1, user2, user3, user4 and 2 more",
        "IAM does not say which users are people. "
        "Leave programs out with --exclude, such as --exclude 'svc-*'.",
    ]


def test_nothing_to_propose_is_said() -> None:
    assert list(lines(Suggestion((), left={}, excluded=("svc-build",)), {}, 0)) == [
        "No group is proposed: too few people hold the same policies directly.",
        "The first plan takes away 0 direct policies that groups give. 0 remain.",
        "Left out by --exclude: svc-build.",
    ]
