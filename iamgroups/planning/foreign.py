"""Documents that are not ours: managed policies that declared groups hold and no configuration owns."""

from collections.abc import Iterator, Mapping
from datetime import date

from iamgroups.planning.accepted import fingerprint
from iamgroups.planning.drift import Observation
from iamgroups.planning.note import Note
from iamgroups.policy.administrator import is_administrator
from iamgroups.state.config import Config
from iamgroups.state.fingerprints import FILE, Fingerprint, Fingerprints
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, is_aws_managed, short


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


def fingerprints(config: Config, live: LiveState, before: Fingerprints, today: date) -> Fingerprints:
    """Return the fingerprints of now. One that is as before keeps its date; one not read stays as it was."""
    found: dict[str, Fingerprint] = {}
    for arn in foreign_policies(config, live):
        policy, old = live.policies.get(arn), before.get(arn)
        if policy is None or policy.document is None:
            found |= {arn: old} if old else {}
            continue
        digest = fingerprint(policy.document)
        same = old is not None and (old.version, old.digest) == (policy.default_version, digest)
        found[arn] = old if old and same else Fingerprint(policy.default_version, digest, str(today))
    return found


def changed_documents(config: Config, live: LiveState, known: Fingerprints) -> Iterator[Observation]:
    """Yield each customer managed policy whose document is not the one that was noted."""
    for arn, groups, old in _changed(config, live, known):
        if is_aws_managed(arn):
            continue
        policy, name = live.policies[arn], short(arn)
        held = f"{', '.join(groups)} {'holds' if len(groups) == 1 else 'hold'}"
        wide = ". It allows everything" if is_administrator(policy.document) else ""
        message = (
            f"{name}, which {held}, has another document than on {old.date}: "
            f"version {policy.default_version}, not {old.version}{wide}"
        )
        yield Observation("changed", f"document/{name}", message, f"policy/{name}")


def document_notes(config: Config, live: LiveState, known: Fingerprints | None) -> Iterator[Note]:
    """Yield what a reader should know of the comparison: changes by AWS, and what was not compared."""
    foreign = foreign_policies(config, live)
    own = [short(arn) for arn in foreign if not is_aws_managed(arn)]
    if known is None:
        if own:
            message = f"not compared, because there is no {FILE}: the documents of {', '.join(own)}"
            yield Note("documents-not-compared", FILE, f"{message}. `iamgroups lock` writes it")
        return
    for arn, _, old in _changed(config, live, known):
        if is_aws_managed(arn):
            message = f"AWS changed {short(arn)} since {old.date}. `iamgroups lock` notes it"
            yield Note("aws-document-changed", f"document/{short(arn)}", message)
    for arn in foreign:
        policy = live.policies.get(arn)
        if policy is None or policy.document is None:
            yield Note("document-unread", f"document/{short(arn)}", f"{short(arn)} could not be read")
        elif arn not in known and not is_aws_managed(arn):
            message = f"{short(arn)} is not in {FILE} yet. `iamgroups lock` notes it"
            yield Note("document-not-noted", f"document/{short(arn)}", message)


def _changed(
    config: Config, live: LiveState, known: Fingerprints
) -> Iterator[tuple[str, tuple[str, ...], Fingerprint]]:
    """Yield ARN, groups and old fingerprint of each policy whose document was read and has changed."""
    for arn, groups in foreign_policies(config, live).items():
        policy, old = live.policies.get(arn), known.get(arn)
        if old and policy and policy.document is not None and fingerprint(policy.document) != old.digest:
            yield arn, groups, old
