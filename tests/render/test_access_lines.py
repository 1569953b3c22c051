"""What the Access section says where documents could not be read."""

from iamgroups.access.delta import AccessDelta, Row, Tally
from iamgroups.render import access_lines

READ = Tally(2, (("s3", 2),), (("Read", 2),))


def test_nobody_is_called_unprivileged_who_gets_what_could_not_be_read() -> None:
    known = Row(("ann",), (), READ, Tally())
    half = Row(("kim",), (), READ, Tally(), unread=("aws:A", "aws:B"), unread_gained=("aws:A", "aws:B"))
    assert "      nothing privileged" in access_lines.section(AccessDelta((known,)))
    lines = [*access_lines.section(AccessDelta((half,), unread=half.unread))]
    assert not any("nothing privileged" in line for line in lines)
    assert lines[0] == "Access: 1 person gains, 1 person gets what could not be read"
    assert "    ? and what could not be read: aws:A, aws:B" in lines
    assert [row[3] for row in access_lines.table(AccessDelta((half,)))] == ["not read: aws:A, aws:B"]
    assert half.rank < known.rank
