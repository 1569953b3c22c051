"""Documents that are not ours: managed policies that declared groups hold and no configuration owns."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from iamgroups.planning.accepted import fingerprint
from iamgroups.planning.drift import Observation
from iamgroups.planning.note import Note
from iamgroups.policy.administrator import is_administrator
from iamgroups.state.config import Config
from iamgroups.state.fingerprints import FILE, Fingerprint, Fingerprints
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold, is_aws_managed, short

if TYPE_CHECKING:
    from iamgroups.access.levels import Levels, Rise


def foreign_policies(config: Config, live: LiveState) -> Mapping[str, tuple[str, ...]]:
    """Return ARN -> the declared groups that hold it, for each policy that no file owns."""
    owned = {fold(decl.name) for decl in config.policies}
    names = {fold(group.name) for group in config.groups} | {fold(move.source) for move in config.moved}
    found: dict[str, list[str]] = {}
    for key in sorted(names & live.groups.keys()):
        group = live.groups[key]
        for arn in group.policies or ():
            if is_aws_managed(arn) or fold(arn.rpartition("/")[2]) not in owned:
                found.setdefault(arn, []).append(group.name)
    return {arn: tuple(groups) for arn, groups in sorted(found.items())}


def fingerprints(
    config: Config, live: LiveState, before: Fingerprints, today: date, levels: "Levels"
) -> Fingerprints:
    """Return the fingerprints of now. One that is as before keeps its date; one not read stays as it was."""
    found: dict[str, Fingerprint] = {}
    for arn in foreign_policies(config, live):
        policy, old = live.policies.get(arn), before.get(arn)
        if policy is None or policy.document is None:
            found |= {arn: old} if old else {}
            continue
        digest = fingerprint(policy.document)
        same = old is not None and (old.version, old.digest) == (policy.default_version, digest)
        day = old.date if old and same else str(today)
        found[arn] = Fingerprint(policy.default_version, digest, day, levels.gives(policy.document))
    return found


class Changed(NamedTuple):
    """A policy whose document is not the noted one (`old`), the declared groups that hold it, what rose."""

    policy: LivePolicy
    groups: tuple[str, ...]
    old: Fingerprint
    rise: "Rise"

    @property
    def by_aws(self) -> bool:
        """Tell whether AWS changed it."""
        return is_aws_managed(self.policy.arn)

    @property
    def is_drift(self) -> bool:
        """Tell whether somebody has to look: at a policy of the account always, at AWS's where it rose."""
        return not self.by_aws or self.rise.weighty


def changed_policies(
    config: Config, live: LiveState, known: Fingerprints, levels: "Callable[[], Levels]"
) -> tuple[Changed, ...]:
    """Return each policy whose document was read and is another one. `levels` is asked for only then."""
    found = tuple(_changed(config, live, known))
    if not found:
        return ()
    rise = levels().rise
    return tuple(Changed(policy, held, old, rise(old.gives, policy.document)) for policy, held, old in found)


def changed_documents(changed: Iterable[Changed]) -> Iterator[Observation]:
    """Yield each changed document that is drift."""
    for one in changed:
        if one.is_drift:
            name, about = short(one.policy.arn), tuple(f"group/{group}" for group in one.groups)
            message, owner = _message(one), f"policy/{name}"
            yield Observation("changed", f"document/{name}", message, owner, rise=one.rise, about=about)


def _message(one: Changed) -> str:
    name, old = short(one.policy.arn), one.old
    held = f"which {', '.join(one.groups)} {'holds' if len(one.groups) == 1 else 'hold'}"
    what = (
        f"AWS changed {name}, {held}, since {old.date}"
        if one.by_aws
        else f"{name}, {held}, has another document than on {old.date}"
    )
    versions = f"version {one.policy.default_version}, not {old.version}"
    wide = ". It allows everything" if is_administrator(one.policy.document) else _rose(one)
    return f"{what}: {versions}{wide}"


def _rose(one: Changed) -> str:
    return f". {', '.join(one.rise.levels)} rose" if one.rise.levels else ""


def document_notes(
    config: Config, live: LiveState, known: Fingerprints | None, changed: Iterable[Changed] = ()
) -> Iterator[Note]:
    """Yield what a reader should know of the comparison: changes by AWS, and what was not compared."""
    foreign = foreign_policies(config, live)
    if known is None:
        own = [short(arn) for arn in foreign if not is_aws_managed(arn)]
        if own:
            message = f"not compared, because there is no {FILE}: the documents of {', '.join(own)}"
            yield Note("documents-not-compared", FILE, f"{message}. `iamgroups lock` writes it")
        return
    for one in changed:
        if not one.is_drift:
            name = short(one.policy.arn)
            message = f"AWS changed {name} since {one.old.date}{_rose(one)}. `iamgroups lock` notes it"
            yield Note("aws-document-changed", f"document/{name}", message)
    for arn in foreign:
        policy = live.policies.get(arn)
        if policy is None or policy.document is None:
            yield Note("document-unread", f"document/{short(arn)}", f"{short(arn)} could not be read")
        elif arn not in known:
            message = f"{short(arn)} is not in {FILE} yet. `iamgroups lock` notes it"
            yield Note("document-not-noted", f"document/{short(arn)}", message)


def _changed(
    config: Config, live: LiveState, known: Fingerprints
) -> Iterator[tuple[LivePolicy, tuple[str, ...], Fingerprint]]:
    """Yield each policy whose document was read and has changed, its groups and old fingerprint."""
    for arn, groups in foreign_policies(config, live).items():
        policy, old = live.policies.get(arn), known.get(arn)
        if old and policy and policy.document is not None and fingerprint(policy.document) != old.digest:
            yield policy, groups, old
