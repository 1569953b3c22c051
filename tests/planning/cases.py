"""Random pairs of an account and a configuration, small enough to walk every order."""

from datetime import timedelta

from hypothesis import strategies as st

from iamgroups.state.config import Config, GroupDecl, Member, Moved, Removed
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, at, config, group, live

USERS = ("ann", "bob", "cyd")
GROUPS = ("g1", "g2", "g3")
POLICIES = ("local:P1", "local:P2", "local:P3")
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
DOCUMENTS = {"local:P1": ALLOW, "local:P2": ALLOW, "local:P3": DENY}
APART = frozenset({"g1", "g2"})

Case = tuple[Config, LiveState]


def some(of: tuple[str, ...], most: int | None = None) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True, max_size=most)


@st.composite
def cases(draw: st.DrawFn, tight: bool = False) -> Case:
    """Draw an account of up to three groups, users and policies, and a configuration for it.

    `tight` accounts allow two policies a group, two groups a user and three groups.
    """
    two = 2 if tight else None
    there = draw(st.dictionaries(st.sampled_from(GROUPS), st.tuples(some(USERS), some(POLICIES, two))))
    if tight:
        there = {
            name: ([u for u in users if _room(there, name, u)], arns) for name, (users, arns) in there.items()
        }
    direct = draw(st.dictionaries(st.sampled_from(USERS), some(POLICIES), max_size=2))
    limits = {"AttachedPoliciesPerGroupQuota": 2, "GroupsPerUserQuota": 2, "GroupsQuota": 3} if tight else {}
    account = live(there, direct, USERS, POLICIES, documents=DOCUMENTS, quotas=limits)
    names = draw(some(GROUPS))
    declared = [draw(declarations(name)) for name in names]
    free = [name for name in GROUPS if name not in names]
    removed = draw(some(tuple(free), 1)) if free else []
    moved = ()
    sources = [name for name in free if name not in removed]
    if names and sources and names[0] not in there and draw(st.booleans()):
        moved = (Moved(draw(st.sampled_from(sources)), names[0], at(3)),)
    return (
        config(
            *declared,
            settings={"direct_policies": draw(st.sampled_from(["ignore", "detach_covered", "detach_all"]))},
            removed=tuple(Removed("group", name, at(4)) for name in removed),
            moved=moved,
            conflicts=draw(st.sampled_from([(), (tuple(sorted(APART)),)])),
        ),
        account,
    )


def _room(there: dict[str, tuple[list[str], list[str]]], name: str, user: str) -> bool:
    """A user of a tight account is in at most two groups: not in the last of three."""
    return name != GROUPS[-1] or sum(user in users for users, _ in there.values()) <= 2


CROWD = ("g1", "g2", "g3", "g4", "g5")


@st.composite
def crowded(draw: st.DrawFn) -> Case:
    """Draw two users in five groups where two or three groups a user is the most, with duties kept apart."""
    most = draw(st.sampled_from([2, 3]))
    there = {name: (draw(some(USERS[:2])), draw(some(POLICIES, 2))) for name in draw(some(CROWD))}
    for user in USERS[:2]:
        for name in [name for name, (members, _) in there.items() if user in members][most:]:
            there[name][0].remove(user)
    limits = {
        "GroupsPerUserQuota": most,
        "AttachedPoliciesPerGroupQuota": 2,
        "GroupsQuota": draw(st.sampled_from([len(there), 9])),
    }
    direct = draw(st.dictionaries(st.sampled_from(USERS[:2]), some(POLICIES), max_size=1))
    account = live(there, direct, USERS[:2], POLICIES, documents=DOCUMENTS, quotas=limits)
    names = draw(some(CROWD))
    free = [name for name in CROWD if name not in names]
    removed = draw(some(tuple(free))) if free else []
    sources = [name for name in free if name not in removed]
    targets = [name for name in names if name not in there]
    moves = sources and targets and draw(st.booleans())
    pairs = st.permutations(CROWD).map(lambda drawn: tuple(drawn[:2]))
    return (
        config(
            *(draw(declarations(name, USERS[:2])) for name in names),
            settings={"direct_policies": draw(st.sampled_from(["ignore", "detach_covered", "detach_all"]))},
            removed=tuple(Removed("group", name, at(4)) for name in removed),
            moved=(Moved(draw(st.sampled_from(sources)), draw(st.sampled_from(targets)), at(3)),)
            if moves
            else (),
            conflicts=draw(st.lists(pairs, max_size=2)),
        ),
        account,
    )


@st.composite
def declarations(draw: st.DrawFn, name: str, users: tuple[str, ...] = USERS) -> GroupDecl:
    members = draw(st.none() | some(users))
    expiring = draw(some(users, 1))
    last = draw(st.sampled_from([TODAY, TODAY - timedelta(days=1)]))
    return group(
        name,
        None if members is None else [Member(m, at(9), last) if m in expiring else m for m in members],
        draw(st.none() | some(POLICIES)),
        membership=draw(st.sampled_from(["exclusive", "additive"])),
    )
