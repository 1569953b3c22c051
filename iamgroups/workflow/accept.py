"""Accept what drift tells of, in the files. Nothing is written here."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from iamgroups import config
from iamgroups.config.accepted import forms
from iamgroups.config.accepting import AcceptTerms, Edits, Named, ToAccept, named, put_in, take_out
from iamgroups.config.mentions import Files, read_files
from iamgroups.config.similar import did_you_mean
from iamgroups.errors import UsageError
from iamgroups.planning.accepted import Acceptance
from iamgroups.planning.drift import Drift
from iamgroups.state.address import is_glob, known_as
from iamgroups.state.config import Accepted, Config
from iamgroups.state.live import Account, LiveState
from iamgroups.state.names import fold, matches
from iamgroups.workflow.drift import drift
from iamgroups.workflow.files import Rewritten
from iamgroups.workflow.offline import Offline


def accept(root: str, addresses: Sequence[str], terms: AcceptTerms, snapshot: Offline | None) -> Rewritten:
    """Accept addresses. With a snapshot they have to be in its drift, and documents are pinned.

    Raises: ConfigError, UsageError, PreconditionError; nothing is changed then.
    """
    today = datetime.now(UTC).date()
    _check_until(terms, today)
    loaded, files = config.load(root), read_files(root)
    if snapshot:
        found = drift(loaded, snapshot)
        wanted = [_in_drift(address, found) for address in addresses]
        live = snapshot.live
    else:
        wanted = [ToAccept(_checked(address)) for address in addresses]
        live = LiveState(Account(loaded.account_id, "aws", ""), {}, {})
        found = None
    _check_patterns(wanted, Acceptance((), live, today), found)
    edits, said = Edits(), list[str]()
    accepting(loaded, files, _once(wanted), terms, today, edits, said)
    return rewritten(root, loaded, files, edits, said)


def accepting(  # noqa: PLR0917
    loaded: Config,
    files: Files,
    wanted: Sequence[ToAccept],
    terms: AcceptTerms,
    today: date,
    edits: Edits,
    said: list[str],
) -> None:
    """Add the edits that accept addresses. An entry that is over, or for another document, is replaced."""
    entries = {entry.position: entry for entry in loaded.accepted}
    known: dict[str, list[Named]] = {}
    for name in named(files):
        known.setdefault(fold(name.address), []).append(name)
    gone: list[Named] = []
    new: list[ToAccept] = []
    for one in wanted:
        there = known.get(fold(one.address), [])
        valid = [name for name in there if _holds(entries[name.position], one, today)]
        for name in valid[:1]:
            _check_same(entries[name.position], terms)
            said.append(f"{one.address} is accepted already: {name.position}")
        if not valid:
            gone += there
            new.append(one)
    take_out(files, gone, edits)
    put_in(files, new, terms, edits)


def rewritten(root: str, before: Config, files: Files, edits: Edits, said: Sequence[str]) -> Rewritten:
    """Edit and load the result, in which only `accepted` may differ. Raises: ConfigError."""
    texts = edits.new | files.edited(edits.edits)  # a file is there before it is included
    after = config.load(root, texts) if texts else before
    assert after.digest == before.digest, "the edit changes something else"
    return Rewritten(dict(shown(files, texts)), tuple(said))


def shown(files: Files, texts: dict[Path, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the name to show of each file, with its text before ("" for a new one) and after."""
    top, first = next(iter(files.sources.items()))
    for file, text in texts.items():
        source = files.sources.get(file)
        new = str(Path(first.file).parent / file.relative_to(top.parent))
        yield (source.file, (source.text, text)) if source else (new, ("", text))


def _check_until(terms: AcceptTerms, today: date) -> None:
    try:
        over = bool(terms.until) and date.fromisoformat(terms.until) < today
    except ValueError as error:
        raise UsageError(f"--until {terms.until}: write a day such as {today}") from error
    if over:
        raise UsageError(f"--until {terms.until} is over: name a day to come")
    if not terms.reason.strip():
        raise UsageError("--reason is empty: say why")


def _checked(address: str) -> str:
    if not (is_glob(address) or known_as(address)):
        raise UsageError(f"{address!a} is not an address: {forms()}")
    return address


def _in_drift(address: str, found: Drift) -> ToAccept:
    """Return the address as drift has it. Raises: UsageError."""
    known = {fold(one.address): one for one in found.differences}
    if one := known.get(fold(address)):
        return ToAccept(one.address, one.document)
    if is_glob(address) and any(matches(address, one.address) for one in found.differences):
        return ToAccept(address)
    hint = did_you_mean(address, [one.address for one in found.differences])
    more = hint or "`iamgroups drift` lists the addresses with -v"
    raise UsageError(f"drift does not know {address}: {more}")


def _check_patterns(wanted: Sequence[ToAccept], acceptance: Acceptance, found: Drift | None) -> None:
    """Refuse a pattern that means an administrator. Raises: UsageError."""
    for pattern in (one.address for one in wanted if is_glob(one.address)):
        differences = found.differences if found else ()
        names = [one.address for one in differences if matches(pattern, one.address)]
        wide = [name for name in (pattern, *names) if acceptance.is_administrator(name)]
        if wide:
            raise UsageError(
                f"{pattern}: a pattern never accepts an administrator: name {', '.join(wide[-3:])}"
                if names
                else f"{pattern}: a pattern never accepts an administrator: name each person or group"
            )


def _once(wanted: Sequence[ToAccept]) -> list[ToAccept]:
    return list({fold(one.address): one for one in wanted}.values())


def _holds(entry: Accepted, wanted: ToAccept, today: date) -> bool:
    """Tell whether an entry accepts it today; a document that is not known may be the right one."""
    over = entry.until is not None and entry.until < today
    other = entry.document and wanted.document and entry.document != wanted.document
    return not over and not other


def _check_same(entry: Accepted, terms: AcceptTerms) -> None:
    if (entry.reason, str(entry.until or "")) != (terms.reason, terms.until):
        raise UsageError(
            f"{entry.position}: {entry.match} is accepted already: change the terms on that line"
        )
