"""Who holds a policy, in words."""

from collections.abc import Collection, Iterator

from iamgroups.state.live import LiveState
from iamgroups.state.nouns import count


def who_holds(arn: str, number: int | None, live: LiveState, released: Collection[str] = ()) -> str:
    """Return `group devs and 2 roles or permissions boundaries hold it`.

    `number` is IAM's own count of those that hold it, None when not read; `released` are `group/G` and
    `user/U` that do not count.
    """
    known = [who for who in _holders(arn, live) if who not in released]
    parts = [who.replace("/", " ", 1) for who in known]
    if number is None:
        parts.append("an unknown number of roles")
    elif number > len(known):
        others = ("role or permissions boundary", "roles or permissions boundaries")
        unread = ("other", "others")
        parts.append(count(number - len(known), *(unread if live.denied else others)))
    several = len(parts) > 1 or number is None or number > 1
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]])) or "nothing"
    return f"{listed} {'hold' if several else 'holds'} it"


def _holders(arn: str, live: LiveState) -> Iterator[str]:
    for _, group in sorted(live.groups.items()):
        if arn in (group.policies or ()):
            yield f"group/{group.name}"
    for _, user in sorted(live.users.items()):
        if arn in (user.policies or ()):
            yield f"user/{user.name}"
