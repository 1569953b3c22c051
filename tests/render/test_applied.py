"""What became of an apply, in words."""

from dataclasses import replace

from iamgroups.planning.plan import Plan
from iamgroups.render import human
from iamgroups.results.applied import Applied, Outcome
from iamgroups.state import Membership
from iamgroups.state.change import Change

from .samples import ACCOUNT

ANN = Change("create", Membership("devs", "ann"))
REFUSED = Applied(
    Plan(ACCOUNT, "", (ANN,)),
    (Outcome(ANN, "not_started"),),
    stopped="credentials",
    detail="The security token included in the request is expired.",
)


def test_credentials_that_expired_say_what_to_do_next() -> None:
    assert human.applied(REFUSED).splitlines()[-3:] == [
        "Stopped: the credentials have expired: The security token included in the request is expired.",
        "Renew them, then plan and apply again: it goes on where this stopped.",
        "Nothing was changed.",
    ]


def test_what_stopped_it_without_a_message_is_one_sentence() -> None:
    text = human.applied(replace(REFUSED, stopped="signal", detail=""))
    assert text.splitlines()[-2] == "Stopped by a signal."
