"""Which policy documents AWS accepts: every refusal, in the order in which AWS looks for them.

The order and the answers were recorded from AWS by the authors of moto, https://github.com/getmoto/moto
(tests/test_iam/test_iam_policies.py). Where nobody recorded AWS, we refuse what the grammar leaves out:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

from iamgroups.policy.grammar.conditions import refuse_dates
from iamgroups.policy.grammar.refusal import LEGACY, Refusal, shown
from iamgroups.policy.grammar.resources import refuse_resource
from iamgroups.policy.grammar.syntax import EFFECTS, ELEMENTS, PRINCIPALS, TOP, VERSIONS, refuse_syntax
from iamgroups.policy.size import MAX_DEPTH, depth
from iamgroups.policy.statements import Place, Statement, located, located_texts

# Where a document goes: a managed policy, an inline policy, the trust policy of a role.
DocumentKind = Literal["managed", "inline", "trust"]

_SID = re.compile("[0-9A-Za-z]*", re.ASCII)
_SERVICE = re.compile("[0-9A-Za-z.-]+", re.ASCII)


class Subject(NamedTuple):
    """A document that is judged, for an account in `partition`."""

    document: dict[str, Any]
    kind: DocumentKind
    partition: str | None

    def statements(self) -> Iterator[tuple[Place, Statement]]:
        """Yield each statement that is an object, with its place."""
        return ((place, found) for place, found in located(self.document) if isinstance(found, dict))


def refusals(document: Any, kind: DocumentKind = "managed", partition: str | None = None) -> list[Refusal]:
    """Return all that AWS refuses about a document, what AWS would answer first.

    Args:
        document: what `json.loads` gives for the text as it is sent.
        kind: where the document goes.
        partition: that of the account, None where it is not known.

    """
    if depth(document) > MAX_DEPTH:
        return [Refusal(f"nested more than {MAX_DEPTH} levels deep")]
    if not isinstance(document, dict):
        hint = 'write {"Version": "2012-10-17", "Statement": [...]}'
        return [Refusal("a policy document must be an object", hint=hint)]
    subject = Subject(document, kind, partition)
    return [refusal for check in CHECKS for refusal in check(subject)]


def _syntax(subject: Subject) -> Iterator[Refusal]:
    return refuse_syntax(subject.document)


def _version(subject: Subject) -> Iterator[Refusal]:
    """Refuse in a managed policy the version without variables."""
    if subject.kind != "managed":
        return
    answer = f"Policy document must be version {VERSIONS[0]} or greater."
    hint = f'add "Version": "{VERSIONS[0]}"'
    if "Version" not in subject.document:
        if subject.document.keys() <= set(TOP):
            yield Refusal("the document needs the key 'Version'", answer, hint)
    elif subject.document["Version"] == VERSIONS[1]:
        message = f"a managed policy must have Version {VERSIONS[0]}, not {VERSIONS[1]}"
        hint = f"write {VERSIONS[0]}, in which ${{aws:username}} and the like are variables"
        yield Refusal(message, answer, hint, ("Version",))


def _principals(subject: Subject) -> Iterator[Refusal]:
    for place, statement in subject.statements():
        found = [key for key in PRINCIPALS if key in statement]
        if subject.kind == "trust" and not found:
            answer = "AssumeRolepolicy must specify a principal."
            yield Refusal("a statement needs Principal or NotPrincipal", answer, place=place)
        for key in found if subject.kind != "trust" else ():
            answer = "Policy document should not specify a principal."
            hint = "the policy applies to everybody that it is attached to"
            yield Refusal(f"{key!r} is not allowed here", answer, hint, place, key)


def _effects_and_dates(subject: Subject) -> Iterator[Refusal]:
    for place, statement in subject.statements():
        effect = statement.get("Effect")
        if isinstance(effect, str) and effect not in EFFECTS and effect.title() in EFFECTS:
            hint = f"did you mean {effect.title()!r}?"
            message = f"Effect must be Allow or Deny, not {effect!r}"
            yield Refusal(message, LEGACY, hint, (*place, "Effect"))
        for refusal in refuse_dates(statement.get("Condition")):
            yield refusal._replace(place=(*place, "Condition", *refusal.place))


def _version_after_statement(subject: Subject) -> Iterator[Refusal]:
    """https://github.com/hashicorp/terraform-provider-aws/issues/22879: a list may come first."""
    keys = [key for key in subject.document if key in ("Version", "Statement")]
    if keys == ["Statement", "Version"] and isinstance(subject.document["Statement"], dict):
        yield Refusal("a single statement must come after Version", LEGACY, key="Statement")


def _legacy_resources(subject: Subject) -> Iterator[Refusal]:
    return (refusal for refusal in _all_resources(subject) if refusal.answer == LEGACY)


def _resources(subject: Subject) -> Iterator[Refusal]:
    return (refusal for refusal in _all_resources(subject) if refusal.answer != LEGACY)


def _all_resources(subject: Subject) -> Iterator[Refusal]:
    for place, resource in located_texts(subject.document, "Resource", "NotResource"):
        if refusal := refuse_resource(resource, subject.partition):
            yield refusal._replace(place=place)


def _sids(subject: Subject) -> Iterator[Refusal]:
    seen: dict[str, Place] = {}
    for place, sid in located_texts(subject.document, "Sid"):
        if not _SID.fullmatch(sid):
            answer = (
                "Statement IDs (SID) must be alpha-numeric. "
                "Check that your input satisfies the regular expression [0-9A-Za-z]*"
            )
            hint = "IAM allows letters and digits only"
            yield Refusal(f"{shown(sid)} is not a statement id", answer, hint, place)
        elif sid and seen.setdefault(sid, place) != place:
            answer = "Statement IDs (SID) in a single policy must be unique."
            hint = "statement ids are unique within a policy"
            yield Refusal(f"Sid {shown(sid)} appears twice", answer, hint, place, first=seen[sid])


def _missing_actions(subject: Subject) -> Iterator[Refusal]:
    return _missing(subject, "Action", "Policy statement must contain actions.")


def _missing_resources(subject: Subject) -> Iterator[Refusal]:
    if subject.kind != "trust":
        yield from _missing(subject, "Resource", "Policy statement must contain resources.")
        return
    for place, statement in subject.statements():
        for key in ("Resource", "NotResource"):
            if key in statement:
                answer = "Has prohibited field Resource."
                yield Refusal(f"{key!r} is not allowed here", answer, place=place, key=key)


def _missing(subject: Subject, key: str, answer: str) -> Iterator[Refusal]:
    for place, statement in subject.statements():
        found = [name for name in (key, f"Not{key}") if name in statement]
        if not found and statement.keys() <= set(ELEMENTS):
            message = f"a statement needs exactly one of {key} and Not{key}"
            yield Refusal(message, answer, "add one", place)
        elif len(found) == 1 and statement[found[0]] == []:
            yield Refusal(f"{found[0]} must not be empty", answer, place=(*place, found[0]))


def _actions(subject: Subject) -> Iterator[Refusal]:
    for place, action in located_texts(subject.document, "Action", "NotAction"):
        if action == "*":
            continue
        service, *names = action.split(":")
        hint = "write service:Action, such as iam:GetUser, or *"
        if not names or names == [""]:
            answer = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        elif len(names) > 1:
            answer = "Actions/Condition can contain only one colon."
        elif service != "*" and not _SERVICE.fullmatch(service):
            answer = f"Vendor {service} is not valid"
            if set(service) & set("*?"):
                hint = "a wildcard is not accepted in the service: name each service"
        else:
            continue
        yield Refusal(f"{shown(action)} is not an action", answer, hint, place)


# In AWS's order: what it finds first is its answer.
CHECKS: tuple[Callable[[Subject], Iterator[Refusal]], ...] = (
    _syntax,
    _version,
    _principals,
    _effects_and_dates,
    _version_after_statement,
    _legacy_resources,
    _sids,
    _missing_actions,
    _resources,
    _actions,
    _missing_resources,
)
