"""Broken configurations, each with every problem it must report: `place: message | hint`."""

# A message stands on one line, as it is printed.
# ruff: noqa: E501, UP031

from typing import NamedTuple

HEAD = 'version: 1\naccount_id: "123456789012"\n'
DOCUMENT = '{"Version": "2012-10-17", "Statement": %s}'
TIME_HINT = "write a day, which is one of UTC, or a moment with its offset, such as 2026-12-31, 2026-12-31T18:00Z or 2026-12-31T18:00+01:00"
ANYTHING = DOCUMENT % '{"Effect": "Allow", "Action": "*", "Resource": "*"}'


class Link(NamedTuple):
    """A symlink."""

    target: str


class Pipe(NamedTuple):
    """A named pipe."""


Files = dict[str, str | bytes | Link | Pipe]


def root(text: str, **others: str | bytes | Link | Pipe) -> Files:
    """Return a root file with its head; others are named without their `.yaml`."""
    return {"iamgroups.yaml": HEAD + text} | {f"{name}.yaml": content for name, content in others.items()}


def document(text: str | Link) -> Files:
    """Return a root file that owns one policy, and its document."""
    return {**root("policies: {p: {document: p.json}}"), "p.json": text}


def statement(text: str) -> Files:
    """Return a root file that owns one policy of these statements."""
    return document(DOCUMENT % text)


BROKEN: dict[str, tuple[Files, list[str]]] = {
    "an empty file": (
        {"iamgroups.yaml": ""},
        [
            "iamgroups.yaml:1:1: the file is empty | write at least one key; remove the file, or its include, if it is not needed"
        ],
    ),
    "nothing but a comment": (
        {"iamgroups.yaml": "# later\n"},
        [
            "iamgroups.yaml:1:1: the file is empty | write at least one key; remove the file, or its include, if it is not needed"
        ],
    ),
    "a list instead of a mapping": (
        {"iamgroups.yaml": "- a\n"},
        [
            "iamgroups.yaml:1:1: the file must be a mapping, not a list | write each name as a key with a colon, without a dash: `NAME: {...}`"
        ],
    ),
    "plain text": (
        {"iamgroups.yaml": "hello"},
        ["iamgroups.yaml:1:1: the file must be a mapping, not 'hello'"],
    ),
    "not utf-8": (
        {"iamgroups.yaml": HEAD.encode() + b"groups: {\xff: {}}"},
        ["iamgroups.yaml:3:10: the file is not UTF-8 | byte 0xff cannot stand here; save the file as UTF-8"],
    ),
    "utf-16": (
        {"iamgroups.yaml": HEAD.encode("utf-16")},
        ["iamgroups.yaml:1:1: the file starts with a byte order mark | save it as UTF-8 without one"],
    ),
    "a byte order mark": (
        {"iamgroups.yaml": b"\xef\xbb\xbf" + HEAD.encode()},
        ["iamgroups.yaml:1:1: the file starts with a byte order mark | save it as UTF-8 without one"],
    ),
    "a nul byte": (
        root("groups: {a\0: {}}"),
        ["iamgroups.yaml:3:11: character U+0000 is not allowed in a text file"],
    ),
    "an escape character": (
        root("# \x1b[31m\n"),
        ["iamgroups.yaml:3:3: character U+001B is not allowed in a text file"],
    ),
    "a tab as indentation": (
        root("groups:\n\ta: {}\n"),
        [
            "iamgroups.yaml:4:1: not valid YAML: found character that cannot start any token | YAML does not allow tabs for indentation: use spaces"
        ],
    ),
    "an unclosed bracket": (
        root("include: [a\n"),
        [
            "iamgroups.yaml:4:1: not valid YAML: did not find expected ',' or ']' | while parsing a flow sequence that starts at line 3"
        ],
    ),
    "an unclosed quote": (
        root("include: ['a\n"),
        [
            "iamgroups.yaml:4:1: not valid YAML: found unexpected end of stream | while scanning a quoted scalar that starts at line 3"
        ],
    ),
    "a bad indentation": (
        root("groups:\n  a: {}\n b: {}\n"),
        [
            "iamgroups.yaml:5:2: not valid YAML: did not find expected key | while parsing a block mapping that starts at line 1"
        ],
    ),
    "30,000 open brackets": (
        {"iamgroups.yaml": "[" * 30000},
        ["iamgroups.yaml:1:33: nested more than 32 levels deep"],
    ),
    "30,000 open braces": (
        {"iamgroups.yaml": "{a: " * 30000},
        ["iamgroups.yaml:1:129: nested more than 32 levels deep"],
    ),
    "a list in a list 40 deep": (
        root("groups: " + "[" * 40 + "]" * 40),
        ["iamgroups.yaml:3:40: nested more than 32 levels deep"],
    ),
    "a billion laughs": (
        root(
            "teams:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"  {b}: &{b} [{', '.join(['*' + a] * 10)}]\n"
                for a, b in zip("abcdefgh", "bcdefghi", strict=True)
            )
        ),
        ["iamgroups.yaml:8:38: aliases repeat more than 100,000 values"],
    ),
    "an alias inside its own anchor": (
        root("groups: &g {a: *g}\n"),
        ["iamgroups.yaml:3:16: alias `*g` has no finished anchor `&g` before it"],
    ),
    "an alias without an anchor": (
        root("groups: *nowhere\n"),
        ["iamgroups.yaml:3:9: alias `*nowhere` has no finished anchor `&nowhere` before it"],
    ),
    "a duplicate key": (
        root("groups:\n  a: {}\n  b: {}\n  a: {}\n"),
        ["iamgroups.yaml:6:3: key 'a' appears twice; the first is at iamgroups.yaml:4:3 | keep one of them"],
    ),
    "a duplicate top-level key": (
        root("groups: {a: {}}\ngroups: {b: {}}\n"),
        [
            "iamgroups.yaml:4:1: key 'groups' appears twice; the first is at iamgroups.yaml:3:1 | keep one of them"
        ],
    ),
    "a team behind a duplicate key": (
        root("teams: {}\nteams: {t: []}\ngroups: {g: {members: [{team: t}]}}"),
        [
            "iamgroups.yaml:4:1: key 'teams' appears twice; the first is at iamgroups.yaml:3:1 | keep one of them"
        ],
    ),
    "a merge key": (
        root("groups:\n  a: &a {path: /x/}\n  b: {<<: *a}\n"),
        [
            "iamgroups.yaml:5:7: merge keys (`<<`) are not supported | write the keys out, or name a policy set or a team"
        ],
    ),
    "a tag": (
        root("groups: !!map {}\n"),
        [
            "iamgroups.yaml:3:9: tags ('!!map') are not supported | remove it: the schema decides what a value is"
        ],
    ),
    "a python tag": (
        root("groups: !!python/object/apply:os.system ['true']\n"),
        [
            "iamgroups.yaml:3:9: groups must be a mapping, not a list | write each name as a key with a colon, without a dash: `NAME: {...}`",
            "iamgroups.yaml:3:9: tags ('!!python/object/apply:os.system') are not supported | remove it: the schema decides what a value is",
        ],
    ),
    "a second document": (
        root("---\ngroups: {}\n"),
        [
            "iamgroups.yaml:3:1: a second document starts here | remove the `---`, or put the rest into a file of its own"
        ],
    ),
    "a mapping as a key": (root("groups: {{a: b}: c}\n"), ["iamgroups.yaml:3:10: a key must be plain text"]),
    "no version": (
        {"iamgroups.yaml": 'account_id: "123456789012"\n'},
        ["iamgroups.yaml:1:1: the root file needs the key 'version' | add `version: 1`"],
    ),
    "no account id": (
        {"iamgroups.yaml": "version: 1\n"},
        ["iamgroups.yaml:1:1: the root file needs the key 'account_id' | add `account_id: \"123456789012\"`"],
    ),
    "another version": (
        {"iamgroups.yaml": 'version: 2\naccount_id: "123456789012"\n'},
        ["iamgroups.yaml:1:10: version must be 1, not 2"],
    ),
    "a version that is no number": (
        {"iamgroups.yaml": 'version: one\naccount_id: "123456789012"\n'},
        ["iamgroups.yaml:1:10: version must be a whole number, not 'one'"],
    ),
    "an account id that lost its zero": (
        {"iamgroups.yaml": "version: 1\naccount_id: 12345678901\n"},
        ["iamgroups.yaml:2:13: '12345678901' is not an account id | an account id has 12 digits"],
    ),
    "an unknown key": (
        root("group: {}\n"),
        ["iamgroups.yaml:3:1: unknown key 'group' | did you mean 'groups'?"],
    ),
    "an unknown key nothing like a known one": (
        root("settings: {colour: red}\n"),
        [
            "iamgroups.yaml:3:12: unknown key 'colour' in settings | known keys: path, undeclared_groups, direct_policies, inline_policies, owner, containment, unknown_members, lock"
        ],
    ),
    "a misspelt key of a group": (
        root("groups:\n  a:\n    memebers: []\n"),
        ["iamgroups.yaml:5:5: unknown key 'memebers' in groups.a | did you mean 'members'?"],
    ),
    "a misspelt choice": (
        root("groups: {a: {membership: exklusive}}\n"),
        [
            "iamgroups.yaml:3:26: groups.a.membership must be exclusive or additive, not 'exklusive' | did you mean 'exclusive'?"
        ],
    ),
    "a boolean written as yes": (
        root("guardrails: {keep_caller: yes}\n"),
        ["iamgroups.yaml:3:27: guardrails.keep_caller must be true or false, not 'yes' | write true"],
    ),
    "a boolean written as True": (
        root("guardrails: {keep_caller: True}\n"),
        ["iamgroups.yaml:3:27: guardrails.keep_caller must be true or false, not 'True' | write true"],
    ),
    "a percentage over 100": (
        root("guardrails: {max_removals: {percent: 250}}\n"),
        ["iamgroups.yaml:3:38: guardrails.max_removals.percent must be at most 100"],
    ),
    "a negative number": (
        root("guardrails: {max_group_deletes: -1}\n"),
        ["iamgroups.yaml:3:33: guardrails.max_group_deletes must be at least 0"],
    ),
    "a fraction": (
        root("guardrails: {max_group_deletes: 1.5}\n"),
        ["iamgroups.yaml:3:33: guardrails.max_group_deletes must be a whole number, not '1.5'"],
    ),
    "members without a value": (
        root("groups:\n  a:\n    members:\n"),
        [
            "iamgroups.yaml:5:13: groups.a.members has no value; it must be a list | write [] for an empty list, or remove the key"
        ],
    ),
    "members as text": (
        root("groups: {a: {members: alice}}\n"),
        ["iamgroups.yaml:3:23: groups.a.members must be a list, not 'alice' | write [alice]"],
    ),
    "groups as a list": (
        root("groups: [a]\n"),
        [
            "iamgroups.yaml:3:9: groups must be a mapping, not a list | write each name as a key with a colon, without a dash: `NAME: {...}`"
        ],
    ),
    "a policy with a space after its colon": (
        root(
            "policy_sets: {s: [{aws: A}]}\ngroups: {a: {policies: [{set: s}, {local: b}]}}\nusers: {u: {keep_direct: [{aws: C}], reason: r}}\n"
        ),
        [
            "iamgroups.yaml:3:20: unknown key 'aws' in policy_sets.s[1] | a space after the colon makes a mapping: write aws:NAME",
            "iamgroups.yaml:4:36: unknown key 'local' in groups.a.policies[2] | a space after the colon makes a mapping: write local:NAME",
            "iamgroups.yaml:5:27: users.u.keep_direct[1] must be a text, not a mapping | a space after the colon makes a mapping: write aws:NAME",
        ],
    ),
    "a group as a mapping among members": (
        root("groups: {a: {members: [{group: b}]}, b: {}}\n"),
        [
            "iamgroups.yaml:3:25: unknown key 'group' in groups.a.members[1] | an IAM group holds users only: name a team, or the users"
        ],
    ),
    "a group without a value": (
        root("groups:\n  a:\n"),
        ["iamgroups.yaml:4:5: groups.a has no value; it must be a mapping"],
    ),
    "a list as a member": (
        root("groups: {a: {members: [[alice]]}}\n"),
        ["iamgroups.yaml:3:24: groups.a.members[1] must be a text or a mapping, not a list"],
    ),
    "a member without a name": (
        root("groups: {a: {members: [{expires: 2026-12-31}]}}\n"),
        ["iamgroups.yaml:3:24: groups.a.members[1] needs the key 'user'"],
    ),
    "user and team in one entry": (
        root("groups: {a: {members: [{user: x, team: y}]}}\n"),
        [
            "iamgroups.yaml:3:34: unknown key 'team' in groups.a.members[1] | an entry names a user or a team, not both"
        ],
    ),
    "an exclusive group that is not exclusive": (
        root("groups: {a: {membership: {exclusive: false, except: [b]}}}\n"),
        ["iamgroups.yaml:3:38: groups.a.membership.exclusive must be true, not false"],
    ),
    "a group that spares a path": (
        root("groups: {a: {membership: {exclusive: true, except: [a/b]}}}\n"),
        ["iamgroups.yaml:3:53: 'a/b' is not a user name or a glob of them"],
    ),
    "an unknown team in a team": (
        root("teams: {t: [{team: u}]}\n"),
        ["iamgroups.yaml:3:20: no team 'u' is declared | declared are: t"],
    ),
    "a team in itself": (
        root("teams: {t: [{team: T}]}\n"),
        ["iamgroups.yaml:3:20: this names itself again: 'T' → 'T' | take one of these entries out"],
    ),
    "teams in a circle": (
        root("teams:\n  a: [{team: b}]\n  b: [x, {team: c}]\n  c: [{team: a}]\n  d: [{team: a}]\n"),
        [
            "iamgroups.yaml:4:14: this names itself again: 'a' → 'b' → 'c' → 'a'; "
            "see also iamgroups.yaml:5:17, iamgroups.yaml:6:14 | take one of these entries out"
        ],
    ),
    "policy sets in a circle": (
        root("policy_sets:\n  a: [{set: b}]\n  b: [{set: a}]\n"),
        [
            "iamgroups.yaml:4:13: this names itself again: 'a' → 'b' → 'a'; see also iamgroups.yaml:5:13"
            " | take one of these entries out"
        ],
    ),
    "an empty member": (
        root("groups: {a: {members: ['']}}\n"),
        [
            "iamgroups.yaml:3:24: a user name is missing here | a user name has 1 to 128 of A-Z a-z 0-9 _ + = , . @ -"
        ],
    ),
    "an impossible date": (
        root("groups: {a: {members: [{user: x, expires: 2026-02-30}]}}\n"),
        ["iamgroups.yaml:3:43: 2026-02-30 is not in the calendar"],
    ),
    "a date the other way round": (
        root("groups: {a: {members: [{user: x, expires: 31.12.2026}]}}\n"),
        [f"iamgroups.yaml:3:43: '31.12.2026' is not a day or a moment | {TIME_HINT}"],
    ),
    "a moment without an offset": (
        root("groups: {a: {members: [{user: x, starts: 2026-12-31T00:00:00}]}}\n"),
        [f"iamgroups.yaml:3:42: '2026-12-31T00:00:00' is not a day or a moment | {TIME_HINT}"],
    ),
    "an hour that no day has": (
        root("groups: {a: {policies: [{policy: 'aws:X', expires: 2026-12-31T25:00Z}]}}\n"),
        ["iamgroups.yaml:3:52: 2026-12-31T25:00Z is not in the calendar"],
    ),
    "an end before the beginning": (
        root("groups: {a: {members: [{user: x, starts: 2026-12-31, expires: 2026-12-30}]}}\n"),
        ["iamgroups.yaml:3:42: this starts when it is over: `expires` is not later"],
    ),
    "an acceptance until an impossible day": (
        root("accepted: [{match: 'group/*', until: 2027-13-01}]\n"),
        ["iamgroups.yaml:3:38: 2027-13-01 is not in the calendar"],
    ),
    "an address of no kind": (
        root("accepted: [{match: 'members/a/b'}]\n"),
        [
            "iamgroups.yaml:3:20: 'members/a/b' is not an address | an address starts with group/, attachment/, membership/, direct/, inline/, policy/, document/, user/ or rule/"
        ],
    ),
    "an address of a known kind with too much in it": (
        root("accepted: [{match: [membership/a/b/c]}]\n"),
        [
            "iamgroups.yaml:3:21: membership/a/b/c is not an address | there are group/{name}, policy/{name}, "
            "policy/{name}/{version}, attachment/{group}/{policy}, inline/group/{group}/{policy}, "
            "inline/user/{user}/{policy}, membership/{group}/{user}, direct/{user}/{policy}, "
            "document/{policy}, user/{name} and rule/{rule}/..."
        ],
    ),
    "an acceptance of a policy that is nobody's": (
        root("accepted: [{direct: 'aws:X', reason: why}]\n"),
        [
            "iamgroups.yaml:3:12: this entry names nothing | write match, direct with users, "
            "attachment with groups, or inline with users or groups"
        ],
    ),
    "a user exception without a reason": (
        root("users: {bot: {keep_direct: ['aws:X']}}\n"),
        ["iamgroups.yaml:3:14: users.bot needs the key 'reason'"],
    ),
    "a user exception that keeps nothing": (
        root("users: {bot: {keep_direct: [], reason: x}}\n"),
        ["iamgroups.yaml:3:28: users.bot.keep_direct must not be empty"],
    ),
    "a conflict of one": (
        root("guardrails: {conflicts: [[a]]}\ngroups: {a: {}}\n"),
        ["iamgroups.yaml:3:26: guardrails.conflicts[1] needs at least 2 items"],
    ),
    "a conflict with itself": (
        root("guardrails: {conflicts: [[a, A]]}\ngroups: {a: {}}\n"),
        ["iamgroups.yaml:3:30: group 'A' cannot conflict with itself | name another"],
    ),
    "a minimum of nobody": (
        root("guardrails: {min_members: {a: 0}}\ngroups: {a: {}}\n"),
        ["iamgroups.yaml:3:31: guardrails.min_members.a must be at least 1"],
    ),
    "a reason of 2,000 characters": (
        root("removed: [{group: x, reason: %s}]\n" % ("r" * 2000)),
        ["iamgroups.yaml:3:30: removed[1].reason is longer than 1000 characters"],
    ),
    "a terminal sequence in a description": (
        root('groups: {a: {description: "\\e[2J"}}\n'),
        ["iamgroups.yaml:3:27: '\\x1b[2J' is not a text | control characters are not allowed"],
    ),
    "a group name with a space": (
        root("groups: {'a b': {}}\n"),
        [
            "iamgroups.yaml:3:10: 'a b' is not a group name | a group name has 1 to 128 of A-Z a-z 0-9 _ + = , . @ -"
        ],
    ),
    "a group name of 129 characters": (
        root("groups: {%s: {}}\n" % ("g" * 129)),
        [
            "iamgroups.yaml:3:10: 'ggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg...' is not a group name | a group name has 1 to 128 of A-Z a-z 0-9 _ + = , . @ -"
        ],
    ),
    "a group name in another alphabet": (
        root("groups: {grüppe: {}}\n"),
        [
            "iamgroups.yaml:3:10: 'grüppe' is not a group name | a group name has 1 to 128 of A-Z a-z 0-9 _ + = , . @ -"
        ],
    ),
    "a name that ends with a line break": (
        root('groups: {"a\\n": {}}\n'),
        [
            "iamgroups.yaml:3:10: 'a\\n' is not a group name | a group name has 1 to 128 of A-Z a-z 0-9 _ + = , . @ -"
        ],
    ),
    "a path without its slashes": (
        root("groups: {a: {path: ops}}\n"),
        [
            "iamgroups.yaml:3:20: 'ops' is not a path | a path is / or a name between slashes, as in /ops/; up to 512 printable ASCII characters"
        ],
    ),
    "a path of nothing but slashes": (
        root("settings: {path: ///}\ngroups: {a: {path: //}, b: {path: '////'}}\n"),
        [
            f"iamgroups.yaml:{place}: '{path}' is not a path | a path is / or a name between slashes, as in /ops/; up to 512 printable ASCII characters"
            for place, path in (("3:18", "///"), ("4:20", "//"), ("4:35", "////"))
        ],
    ),
    "a number with a leading zero": (
        root("guardrails: {min_members: {a: 010}, max_removals: {percent: 00}}\ngroups: {a: {}}\n"),
        [
            "iamgroups.yaml:3:31: guardrails.min_members.a must be a whole number, not '010' | a number does not begin with 0",
            "iamgroups.yaml:3:61: guardrails.max_removals.percent must be a whole number, not '00' | a number does not begin with 0",
        ],
    ),
    "a path of 513 characters": (
        root("groups: {a: {path: /%s/}}\n" % ("p" * 511)),
        ["iamgroups.yaml:3:20: groups.a.path is longer than 512 characters"],
    ),
    "a role as a member": (
        root("groups: {a: {members: ['arn:aws:iam::123456789012:role/admin']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:iam::123456789012:role/admin' is not a user name | this is a role; an IAM group holds IAM users only: attach the policies to the role itself"
        ],
    ),
    "a role's session as a member": (
        root("groups: {a: {members: ['arn:aws:sts::123456789012:assumed-role/admin/alice']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:sts::123456789012:assumed-role/admin/alice' is not a user name | this is a role's session; an IAM group holds IAM users only: attach the policies to the role"
        ],
    ),
    "an identity center session as a member": (
        root("groups: {a: {members: [AWSReservedSSO_Admin_0123/alice@example.com]}}\n"),
        [
            "iamgroups.yaml:3:24: 'AWSReservedSSO_Admin_0123/alice@example.com' is not a user name | this is a session of IAM Identity Center; people who sign in through IAM Identity Center get permission sets there, not groups here"
        ],
    ),
    "a federated user as a member": (
        root("groups: {a: {members: ['arn:aws:sts::123456789012:federated-user/alice']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:sts::123456789012:federated-user/alice' is not a user name | this is a federated user; an IAM group holds IAM users only; people who sign in through IAM Identity Center get permission sets there, not groups here"
        ],
    ),
    "root as a member": (
        root("groups: {a: {members: ['arn:aws:iam::123456789012:root']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:iam::123456789012:root' is not a user name | this is the account's root user, which no group can hold and no policy restrict"
        ],
    ),
    "a group as a member": (
        root("groups: {a: {members: ['arn:aws:iam::123456789012:group/b']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:iam::123456789012:group/b' is not a user name | this is a group; IAM groups cannot nest: list people, or use {team: NAME}"
        ],
    ),
    "a user's ARN as a member": (
        root("groups: {a: {members: ['arn:aws:iam::123456789012:user/eng/alice']}}\n"),
        [
            "iamgroups.yaml:3:24: 'arn:aws:iam::123456789012:user/eng/alice' is not a user name | write the user's name alone: alice"
        ],
    ),
    "an address of a mailbox as a member": (
        root("groups: {a: {members: ['Alice <alice@example.com>']}}\n"),
        [
            "iamgroups.yaml:3:24: 'Alice <alice@example.com>' is not a user name | an e-mail-like name of a federated user? people who sign in through IAM Identity Center get permission sets there, not groups here"
        ],
    ),
    "a team written as text": (
        root("teams: {t: [x]}\ngroups: {a: {members: ['team:t', {team: t}]}}\n"),
        ["iamgroups.yaml:4:24: 'team:t' is not a user name | write {team: t}"],
    ),
    "a policy without its owner": (
        root("groups: {a: {policies: [ReadOnlyAccess]}}\n"),
        [
            "iamgroups.yaml:3:25: 'ReadOnlyAccess' is not a policy | write aws:ReadOnlyAccess for a policy of AWS, local:ReadOnlyAccess for one of this account"
        ],
    ),
    "a policy with its path": (
        root("groups: {a: {policies: ['aws:job-function/Billing']}}\n"),
        [
            "iamgroups.yaml:3:25: 'aws:job-function/Billing' is not a policy | write aws:Billing: its path is found for you"
        ],
    ),
    "a set written as text": (
        root("policy_sets: {s: ['aws:X']}\ngroups: {a: {policies: ['set:s', {set: s}]}}\n"),
        ["iamgroups.yaml:4:25: 'set:s' is not a policy | write {set: s}"],
    ),
    "a role as a policy": (
        root("groups: {a: {policies: ['arn:aws:iam::123456789012:role/x']}}\n"),
        [
            "iamgroups.yaml:3:25: 'arn:aws:iam::123456789012:role/x' is not a policy | this is a role, not a policy"
        ],
    ),
    "a malformed policy ARN": (
        root("groups: {a: {policies: ['arn:aws:iam:eu-west-1:123456789012:policy/x']}}\n"),
        [
            "iamgroups.yaml:3:25: 'arn:aws:iam:eu-west-1:123456789012:policy/x' is not a policy | a managed policy's ARN reads arn:aws:iam::aws:policy/Name or arn:aws:iam::ACCOUNT:policy/Name"
        ],
    ),
    "a policy of another account": (
        root("groups: {a: {policies: ['arn:aws:iam::999999999999:policy/x']}}\n"),
        [
            "iamgroups.yaml:3:25: this policy is of account 999999999999, the configuration is for 123456789012 | write local:x for this account's policy of that name"
        ],
    ),
    "a policy of another partition": (
        root("groups: {a: {policies: ['arn:aws:iam::aws:policy/X', 'arn:aws-cn:iam::aws:policy/Y']}}\n"),
        [
            "iamgroups.yaml:3:54: this ARN is of partition aws-cn, the one at iamgroups.yaml:3:25 of aws | an account is in one partition; aws:Name fits any"
        ],
    ),
    "a policy that cannot be attached": (
        root(
            "groups: {a: {policies: ['arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy']}}\n"
        ),
        [
            "iamgroups.yaml:3:25: 'AWSSupportServiceRolePolicy' cannot be attached to a group or a user | it belongs to a service-linked role; grant what is needed with another policy"
        ],
    ),
    "an owned policy at another path": (
        {
            **root(
                "policies: {p: {document: p.json, path: /x/}}\ngroups: {a: {policies: ['local:y/p', 'local:x/p', 'local:p', 'arn:aws:iam::123456789012:policy/p']}}\n"
            ),
            "p.json": ANYTHING,
        },
        [
            "iamgroups.yaml:4:25: policy 'p' is declared at path /x/, not /y/ | write local:p",
            "iamgroups.yaml:4:62: policy 'p' is declared at path /x/, not / | write local:p",
        ],
    ),
    "a policy attached and removed": (
        root("groups: {a: {policies: ['local:old']}}\nremoved: [{policy: Old}]\n"),
        [
            "iamgroups.yaml:3:25: policy 'old' is to be removed, says iamgroups.yaml:4:11 | keep one of the two"
        ],
    ),
    "an unknown set": (
        root(
            "policy_sets: {baseline: ['aws:X']}\ngroups: {a: {policies: [{set: basline}]}, b: {policies: [{set: baseline}]}}\n"
        ),
        ["iamgroups.yaml:4:31: no policy set 'basline' is declared | did you mean 'baseline'?"],
    ),
    "an unknown team": (
        root("teams: {backend: [x]}\ngroups: {a: {members: [{team: frontend}, {team: backend}]}}\n"),
        ["iamgroups.yaml:4:31: no team 'frontend' is declared | declared are: backend"],
    ),
    "an unknown team where there is none": (
        root("groups: {a: {members: [{team: frontend}]}}\n"),
        ["iamgroups.yaml:3:31: no team 'frontend' is declared | declare it under teams"],
    ),
    "a group declared in two cases": (
        root("groups:\n  devs: {}\n  Devs: {}\n"),
        [
            "iamgroups.yaml:5:3: group 'Devs' is declared twice; first at iamgroups.yaml:4:3, 'devs': names ignore case | merge the two, or rename one"
        ],
    ),
    "a group declared in two files": (
        root("include: [b.yaml]\ngroups: {a: {}}\n", b="groups: {a: {}}\n"),
        [
            "b.yaml:1:10: group 'a' is declared twice; first at iamgroups.yaml:4:10 | merge the two, or rename one"
        ],
    ),
    "a team, a set and a policy declared twice": (
        {
            **root(
                "include: [b.yaml]\nteams: {t: []}\npolicy_sets: {s: []}\npolicies: {p: {document: p.json}}\n",
                b="teams: {T: []}\npolicy_sets: {S: []}\npolicies: {P: {document: p.json}}\n",
            ),
            "p.json": ANYTHING,
        },
        [
            "b.yaml:1:9: team 'T' is declared twice; first at iamgroups.yaml:4:9, 't': names ignore case | merge the two, or rename one",
            "b.yaml:2:15: policy set 'S' is declared twice; first at iamgroups.yaml:5:15, 's': names ignore case | merge the two, or rename one",
            "b.yaml:3:12: policy 'P' is declared twice; first at iamgroups.yaml:6:12, 'p': names ignore case | merge the two, or rename one",
        ],
    ),
    "delete while path is the whole account": (
        root("settings: {undeclared_groups: delete}\n"),
        [
            "iamgroups.yaml:3:31: `undeclared_groups: delete` would reach every group of the account while path is / | set `path`, or use `report`"
        ],
    ),
    "a lock that is no S3 object": (
        root("settings: {lock: bucket/key}\n"),
        ["iamgroups.yaml:3:18: 'bucket/key' is not an S3 object | write s3://bucket/key"],
    ),
    "moved to an undeclared group": (
        root("groups: {developers: {}}\nmoved: [{from: devs, to: developer}]\n"),
        ["iamgroups.yaml:4:26: no group 'developer' is declared to move to | did you mean 'developers'?"],
    ),
    "moved from a declared group": (
        root("groups: {a: {}, b: {}}\nmoved: [{from: a, to: b}]\n"),
        [
            "iamgroups.yaml:4:16: group 'a' is still declared | a renamed group is declared under its new name only"
        ],
    ),
    "moved in a chain": (
        root("groups: {b: {}, c: {}}\nmoved: [{from: a, to: b}, {from: b, to: c}]\n"),
        [
            "iamgroups.yaml:4:34: 'b' is also what iamgroups.yaml:4:23 renames to | renames cannot be chained: rename to the last name at once"
        ],
    ),
    "moved in case only": (
        root("groups: {devs: {}}\nmoved: [{from: Devs, to: devs}]\n"),
        ["iamgroups.yaml:4:16: this renames a group to itself: IAM ignores case | remove the entry"],
    ),
    "moved twice": (
        root("groups: {b: {}, c: {}}\nmoved: [{from: a, to: b}, {from: a, to: c}]\n"),
        [
            "iamgroups.yaml:4:34: a second rename from 'a'; the first is at iamgroups.yaml:4:16 | keep one of them"
        ],
    ),
    "moved and removed": (
        root("groups: {b: {}}\nmoved: [{from: a, to: b}]\nremoved: [{group: a}]\n"),
        [
            "iamgroups.yaml:5:19: group 'a' is to be removed, but iamgroups.yaml:4:9 renames it | keep one of the two"
        ],
    ),
    "removed and declared": (
        root("groups: {a: {}}\nremoved: [{group: A}]\n"),
        [
            "iamgroups.yaml:4:19: group 'A' is to be removed, but declared at iamgroups.yaml:3:10 | keep one of the two"
        ],
    ),
    "removed twice": (
        root("removed: [{group: a}, {group: a}]\n"),
        [
            "iamgroups.yaml:3:31: group 'a' is removed twice; the first is at iamgroups.yaml:3:19 | keep one of them"
        ],
    ),
    "removed of no kind": (
        root("removed: [{team: a}]\n"),
        ["iamgroups.yaml:3:12: unknown key 'team' in removed[1] | known keys: group, reason"],
    ),
    "an include that matches nothing": (
        root("include: ['groups/*.yaml']\n"),
        ["iamgroups.yaml:3:11: include 'groups/*.yaml' matches no file | correct the glob, or remove it"],
    ),
    "an include that climbs out": (
        root("include: ['../*.yaml']\n"),
        [
            "iamgroups.yaml:3:11: include '../*.yaml' leads out of the root file's folder | write it relative to the root file's folder, without `..`"
        ],
    ),
    "an absolute include": (
        root("include: [/etc/passwd]\n"),
        [
            "iamgroups.yaml:3:11: include '/etc/passwd' leads out of the root file's folder | write it relative to the root file's folder, without `..`"
        ],
    ),
    "an include as text": (
        root("include: b.yaml\ngroups: {a: {members: [{team: t}]}}\n"),
        ["iamgroups.yaml:3:10: include must be a list, not 'b.yaml' | write [b.yaml]"],
    ),
    "an included root": (
        root("include: [b.yaml]\n", b=HEAD + "settings: {}\n"),
        [
            "b.yaml:1:1: 'version' belongs into the root file only | move it there; if this file is a root of its own, exclude it from the include",
            "b.yaml:2:1: 'account_id' belongs into the root file only | move it there; if this file is a root of its own, exclude it from the include",
            "b.yaml:3:1: 'settings' belongs into the root file only | move it there; if this file is a root of its own, exclude it from the include",
        ],
    ),
    "an included link out of the folder": (
        root("include: ['*.yaml']\n", b=Link("../secret.yaml")),
        [
            "iamgroups.yaml:3:11: 'b.yaml' leads out of the root file's folder | a symlink must stay within the folder"
        ],
    ),
    "a link that goes in circles": (
        root("include: [b.yaml]\n", b=Link("b.yaml")),
        [
            "iamgroups.yaml:3:11: 'b.yaml' leads out of the root file's folder | a symlink must stay within the folder"
        ],
    ),
    "a link to nowhere": (
        root("include: [b.yaml]\n", b=Link("c.yaml")),
        ["b.yaml:1:1: cannot read the file: No such file or directory"],
    ),
    "an included pipe": (root("include: [b.yaml]\n", b=Pipe()), ["b.yaml:1:1: this is not a regular file"]),
    "a broken file beside a good one": (
        root("include: [b.yaml]\ngroups: {a: {members: [{team: t}], path: x}}\n", b="teams: {t: [}\n"),
        [
            "iamgroups.yaml:4:42: 'x' is not a path | a path is / or a name between slashes, as in /ops/; up to 512 printable ASCII characters",
            "b.yaml:1:13: not valid YAML: did not find expected node content | while parsing a flow node that starts at line 1",
        ],
    ),
    "a document that is not there": (
        root("policies: {p: {document: p.json}}"),
        [
            "iamgroups.yaml:3:26: document 'p.json': cannot read the file: No such file or directory | documents lie in the root file's folder, named from there"
        ],
    ),
    "a document out of the folder": (
        root("policies: {p: {document: ../p.json}}"),
        [
            "iamgroups.yaml:3:26: document '../p.json' leads out of that folder | documents lie in the root file's folder, named from there"
        ],
    ),
    "a document behind a link out of the folder": (
        document(Link("../secret.yaml")),
        [
            "iamgroups.yaml:3:26: document 'p.json' leads out of that folder | documents lie in the root file's folder, named from there"
        ],
    ),
    "a document that is a folder": (
        root("policies: {p: {document: .}}"),
        [
            "iamgroups.yaml:3:26: document '.': this is a folder, not a file | documents lie in the root file's folder, named from there"
        ],
    ),
    "a policy without a document": (
        root("policies: {p: {}}"),
        ["iamgroups.yaml:3:15: policies.p needs the key 'document'"],
    ),
    "a document that is no JSON": (
        document("{Version: 1}"),
        ["p.json:1:2: not valid JSON: expecting property name enclosed in double quotes"],
    ),
    "a document cut short": (
        document('{\n  "Version": "2012-10-17",\n  "Statement": ['),
        ["p.json:3:17: not valid JSON: expecting value"],
    ),
    "an empty document": (document(""), ["p.json:1:1: not valid JSON: expecting value"]),
    "a document with a key twice": (
        document('{"Version": "2012-10-17",\n "Version": "2012-10-17", "Statement": []}'),
        ["p.json:2:2: key 'Version' appears twice; the first is at p.json:1:2 | keep one of them"],
    ),
    "a template with a brace that nothing fills": (
        {
            **root("policies: {p: {document: p.json, template: true}}"),
            "p.json": '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",\n'
            ' "Resource": "arn:aws:s3:::{bucket}/${aws:username}"}}',
        },
        [
            "p.json:2:28: {bucket} is not filled in: a template knows {account_id} and {partition}"
            " | write ${bucket} for a variable of IAM's, or take the braces away"
        ],
    ),
    "a document nested without end": (
        document("[" * 100000),
        ["p.json:1:1: not valid JSON: nested too deeply"],
    ),
    "a document nested 900 deep": (
        document("[" * 900 + "]" * 900),
        ["p.json:1:1: nested more than 32 levels deep"],
    ),
    "a document of not-a-number": (
        document('{"Version": NaN}'),
        ["p.json:1:13: NaN is not a number that a policy can hold"],
    ),
    "a document that is a list": (
        document("[]"),
        [
            'p.json:1:1: a policy document must be an object | write {"Version": "2012-10-17", "Statement": [...]}'
        ],
    ),
    "a document without a version": (
        document('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
        ['p.json:1:1: the document needs the key \'Version\' | add "Version": "2012-10-17"'],
    ),
    "a document of an unknown version": (
        document(
            '{"Version": "2012-10-18", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
        ),
        ["p.json:1:13: Version must be 2012-10-17, not '2012-10-18' | did you mean '2012-10-17'?"],
    ),
    "a document without statements": (
        document('{"Version": "2012-10-17", "Statement": []}'),
        ["p.json:1:40: Statement must not be empty"],
    ),
    "a statement with a principal": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]'),
        [
            "p.json:1:93: 'Principal' is not allowed here | the policy applies to everybody that it is attached to"
        ],
    ),
    "a statement without an effect": (
        statement('[{"Action": "*", "Resource": "*"}]'),
        ["p.json:1:41: a statement needs the key 'Effect' | Allow or Deny"],
    ),
    "a statement with a misspelt key": (
        statement('[{"effect": "Allow", "Actions": "*", "Resource": "*"}]'),
        [
            "p.json:1:42: unknown key 'effect' | did you mean 'Effect'?",
            "p.json:1:61: unknown key 'Actions' | did you mean 'Action'?",
        ],
    ),
    "a statement with a misspelt effect": (
        statement('[{"Effect": "allow", "Action": "*", "Resource": "*"}]'),
        ["p.json:1:52: Effect must be Allow or Deny, not 'allow' | did you mean 'Allow'?"],
    ),
    "a statement with both actions": (
        statement('[{"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}]'),
        ["p.json:1:41: a statement needs exactly one of Action and NotAction | remove one"],
    ),
    "a statement without a resource": (
        statement('[{"Effect": "Allow", "Action": "*"}]'),
        ["p.json:1:41: a statement needs exactly one of Resource and NotResource | add one"],
    ),
    "an action without its service": (
        statement('[{"Effect": "Allow", "Action": ["iam:GetUser", "GetUser"], "Resource": "*"}]'),
        ["p.json:1:87: 'GetUser' is not an action | write service:Action, such as iam:GetUser, or *"],
    ),
    "a resource that is no ARN": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "bucket"}]'),
        ["p.json:1:88: 'bucket' is not a resource | write an ARN or *"],
    ),
    "a condition that is text": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": "x"}]'),
        ['p.json:1:106: Condition must be an object | write {"OPERATOR": {"KEY": "VALUE"}}'],
    ),
    "a condition operator with a slip": (
        statement(
            '[{"Effect": "Allow", "Action": "*", "Resource": "*",\n "Condition": {"StringEqual": {"a:b": "c"}}}]'
        ),
        ["p.json:2:16: condition operator 'StringEqual' does not exist | did you mean 'StringEquals'?"],
    ),
    "a condition that compares with an object": (
        statement(
            '[{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": {}}}}]'
        ),
        ["p.json:1:123: a:b must be a text, a number, true, false, or a list of them"],
    ),
    "a date that is none": (
        statement(
            '[{"Effect": "Allow", "Action": "*", "Resource": "*",\n "Condition": {"DateLessThan": {"a:b": ["2026-13-01"]}}}]'
        ),
        [
            "p.json:2:41: '2026-13-01' is not a date | write a day, 2026-12-31, a moment, 2026-12-31T18:00:00Z, or seconds since 1970"
        ],
    ),
    "a managed policy of the old version": (
        document(
            '{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
        ),
        [
            "p.json:1:13: a managed policy must have Version 2012-10-17, not 2008-10-17 | write 2012-10-17, in which ${aws:username} and the like are variables"
        ],
    ),
    "an action with a wildcard in its service": (
        statement('[{"Effect": "Allow", "Action": ["s3*:GetObject"], "Resource": "*"}]'),
        [
            "p.json:1:72: 's3*:GetObject' is not an action | a wildcard is not accepted in the service: name each service"
        ],
    ),
    "no actions and no resources": (
        statement('[{"Effect": "Allow", "Action": [], "Resource": []}]'),
        ["p.json:1:71: Action must not be empty", "p.json:1:87: Resource must not be empty"],
    ),
    "a bucket with a colon too few": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3::b"}]'),
        [
            "p.json:1:88: 'arn:aws:s3::b' has 5 parts of 6 | an ARN is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; a bucket's is arn:aws:s3:::NAME"
        ],
    ),
    "a bucket in a region": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:eu-west-1::b"}]'),
        [
            "p.json:1:88: 'arn:aws:s3:eu-west-1::b' has a region, and an S3 bucket's ARN has none | write arn:aws:s3:::NAME, or arn:aws:s3:::NAME/* for its objects"
        ],
    ),
    "a group in a region": (
        statement(
            '[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam:eu-west-1:123456789012:group/a"}]'
        ),
        [
            "p.json:1:88: 'arn:aws:iam:eu-west-1:123456789012:group/a' has a region, and IAM has none | write arn:aws:iam::ACCOUNT:..."
        ],
    ),
    "an ARN of a partition that does not exist": (
        statement('[{"Effect": "Allow", "Action": "*", "Resource": "arn:awz:s3:::b"}]'),
        [
            "p.json:1:88: partition 'awz' of 'arn:awz:s3:::b' does not exist | the partitions are aws, aws-cn, aws-us-gov, aws-eusc and those of isolated regions"
        ],
    ),
    "a document of two partitions": (
        statement(
            '[{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::b", "arn:aws-cn:s3:::b"]}]'
        ),
        [
            "p.json:1:107: this ARN is of partition aws-cn, the one at p.json:1:89 of aws | an account is in one partition; arn:*:... fits any"
        ],
    ),
    "a statement id with a space": (
        statement('[{"Sid": "a b", "Effect": "Allow", "Action": "*", "Resource": "*"}]'),
        ["p.json:1:49: 'a b' is not a statement id | IAM allows letters and digits only"],
    ),
    "a statement id twice": (
        statement(
            '[{"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"},\n {"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "*"}]'
        ),
        [
            "p.json:2:10: Sid 'a' appears twice; the first is at p.json:1:49 | statement ids are unique within a policy"
        ],
    ),
    "a document that is too large": (
        statement(
            '{"Effect": "Allow", "Action": "*", "Resource": [%s]}'
            % ", ".join(f'"arn:aws:s3:::bucket-{i}"' for i in range(300))
        ),
        ["p.json:1:1: 7,771 characters without white space; IAM takes 6,144 | split it into two policies"],
    ),
    "a document with characters IAM refuses": (
        statement('{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::\u4e2d"}'),
        [
            "p.json:1:101: character '中' cannot stand in a policy | IAM takes characters up to U+00FF in a policy; use a wildcard",
        ],
    ),
    "a role for something that has none": (
        root("roles: {audit: reader}"),
        ["iamgroups.yaml:3:9: unknown key 'audit' in roles | known keys: plan, apply, drift"],
    ),
    "a role that is neither a name nor an ARN": (
        root("roles: {plan: 'arn:aws:iam::123456789012:user/x', apply: 'a b', drift: 5!}"),
        [
            "iamgroups.yaml:3:15: 'arn:aws:iam::123456789012:user/x' is not a role | a role is written as its name, such as iamgroups-plan, or as its ARN",
            "iamgroups.yaml:3:58: 'a b' is not a role | a role is written as its name, such as iamgroups-plan, or as its ARN",
            "iamgroups.yaml:3:72: '5!' is not a role | a role is written as its name, such as iamgroups-plan, or as its ARN",
        ],
    ),
    "a role of another account": (
        root("roles: {plan: 'arn:aws:iam::210987654321:role/x', apply: 'arn:aws:iam::{account_id}:role/y'}"),
        [
            "iamgroups.yaml:3:15: this role is in account 210987654321, and this root is for 123456789012 | a role of another account cannot change this one: write 123456789012, or {account_id}"
        ],
    ),
    "roles in an included file": (
        root("include: [more.yaml]", more="roles: {plan: x}"),
        [
            "more.yaml:1:1: 'roles' belongs into the root file only | move it there; if this file is a root of its own, exclude it from the include"
        ],
    ),
}
