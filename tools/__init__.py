"""Programs for those who work on iamgroups. None of them is in the wheel."""
