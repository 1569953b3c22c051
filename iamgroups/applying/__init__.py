"""Run a Plan: order, concurrency, retries, journal, verification. Must not know boto3 or the terminal."""
