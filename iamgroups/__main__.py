"""The process: `iamgroups` and `python -m iamgroups`. Must not do anything but start the command line."""

import sys


def main() -> int:
    """Run the command line and return the exit code (docs/exit-codes.md)."""
    from iamgroups.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
