"""Policy documents: grammar, size, meaning, difference, grants, packing, evaluation. They know no account."""
