"""Chaos: an IAM that misbehaves as AWS sometimes does, by a file, the same way every time.

A file is JSON, `{"seed": 1, "rules": [...]}`; `schemas/chaos.schema.json` describes it, `docs/sandbox.md`
explains it. Rules are met in order; one that ends a call hides it from the rules after it.

Which calls a rule meets: `operations` (globs; default all), `kind` (read or write), `params` (name -> glob),
and of those `nth` (a list, counted from 1), `from`, `to`, `times` (at most so often) and `probability` (drawn
from the seed, the call, and its place among calls just like it, so that threads cannot change it).

What it then does, by `fault`:
- `throttle` rate (calls a second), burst: a token bucket; Throttling 400 when it is empty
- `error` code, status, message, applied: any refusal: ServiceUnavailable, LimitExceeded, ExpiredToken, ...
- `reset` applied: the connection is reset, before the call was done or after
- `silence` applied: no answer ever comes
- `slow` seconds: the answer takes so long
- `stale` seconds or calls: reads answer as the account was so long ago
- `unborn` seconds or calls: what was created that lately is NoSuchEntity for every other call
- `overlap` seconds: each call takes so long; another one on the same group or user is ConcurrentModification
- `change` calls: somebody else makes these IAM calls just before
"""

from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.chaos.faults import Lost
from iamgroups.sandbox.chaos.file import load_chaos, read_chaos

__all__ = ["Chaos", "Lost", "load_chaos", "read_chaos"]
