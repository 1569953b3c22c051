"""Config + LiveState + clock -> Plan. Pure: no I/O, no clock of its own, no YAML, no boto3.

Nothing is imported here: what only reads a plan should not load what makes one.
"""
