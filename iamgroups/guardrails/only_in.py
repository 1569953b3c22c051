"""only_in: policies that only the groups named may hold. Must not mind one that a plan takes away."""

from collections.abc import Iterator

from iamgroups.guardrails.holdings import Ban, held_against, unread
from iamgroups.guardrails.patterns import named
from iamgroups.guardrails.situation import Situation
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import listed
from iamgroups.planning import Finding
from iamgroups.state.config import NamePattern

RULE = "only_in"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield a finding for every other group that holds, or would hold, such a policy."""
    rules = situation.config.guardrails.only_in
    for pattern, groups in rules.items():
        yield from held_against(_ban(pattern, groups), situation)
    for pattern in list(rules)[:1]:
        yield from unread(RULE, situation, pattern.position)


def _ban(pattern: NamePattern, groups: tuple[NamePattern, ...]) -> Ban:
    def excused(group: GroupView) -> bool:
        return any(named(wanted.pattern, group.names) for wanted in groups)

    places = listed(wanted.pattern for wanted in groups)
    words = f"which belongs in {places} only" if places else "which belongs in no group"
    return Ban(RULE, pattern, words, excused)
