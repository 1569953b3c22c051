"""The embedded IAM for demos, tests and rehearsals: as strict as AWS, on loopback only."""
