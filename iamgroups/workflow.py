"""What each command does, without a terminal. Must not print, prompt or exit."""
