"""A seeded account for `import --suggest`, and how much of it the proposed groups cover.

python -m benchmarks.role_mining [SEED ...]
"""

import resource
import sys
import time
from random import Random

from iamgroups.planning.suggest import suggest
from iamgroups.state.live import Account, LiveState, LiveUser

PEOPLE, POLICIES, ROLES = 5_000, 80, 40
FLIPPED = 0.02  # of the pairs of a person and a policy that their roles give
SEEDS = (1, 2, 3, 4)


def account(seed: int, flipped: float = FLIPPED) -> LiveState:
    """Return people of one to three of 40 roles, everything attached directly, some pairs flipped."""
    random = Random(seed)
    arns = [f"arn:aws:iam::123456789012:policy/p{number:02}" for number in range(POLICIES)]
    weights = [1 / rank for rank in range(1, POLICIES + 1)]
    roles = [_drawn(random, arns, weights, random.randint(2, 8)) for _ in range(ROLES)]
    popularity = [1 / rank for rank in range(1, ROLES + 1)]
    users = {}
    for number in range(PEOPLE):
        numbers = [str(index) for index in range(ROLES)]
        held = {
            arn
            for role in _drawn(random, numbers, popularity, random.randint(1, 3))
            for arn in roles[int(role)]
        }
        for arn in sorted(held):
            if random.random() < flipped:
                held.symmetric_difference_update({arn, random.choice(arns)})
        name = f"user{number:04}"
        users[name] = LiveUser(name, "/", f"AIDA{number}", f"arn:aws:iam::1:user/{name}", frozenset(held))
    return LiveState(Account("123456789012", "aws", "arn:aws:iam::123456789012:root"), {}, users)


def _drawn(random: Random, values: list[str], weights: list[float], number: int) -> set[str]:
    found: set[str] = set()
    while len(found) < number:
        found.update(random.choices(values, weights))
    return found


def main(seeds: list[int]) -> None:
    """Print a line for each seed."""
    for seed in seeds or SEEDS:
        live = account(seed)
        pairs = sum(len(user.policies or ()) for user in live.users.values())
        start = time.process_time()
        found = suggest(live, most_groups=50)
        spent = time.process_time() - start
        covered = sum(len(proposal.covers) for proposal in found.proposals)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"seed {seed}: {len(found.proposals)} groups cover {covered:,} of {pairs:,} pairs "
            f"({covered / pairs:.1%}) in {spent:.1f} s of CPU; peak {peak:.0f} MB"
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
