"""What each command does, without a terminal: one file per piece of work.

Nothing is imported here: a plan should not wait for what only apply and import need.
"""
