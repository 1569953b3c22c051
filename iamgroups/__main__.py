"""The process: `iamgroups` and `python -m iamgroups`."""

import os
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line and return the exit code (docs/exit-codes.md)."""
    try:
        # What is raised in the middle of an import may get lost, or be taken for a defect.
        _on_signals(at_once=True)
        from iamgroups.cli.app import run

        _on_signals(at_once=False)
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        _end()
        return INTERRUPTED


def _on_signals(*, at_once: bool) -> None:
    """End on SIGINT, unless whoever started us has it ignored, and on SIGTERM."""
    import signal

    handler = _end if at_once else _interrupt
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end(*_: object) -> None:
    """End here. From its first write on, an apply hears signals itself and tells what it wrote."""
    try:
        os.write(2, b"\nInterrupted: nothing was written to IAM.\n")
    finally:
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
