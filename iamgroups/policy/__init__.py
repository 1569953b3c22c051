"""Policy documents: meaning, difference, packing. Pure; knows no account."""
