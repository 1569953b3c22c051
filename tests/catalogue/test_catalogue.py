import json
from pathlib import Path

import pytest

from iamgroups.catalogue import Catalogue
from iamgroups.catalogue.actions import places
from iamgroups.catalogue.cache import load as read


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "iamgroups"


@pytest.fixture(scope="module")
def loaded() -> Catalogue:
    return read()


def copy_in(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_the_copy_equals_what_it_was_made_from(cache: Path) -> None:
    first = read()
    copy_in(cache)
    assert read() == first


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"names": []}', '{"version": "1", "date": "x", "names": 1, "levels": 2, "types": 3}'],
)
def test_a_damaged_copy_is_made_again(cache: Path, damage: str) -> None:
    first = read()
    path = copy_in(cache)
    path.write_text(damage)
    assert read() == first
    assert json.loads(path.read_text())["date"] == first.date


@pytest.mark.parametrize(
    ("key", "value"), [("levels", [9]), ("types", [[-1]]), ("names", ["a:b"]), ("date", 1)]
)
def test_a_copy_that_cannot_be_right_is_made_again(cache: Path, key: str, value: object) -> None:
    first = read()
    path = copy_in(cache)
    content = json.loads(path.read_text())
    content[key] = [*value, *content[key][len(value) :]] if isinstance(value, list) else value
    path.write_text(json.dumps(content))
    if key == "names":
        content[key].reverse()
        path.write_text(json.dumps(content))
    assert read() == first


def test_a_folder_that_cannot_be_written_only_costs_time(cache: Path) -> None:
    cache.parent.joinpath("iamgroups").write_text("a file where the folder should be")
    assert read().find("s3:PutObject") is not None


def test_actions_are_found_ignoring_case_and_have_a_level(loaded: Catalogue) -> None:
    place = loaded.find("S3:putobject")
    assert place is not None and loaded.names[place] == "s3:PutObject"
    assert loaded.level("s3:putobject") == "Write"
    assert loaded.level("s3:PutBucketPolicy") == "Permissions management"
    assert loaded.level("s3:NoSuchAction") == ""
    assert loaded.close_to("s3:PutObjct")[0] == "s3:PutObject"


def test_a_pattern_is_a_set_of_actions(loaded: Catalogue) -> None:
    assert loaded.mask("*") == loaded.everything
    assert set(loaded.listed(loaded.mask("iam:*LoginProfile"))) == {
        "iam:CreateLoginProfile",
        "iam:DeleteLoginProfile",
        "iam:GetLoginProfile",
        "iam:UpdateLoginProfile",
    }
    assert list(loaded.listed(loaded.mask("IAM:getuse?"))) == ["iam:GetUser"]
    assert loaded.by_service(loaded.mask("s3:*")) == {"s3": loaded.mask("s3:*").bit_count()}
    assert loaded.mask("nosuch:*") == 0


@pytest.mark.parametrize(
    "pattern", ["s3:*", "s3:Get*", "*:get*", "ec2:*e*", "s3:GetObject", "iam:Get?ser", "s3*"]
)
def test_a_pattern_includes_what_the_evaluation_says(loaded: Catalogue, pattern: str) -> None:
    from iamgroups.policy.actions import action_matches

    slow = {place for place, name in enumerate(loaded.names) if action_matches(pattern, name) is not False}
    assert set(places(loaded.mask(pattern))) == slow


def test_the_resources_of_an_action_are_known(loaded: Catalogue) -> None:
    assert loaded.templates_of("iam:ListUsers") == ()
    assert "arn:${Partition}:s3:::${BucketName}" in (loaded.templates_of("s3:ListBucket") or ())
    assert loaded.templates_of("s3:NoSuchAction") is None
