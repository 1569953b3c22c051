"""What is measured: the accounts and what is done to them. Must not measure."""

from typing import NamedTuple

NEWCOMER_GROUPS = 2


class Size(NamedTuple):
    """An account. The last of its users is in no group: the one who is onboarded."""

    name: str
    groups: int
    users: int
    policies: int  # attached to each group
    memberships: int  # of each user


SMALL = Size("small", 10, 50, 3, 2)
MIDDLE = Size("middle", 100, 1000, 5, 5)
LARGE = Size("large", 300, 5000, 10, 8)
SIZES = {size.name: size for size in (SMALL, MIDDLE, LARGE)}
# 500 writes, which 20 a second take 25 s for.
THROTTLED = Size("throttled", 20, 201, 4, 2)
# The same 300 groups with more and more users: what is linear shows here.
LINEAR = tuple(Size(f"{users:,} users", 300, users, 10, 8) for users in (1000, 2500, 5000))


class Scenario(NamedTuple):
    """What is done. `account`: the emulator's account before; `config`: the declarations that are applied.

    Accounts: `full` is as `full` declares, `bare` has the users and nothing else. Declarations: `onboarding`
    is `full` with one person in two more groups. `snapshot`: the account is read from a file.
    """

    name: str
    title: str
    account: str
    config: str
    writes: bool = False
    asks: bool = True  # sends requests at all
    snapshot: bool = False


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("help", "--help", "full", "full", asks=False),
        Scenario("validate", "validate", "full", "full", asks=False),
        Scenario("explain", "explain from a snapshot", "full", "full", asks=False, snapshot=True),
        Scenario(
            "plan-live",
            "plan one onboarding from a snapshot",
            "full",
            "onboarding",
            asks=False,
            snapshot=True,
        ),
        Scenario("plan", "plan, nothing changed", "full", "full"),
        Scenario("drift", "drift", "full", "full"),
        Scenario("plan-one", "plan one onboarding, with Access", "full", "onboarding"),
        Scenario("apply-one", "apply one onboarding", "full", "onboarding", writes=True),
        Scenario("apply-all", "apply from nothing", "bare", "full", writes=True),
    )
}
