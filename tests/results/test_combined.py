"""One exit code, one digest and one text for accounts that come to the same."""

from hashlib import sha256

import pytest

from iamgroups.results.combined import Combined, OneAccount


def run(*codes: int, wrote: int = 0) -> Combined:
    """Return a run of accounts with these exit codes, the first few of which were written to."""
    return Combined(
        "apply",
        tuple(OneAccount(f"r{i}", f"{i:012}", code, "", wrote=i < wrote) for i, code in enumerate(codes)),
    )


@pytest.mark.parametrize(
    ("codes", "wrote", "expected"),
    [
        ((0, 0), 2, 0),
        ((0, 2), 0, 2),
        ((2, 3, 0), 0, 3),
        ((3, 1, 2), 0, 1),
        ((1, 4, 3), 0, 4),
        ((0, 4), 1, 5),
        ((0, 3), 1, 5),
        ((0, 2), 1, 2),
        ((4, 5, 0), 0, 5),
        ((5, 130, 4), 1, 130),
    ],
)
def test_the_exit_code_is_the_gravest_and_tells_when_some_were_written(
    codes: tuple[int, ...], wrote: int, expected: int
) -> None:
    assert run(*codes, wrote=wrote).exit_code == expected


def test_the_digest_is_of_the_sorted_digests_and_needs_all_of_them() -> None:
    accounts = [OneAccount("r", "1" * 12, 0, "", digest=digest) for digest in ("b", "a")]
    expected = sha256(b"a\nb").hexdigest()
    assert Combined("plan", tuple(accounts)).digest == expected
    assert Combined("plan", tuple(reversed(accounts))).digest == expected
    assert Combined("plan", (*accounts, OneAccount("r", "", 1, ""))).digest == ""
    assert Combined("plan", ()).digest == ""


def test_accounts_whose_plans_differ_in_names_of_the_account_alone_are_alike() -> None:
    accounts = [
        OneAccount(
            f"{name}.yaml",
            number * 12,
            2,
            "1 change",
            f"arn:aws:iam::{number * 12}:user/ann\n+ bob  {line}\nDigest {number}d\n",
            digest=f"{number}d",
        )
        for name, number, line in (("a", "1", "x:1"), ("b", "2", "y:1"), ("c", "3", "x:1"))
    ]
    found = Combined("plan", tuple(accounts)).alike
    assert [[one.root for one in same] for same in found] == [["a.yaml", "c.yaml"], ["b.yaml"]]


def test_a_root_whose_name_is_in_a_groups_name_hides_no_difference() -> None:
    def account(root: str, number: str, group: str) -> OneAccount:
        return OneAccount(root, number * 12, 2, "1 change", f"+ member bob in {group}  {root}/x.yaml:3\n")

    differ = Combined("plan", (account("prod", "1", "prod-admins"), account("test", "2", "test-admins")))
    assert len(differ.alike) == 2
    same = Combined("plan", (account("prod", "1", "admins"), account("test", "2", "admins")))
    assert len(same.alike) == 1


def test_one_failure_of_many_accounts_is_one_outcome() -> None:
    def denied(number: str) -> OneAccount:
        return OneAccount(f"r{number}", number * 12, 1, f"role/x in {number * 12} cannot be assumed")

    combined = Combined("plan", (denied("1"), denied("2"), OneAccount("r3", "3" * 12, 1, "3" * 12)))
    assert [(says, len(same)) for says, same in combined.outcomes.items()] == [
        ("role/x in … cannot be assumed", 2),
        ("3" * 12, 1),
    ]


def test_an_account_with_nothing_to_say_is_a_row_and_no_text() -> None:
    quiet = OneAccount("a", "1" * 12, 0, "no changes", "No changes.\n")
    combined = Combined("plan", (quiet, OneAccount("b", "", 1, "broken"), quiet._replace(root="c")))
    assert combined.alike == []
    assert [(says, len(same)) for says, same in combined.outcomes.items()] == [
        ("no changes", 2),
        ("broken", 1),
    ]
