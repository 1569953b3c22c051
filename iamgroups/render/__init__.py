"""One file per format; every renderer returns a string. Must not print, and must not decide anything."""
