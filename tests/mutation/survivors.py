"""Why a mutation may go through, one reason for each way; a mutation without a reason is a failure."""

from __future__ import annotations

from dataclasses import dataclass

from tests.mutation.network_mutations import Mutation


@dataclass(frozen=True)
class Reason:
    """A reason, and the mutations it is true for: part, beginnings of operations and parts of subjects."""

    text: str
    part: str
    operations: tuple[str, ...] = ("",)
    subjects: tuple[str, ...] = ("",)
    stack: str = ""

    def holds(self, mutation: Mutation) -> bool:
        return (
            mutation.part == self.part
            and mutation.stack.startswith(self.stack)
            and mutation.operation.startswith(self.operations)
            and any(one in mutation.subject for one in self.subjects)
        )


REASONS = (
    Reason("Its zone has no host yet, and the flow is asked for when it has one", "ACL entry",
           ("removed", "deny instead"), ("-production-", "-proxy-acl"), "dev"),
    Reason("Between the directory's own controllers: an intent names flows between zones, not inside of one",
           "ACL entry", ("removed", "deny instead"), ("directory-acl-ingress-100", "directory-acl-egress-100")),
    Reason("The flow is permitted and not demanded", "ACL entry", ("removed", "deny instead"),
           ("desktop-acl-ingress-60", "desktop-acl-egress-60", "bastion-acl-egress-950", "bastion-acl-ingress-950")),
    Reason("The deny is a second fence: groups and routes alone let nothing pass there", "ACL entry",
           ("removed", "allow instead")),
    Reason("The other side's ACL, the groups and the routes still let nothing else pass", "ACL entry", ("widened",)),
    Reason("AWS's own group on every desktop lets everything out: this rule is not what permits it", "egress rule",
           ("removed", "moved"), ("-desktop-egress-",)),
    Reason("The proxies' rule for TCP 443 to everywhere holds this one", "egress rule",
           ("removed", "moved", "peer"),
           ("-proxy-egress-endpoint-", "-proxy-egress-0-0-0-0-0-")),
    Reason("The flow is permitted and not demanded", "egress rule", ("removed", "moved", "peer"),
           ("-desktop-egress-10-60-", "-desktop-egress-10-30-", "-bastion-egress-s3-")),
    Reason("The flow's next port is permitted as well", "egress rule", ("widened by one port",)),
    Reason("The group's other rules and the far side's permit no more", "egress rule"),
    Reason("Its zone has no host yet, and the flow is asked for when it has one", "ingress rule", stack="dev"),
    Reason("Another host of the tier answers in its place, or the other tier's ACL has what the host demands; the "
           "groups still let nothing else pass", "ACL association"),
    Reason("No subnet uses the main table", "route", ("copied to the main",)),
    Reason("The flow is permitted and not demanded", "route", ("removed",)),
    Reason("No group, ACL or far side lets the hosts there use the route", "route",
           ("copied", "widened", "redirected")),
    Reason("Everything that is demanded of the hosts there is in the VPC, and no group, ACL or far side lets them use "
           "what else the other table has", "table association"),
    Reason("No group or ACL there lets the hosts use it", "endpoint", ("added",)),
    Reason("The flow is permitted and not demanded", "endpoint", ("taken", "removed"), ("gateway-endpoint",)),
    Reason("The zone's other endpoints still answer: an intent names zones, and no rule needs this service",
           "endpoint", ("removed",)),
    Reason("The flow is permitted and not demanded", "peering", ("removed",), stack="prod"),
    Reason("AWS refuses it: the VPC that it names is in this account and Region", "peering", ("given",), stack="dev"),
    Reason("No subnet falls back to the default ACL", "default ACL"),
    Reason("It forwards for nobody: no route leads to it", "instance", ("without",)),
    Reason("Another Availability Zone's NAT gateway or table serves in its place", "NAT gateway"),
)  # fmt: skip


def reason_of(mutation: Mutation) -> str:
    """Give the reason of a survivor.

    Raises:
        LookupError: nobody has explained it yet.
    """
    for reason in REASONS:
        if reason.holds(mutation):
            return reason.text
    raise LookupError(f"{mutation} is stopped by nothing, and no reason is given")
