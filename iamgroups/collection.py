"""Keep the garbage collector out of what only makes things that stay: it takes a fifth of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection(*, freeze: bool = False) -> Iterator[None]:
    """Stop the garbage collector. `freeze`: what there is afterwards is never freed."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if freeze:
            gc.freeze()
        if was_enabled:
            gc.enable()
