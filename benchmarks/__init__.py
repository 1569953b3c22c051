"""Reproducible measurements: `python -m benchmarks --help`. Must not be part of the test run."""
