"""Each kind of fact has its place wherever all of them are listed."""

from typing import get_args

from iamgroups.planning.order.arrange import RANKS
from iamgroups.render.json import KINDS
from iamgroups.render.wording import NOUNS
from iamgroups.state import Fact, InlineUser


def test_every_kind_that_a_plan_can_change_has_a_rank_a_noun_and_a_name_in_json() -> None:
    # Inline policies of users are only ever reported.
    changed = set(get_args(Fact)) - {InlineUser}
    assert {kind for kind, _ in RANKS} == changed
    assert set(NOUNS) == changed
    assert set(KINDS.values()) == changed
