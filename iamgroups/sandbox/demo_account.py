"""The account of the demo: twenty people who hold the same policy directly, and who else there is."""

from iamgroups.sandbox.account import StrictIam

READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PEOPLE = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"),
    *("kim", "leo", "mallory", "niaj", "olivia", "peggy", "rupert", "sybil", "trent", "victor"),
)
# User -> policies held directly.
OTHERS = {"walter": (ADMINISTRATOR,), "svc-backup": (READ,)}


def demo_account() -> StrictIam:
    """Return account 123456789012, always the same."""
    iam = StrictIam("123456789012")
    for user, arns in (dict.fromkeys(PEOPLE, (READ,)) | OTHERS).items():
        iam.call("CreateUser", {"UserName": user})
        for arn in arns:
            iam.call("AttachUserPolicy", {"UserName": user, "PolicyArn": arn})
    return iam
