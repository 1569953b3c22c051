"""What each command comes to, as data. Must not format it."""
