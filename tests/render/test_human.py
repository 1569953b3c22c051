"""What a reviewer reads on a terminal."""

import json
import re
from dataclasses import replace

from iamgroups.access.effects import PersonEffect
from iamgroups.planning.note import Note
from iamgroups.planning.plan import Plan
from iamgroups.render import Look, human, markdown, wording
from iamgroups.render import json as as_json
from iamgroups.results.review import Review
from iamgroups.state import Membership, PolicyFact
from iamgroups.state.change import Change

from .golden import matches
from .samples import ACCOUNT, CREATED, many, mixed


def test_a_plan_reads_group_by_group_then_person_by_person() -> None:
    matches("plan.txt", human.plan(mixed()))


def test_a_new_version_shows_how_its_document_differs() -> None:
    was = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}'
    now = was.replace('"s3:Get*"', '["s3:get*","s3:PutObject"]').replace('"Allow"', '"Deny"')
    tool = PolicyFact("tool", "/", "arn:aws:iam::123456789012:policy/tool", now)
    change = Change("update", tool, before=replace(tool, document=was))
    review = Review(Plan(ACCOUNT, "c" * 64, changes=(change,)), CREATED)
    text = human.plan(review)
    assert '    - Statement[0].Effect: "Allow"\n' in text
    assert '    + Statement[0].Effect: "Deny"\n' in text
    assert '"s3:PutObject"' in text
    assert "Effect" in markdown.plan(review)
    broken = replace(change, before=replace(tool, document="{"))
    assert "not JSON" in human.plan(replace(review, plan=replace(review.plan, changes=(broken,))))


def test_an_empty_plan_says_that_nothing_is_to_be_done() -> None:
    text = human.plan(Review(Plan(ACCOUNT, "c" * 64), CREATED))
    assert text.splitlines()[-1] == "No changes: the account is what the configuration says."


def test_a_part_says_so_and_claims_nothing_of_the_rest() -> None:
    empty = Review(Plan(ACCOUNT, "c" * 64, only="groups a, b"), CREATED)
    text = human.plan(empty).splitlines()
    assert text[1] == "Only groups a, b: whatever else differs is left out"
    assert text[-1] == "No changes to groups a, b."
    full = human.plan(replace(mixed(), plan=replace(mixed().plan, only="what has expired")))
    assert full.splitlines()[1] == "Only what has expired: whatever else differs is left out"


def test_the_first_line_names_an_endpoint_that_is_not_aws() -> None:
    there = replace(ACCOUNT, endpoint="http://127.0.0.1:5000")
    first = human.plan(Review(Plan(there, "c" * 64), CREATED)).splitlines()[0]
    assert first == (
        "Account 123456789012 as arn:aws:iam::123456789012:user/deployer at http://127.0.0.1:5000 (not AWS)"
    )


def test_five_thousand_changes_are_collapsed_with_counts() -> None:
    text = human.plan(many(groups=5, members=999))
    assert len(text.splitlines()) < 120
    assert text.count("+ 989 more members") == 5
    assert "+5 groups, +4,995 members" in text
    assert "user-00000, user-00001" in text and "and 989 more: gain aws:ViewOnlyAccess" in text


def test_many_groups_are_collapsed_to_a_line_of_counts_each() -> None:
    text = human.plan(many(groups=300, members=17))
    assert len(text.splitlines()) < 700
    assert text.count("+ 17 members") == 300


def test_many_people_with_an_effect_of_their_own_are_counted_those_who_lose_first() -> None:
    effects = tuple(PersonEffect(f"user-{n:04}", (f"arn:aws:iam::aws:policy/P{n}",), ()) for n in range(1000))
    loser = PersonEffect("zoe", (), ("arn:aws:iam::aws:policy/Q",))
    review = replace(many(groups=5, members=999), effects=(*effects, loser))
    text = human.plan(review)
    assert "  zoe: loses aws:Q\n" in text
    assert "  and 901 more people\n" in text
    assert human.plan(review, Look(full=True)).count(": gains aws:P") == 1000


HINT = "Cut short: `iamgroups plan -v` (or `show FILE -v`) lists every change, person and note"


def test_a_plan_that_is_cut_short_says_last_how_to_see_the_rest() -> None:
    collapsed = [many(groups=60, members=40), many(groups=5, members=999)]
    notes = tuple(Note("uncovered-direct", f"direct/u{n}/aws:X", f"u{n} holds aws:X") for n in range(11))
    noted = Review(Plan(ACCOUNT, "c" * 64, notes=notes), CREATED)
    for review in (*collapsed, noted):
        assert human.plan(review).splitlines()[-1].startswith(HINT)
        assert markdown.plan(review).count("`iamgroups plan -v`") == 1
        full = human.plan(review, Look(full=True))
        assert "Cut short" not in full and " more" not in full
    assert "Cut short" not in human.plan(mixed()) + markdown.plan(mixed())


def test_people_alone_may_be_what_is_cut_short() -> None:
    changes = many(groups=201, members=1).plan.changes
    effects = tuple(PersonEffect(f"user-{n:04}", (f"arn:aws:iam::aws:policy/P{n}",), ()) for n in range(101))
    review = Review(Plan(ACCOUNT, "c" * 64, changes), CREATED, effects=effects)
    assert "  + 1 member" not in human.plan(review)
    assert human.plan(review).splitlines()[-1].startswith(HINT)
    few = replace(review, effects=effects[:100])
    assert "Cut short" not in human.plan(few)


def test_full_lists_every_change() -> None:
    text = human.plan(many(groups=5, members=999), Look(full=True))
    assert text.count("+ member ") == 4995


def test_notes_of_one_kind_are_collapsed() -> None:
    notes = tuple(Note("uncovered-direct", f"direct/u{n}/aws:X", f"u{n} holds aws:X") for n in range(3000))
    text = human.plan(Review(Plan(ACCOUNT, "c" * 64, notes=notes), CREATED))
    assert "and 2,990 more of this kind (uncovered-direct)" in text
    assert len(text.splitlines()) < 20


def test_what_no_file_declares_is_one_line_and_with_v_500_people_are_all_named() -> None:
    notes = tuple(
        Note("undeclared-direct", f"direct/u{n}/aws:X", f"u{n} holds aws:X", reported=True, accepted=n < 100)
        for n in range(500)
    )
    review = Review(Plan(ACCOUNT, "c" * 64, notes=notes), CREATED)
    line = "No file declares, and the plan leaves alone: 500 direct policies (100 accepted)"
    for text in (human.plan(review), markdown.plan(review)):
        assert line in text and "u7 holds" not in text
    full = human.plan(review, Look(full=True))
    assert all(f"u{n} holds aws:X" in full for n in range(500))
    assert len(json.loads(as_json.plan(review))["notes"]) == 500


def test_control_characters_in_free_text_are_made_visible() -> None:
    evil = "x\x1b[2J\r\n+ member root\u202e\u2028\x9b31m"
    text = human.plan(mixed((Change("create", Membership("g", "u"), None, evil),)))
    assert "\x1b" not in text and "\u202e" not in text and "\x9b" not in text and "\r" not in text
    assert r"x\x1b[2J\r\n+ member root\u202e\u2028\x9b31m" in text


def test_colour_follows_the_symbol_and_changes_no_text() -> None:
    plain, colored = human.plan(mixed()), human.plan(mixed(), Look(color=True))
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
    assert any(line.startswith("\x1b[31m") and "- member zoe" in line for line in colored.splitlines())


def test_a_long_line_is_wrapped_between_words_and_each_part_has_its_colour() -> None:
    plain, wrapped = human.plan(mixed()), human.plan(mixed(), Look(width=40))
    assert max(map(len, plain.splitlines())) > 60
    assert wrapped.split() == plain.split()
    assert all(len(line) <= 40 or len(line.split()) == 1 for line in wrapped.splitlines())
    colored = human.plan(mixed(), Look(color=True, width=40))
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == wrapped


def test_what_somebody_loses_is_red_among_what_they_gain() -> None:
    effect = PersonEffect("ann", ("arn:aws:iam::aws:policy/A",), ("arn:aws:iam::aws:policy/B",))
    review = Review(
        Plan(ACCOUNT, "c" * 64, many(groups=1, members=1).plan.changes), CREATED, effects=(effect,)
    )
    assert "  ann: gains aws:A; \x1b[31mloses aws:B\x1b[0m\n" in human.plan(review, Look(color=True))


def test_names_are_in_the_order_in_which_people_count() -> None:
    users = ["dev10", "dev2", "Dev1", "dev"]
    changes = tuple(Change("create", Membership(group, user)) for group in ("g10", "g9") for user in users)
    effects = tuple(PersonEffect(user, ("arn:aws:iam::aws:policy/" + user,), ()) for user in users)
    text = human.plan(Review(Plan(ACCOUNT, "c" * 64, changes), CREATED, effects=effects))
    assert text.index("  g9\n") < text.index("  g10\n")
    assert re.findall(r"\+ member (\w+)", text) == ["dev", "Dev1", "dev2", "dev10"] * 2
    assert re.findall(r"  (\w+): gains", text) == ["dev", "Dev1", "dev2", "dev10"]


def test_policies_are_told_by_name_and_numbers_as_people_count() -> None:
    arns = [f"arn:aws:iam::aws:policy/{name}" for name in ("AWSb10", "AWSb9", "Amazon", "job-function/Aa")]
    assert wording.policies(arns) == "aws:Aa, aws:Amazon, aws:AWSb9, aws:AWSb10"
