"""What each command does, without a terminal: one file per piece of work. Must not print, ask or exit.

Nothing is imported here: a plan should not wait for what only apply and import need.
"""
