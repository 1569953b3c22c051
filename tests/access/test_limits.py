"""The scopes that came and went are those of the whole, though only differing parts are looked into."""

from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.access.limits import Limits, Moved
from iamgroups.access.powers import DocumentPowers, Powers, Scoped, union, united
from iamgroups.access.scope import Scope

SCOPES = [Scope((f"arn:aws:s3:::{name}",)) for name in "abc"]
scoped = st.dictionaries(st.sampled_from(SCOPES), st.integers(1, 15), max_size=3)
documents = st.builds(DocumentPowers, allowed_in=scoped, denied_in=scoped)


def moved(before: Scoped, after: Scoped, wanted: int) -> Moved:
    scopes = before.keys() | after.keys()
    gone = union(before.get(scope, 0) & ~after.get(scope, 0) for scope in scopes)
    new = union(after.get(scope, 0) & ~before.get(scope, 0) for scope in scopes)
    return Moved(gone & wanted, new & wanted)


@settings(max_examples=300, deadline=None)
@given(
    pool=st.lists(documents, min_size=1, max_size=5),
    places=st.tuples(st.lists(st.integers(0, 4), max_size=4), st.lists(st.integers(0, 4), max_size=4)),
    wanted=st.integers(0, 15),
)
def test_what_differs_in_parts_is_what_differs_in_the_whole(
    pool: list[DocumentPowers], places: tuple[list[int], list[int]], wanted: int
) -> None:
    before, after = (Powers(tuple(pool[place % len(pool)] for place in each)) for each in places)
    old, new = united(before.parts), united(after.parts)
    allowed, denied = Limits(lambda part: part.allowed_in), Limits(lambda part: part.denied_in)
    for _ in range(2):
        assert allowed.moved(before, after, wanted) == moved(old.allowed_in, new.allowed_in, wanted)
        assert denied.moved(before, after, wanted) == moved(old.denied_in, new.denied_in, wanted)


def test_a_scope_hashes_by_its_values() -> None:
    assert hash(Scope(("a",))) == hash(Scope(("a",))) and Scope(("a",)) == Scope(("a",))
    assert len({Scope(("a",)), Scope(("a",)), Scope(("a",), ceiling=Scope(("b",)))}) == 2
