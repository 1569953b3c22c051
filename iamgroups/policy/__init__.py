"""Policy documents: meaning, difference, packing, evaluation. Pure; knows no account."""
