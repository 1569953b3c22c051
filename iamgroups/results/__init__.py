"""What each command comes to, as data."""
