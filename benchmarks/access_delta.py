"""What a plan gives and takes in actions, in CPU time: `python -m benchmarks.access_delta REPEATS`.

Made-up people share job profiles, a set of groups each. The policies are AWS's own.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from statistics import median

from iamgroups import catalogue
from iamgroups.access import Access
from iamgroups.access.delta import AccessDelta, Differ
from iamgroups.errors import Position
from iamgroups.sandbox.aws_managed import aws_managed_policies
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser

PEOPLE, GROUPS, PROFILES = 5000, 300, 120
OF_GROUP, OF_PROFILE, WITH_OWN_POLICY = 10, 8, 0.1
Shape = tuple[LiveState, Sequence[Change]]


def account() -> LiveState:
    """Return the account that is measured."""
    random = Random(0)
    policies = {
        policy.arn: LivePolicy(policy.arn, document=policy.versions[-1].document)
        for policy in aws_managed_policies().values()
        if policy.path == "/"
    }
    arns = sorted(policies)
    groups = {f"group-{number:04}": frozenset(random.sample(arns, OF_GROUP)) for number in range(GROUPS)}
    profiles = [random.sample(sorted(groups), OF_PROFILE) for _ in range(PROFILES)]
    members: dict[str, set[str]] = {name: set() for name in groups}
    users = {}
    for number in range(PEOPLE):
        name = f"user-{number:05}"
        own = frozenset(random.sample(arns, random.random() < WITH_OWN_POLICY))
        users[name] = LiveUser(name, "/", f"AIDA{number:05}", f"arn:aws:iam::123456789012:user/{name}", own)
        for group in random.choice(profiles):
            members[group].add(name)
    return LiveState(
        Account("123456789012", "aws", "arn:aws:iam::123456789012:user/deployer"),
        {name: LiveGroup(name, "/", "", "", held, frozenset(members[name])) for name, held in groups.items()},
        users,
        policies,
    )


def shapes(live: LiveState) -> Mapping[str, Shape]:
    """Return name -> an account and what changes. Each membership has a line of its own, as in files."""
    arns, groups = sorted(live.policies), [*live.groups.values()]
    first = max(groups, key=lambda group: len(group.members or ()))
    last = min(groups, key=lambda group: len(group.members or ()))
    bare = LiveState(live.account, {}, live.users, live.policies)
    return {
        "one group gains a policy": (live, [_attach(first, arns, 0)]),
        "everybody joins a group": (live, list(_join(last, live.users.keys() - (last.members or ())))),
        "every group swaps a policy": (
            live,
            [change for seed, group in enumerate(groups) for change in _swap(group, arns, seed)],
        ),
        "an empty account is filled": (bare, [change for group in groups for change in _fill(group)]),
        "every direct policy is detached": (
            live,
            [
                Change("delete", Direct(user.name, arn))
                for user in live.users.values()
                for arn in user.policies or ()
            ],
        ),
    }


def _attach(group: LiveGroup, arns: Sequence[str], seed: int) -> Change:
    new = Random(seed).choice([arn for arn in arns if arn not in (group.policies or ())])
    return Change("create", Attachment(group.name, new))


def _swap(group: LiveGroup, arns: Sequence[str], seed: int) -> Iterator[Change]:
    yield _attach(group, arns, seed)
    yield Change("delete", Attachment(group.name, min(group.policies or ())))


def _join(group: LiveGroup, users: Iterable[str]) -> Iterator[Change]:
    for number, user in enumerate(sorted(users), start=1):
        yield Change("create", Membership(group.name, user), Position(f"{group.name}.yaml", number, 9))


def _fill(group: LiveGroup) -> Iterator[Change]:
    yield Change("create", GroupFact(group.name, "/"))
    yield from (Change("create", Attachment(group.name, arn)) for arn in sorted(group.policies or ()))
    yield from _join(group, group.members or frozenset())


def measured(shape: Shape, repeats: int) -> tuple[Sequence[float], AccessDelta]:
    """Return the CPU seconds of each run, and what was found. Nothing is kept from one run for the next."""
    live, changes = shape
    seconds = []
    for _ in range(repeats):
        started = time.process_time()
        found = Differ(catalogue.load()).delta(Access(live, changes))
        seconds.append(time.process_time() - started)
    return seconds, found


def main(repeats: int) -> None:
    """Print a Markdown table."""
    catalogue.load()  # the first time makes the copy that later runs read
    live = account()
    print(f"{len(live.users):,} people, {len(live.groups)} groups, {PROFILES} job profiles\n")
    print("| | changes | CPU, s (spread) | rows |\n" + "|---" * 4 + "|")
    for name, shape in shapes(live).items():
        seconds, found = measured(shape, repeats)
        spread = f"{median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f}, n={repeats})"
        print(f"| {name} | {len(shape[1]):,} | {spread} | {len(found.rows):,} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
