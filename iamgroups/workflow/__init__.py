"""What each command does, without a terminal: one file per piece of work. Must not print, ask or exit."""
