"""What every policy document must look like: its keys, and the types of their values.

Beside an unknown key no missing one is reported: most likely it is the same one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from iamgroups.policy.grammar.conditions import refuse_condition
from iamgroups.policy.grammar.refusal import Refusal, shown
from iamgroups.policy.statements import Place, Statement, as_list, located

VERSIONS = ("2012-10-17", "2008-10-17")
EFFECTS = ("Allow", "Deny")
PRINCIPALS = ("Principal", "NotPrincipal")
PATTERNS = ("Action", "NotAction", "Resource", "NotResource")
ELEMENTS = ("Sid", "Effect", *PRINCIPALS, *PATTERNS, "Condition")
TOP = ("Version", "Id", "Statement")


def refuse_syntax(document: dict[str, Any]) -> Iterator[Refusal]:
    """Yield what breaks the grammar."""
    unknown = [key for key in document if key not in TOP]
    yield from (_unknown(key, TOP, ()) for key in unknown)
    version = document.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        hint = f"did you mean {VERSIONS[0]!r}?"
        yield Refusal(f"Version must be {VERSIONS[0]}, not {shown(version)}", hint=hint, place=("Version",))
    if not isinstance(document.get("Id", ""), str):
        yield Refusal("Id must be a text", place=("Id",))
    if "Statement" not in document:
        if not unknown:
            yield Refusal("the document needs the key 'Statement'")
    elif document["Statement"] == []:
        yield Refusal("Statement must not be empty", place=("Statement",))
    for place, statement in located(document):
        if isinstance(statement, dict):
            yield from _statement(place, statement)
        else:
            yield Refusal("a statement must be an object", place=place)


def _statement(place: Place, statement: Statement) -> Iterator[Refusal]:
    unknown = [key for key in statement if key not in ELEMENTS]
    yield from (_unknown(key, ELEMENTS, place) for key in unknown)
    if "Effect" not in statement:
        if not unknown:
            yield Refusal("a statement needs the key 'Effect'", hint="Allow or Deny", place=place)
    elif str(statement["Effect"]).title() not in EFFECTS:
        message = f"Effect must be Allow or Deny, not {shown(statement['Effect'])}"
        yield Refusal(message, place=(*place, "Effect"))
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
        if one in statement and other in statement:
            message = f"a statement needs exactly one of {one} and {other}"
            yield Refusal(message, hint="remove one", place=place)
    for key in PATTERNS:
        yield from _texts(place, key, statement.get(key, []))
    if not isinstance(statement.get("Sid", ""), str):
        yield Refusal("Sid must be a text", place=(*place, "Sid"))
    for refusal in refuse_condition(statement.get("Condition", {})):
        yield refusal._replace(place=(*place, "Condition", *refusal.place))


def _texts(place: Place, key: str, value: Any) -> Iterator[Refusal]:
    """Refuse what is not a text or a list of texts; AWS takes null in a list of resources for nothing."""
    may_be_null = key in ("Resource", "NotResource") and isinstance(value, list)
    for index, item in enumerate(as_list(value)):
        if not isinstance(item, str) and not (item is None and may_be_null):
            below = (index,) if isinstance(value, list) else ()
            yield Refusal(f"{key} must be a text or a list of texts", place=(*place, key, *below))


def _unknown(key: str, known: tuple[str, ...], place: Place) -> Refusal:
    close = get_close_matches(key.title(), known, 1, 0.7)
    hint = f"did you mean {close[0]!r}?" if close else f"the keys here are {', '.join(known)}"
    return Refusal(f"unknown key {shown(key)}", hint=hint, place=place, key=key)
