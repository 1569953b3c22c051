"""One file per output format: functions from data to text. Must not print, read or decide."""
