"""The facts of one stack: its resources by kind and URN, the edges between them, and the network they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guardrails.facts.from_pulumi.network import build_network
from guardrails.facts.resource import Resource, Value
from guardrails.facts.roles import ADOPTS, FOLLOW, Role, identifiers
from guardrails.facts.values import Maybe, Ref, Unknown

if TYPE_CHECKING:
    from guardrails.facts.intent import Intent
    from guardrails.facts.network import Network

_MAX_FOLLOW = 4


def _offers(role: Role, kind: str, key: str) -> bool:
    """Tell whether a key of this kind is what the role asks for: a VPC's own key is not that of its default group."""
    _, mark, ending = key.partition("#")
    return role.kinds.get(kind) == mark + ending


def _in_order(refs: Iterable[Maybe[Ref]]) -> tuple[Maybe[Ref], ...]:
    """Sort references: the engine names dependencies in an order that changes from run to run."""
    return tuple(sorted(refs, key=lambda ref: (ref.key or ref.literal or "") if isinstance(ref, Ref) else "\uffff"))


class Facts:
    """What every rule is given.

    `partial` tells that only one resource of the stack is shown (a resource rule while the engine works): a rule must
    then not conclude anything from the absence of others. `network` is given where it was read from an account, not
    from resources; `seen` then names the kinds of which the account showed every resource besides, and is None for a
    program, of which every resource is shown.
    """

    def __init__(  # noqa: PLR0913 - what the source is, by keyword
        self,
        resources: Iterable[Resource],
        *,
        intent: Intent | None = None,
        environment: str = "prod",
        partial: bool = False,
        network: Network | None = None,
        seen: frozenset[str] | None = None,
    ) -> None:
        self.resources: tuple[Resource, ...] = tuple(sorted(resources, key=lambda item: item.urn))
        self.intent = intent
        self.environment = environment
        self.partial = partial
        self.seen = frozenset[str]() if seen is None and network is not None else seen
        self.memo: dict[str, Any] = {}
        """What rules have worked out together and share for this run."""
        if network is not None:
            self.network = network
        self.by_urn = {item.urn: item for item in self.resources}
        self._by_kind: dict[str, list[Resource]] = defaultdict(list)
        for item in self.resources:
            self._by_kind[item.kind].append(item)

    def of(self, *kinds: str) -> list[Resource]:
        """Give the resources of these kinds, sorted by URN within each kind."""
        return [item for kind in kinds for item in self._by_kind.get(kind, ())]

    @property
    def kinds(self) -> Iterable[str]:
        """The kinds that occur."""
        return self._by_kind.keys()

    @cached_property
    def network(self) -> Network:
        """The network that the resources make; built on first use."""
        return build_network(self)

    # -- edges --------------------------------------------------------------------------------------------------------

    def refs(self, resource: Resource, path: str, role: Role) -> Maybe[tuple[Maybe[Ref], ...]]:
        """Resolve a property that names other objects: one `Ref` or `Unknown` for each name in it.

        Gives an `Unknown` for the whole where even their number cannot be known.
        """
        value = resource.get(path)
        if value is None or value == "":
            return ()
        if isinstance(value, Unknown):
            return self._whole(resource, path, value, role)
        leaves = value if isinstance(value, list) else [value]
        return _in_order(self._leaves(resource, path, leaves, role))

    def ref(self, resource: Resource, path: str, role: Role) -> Maybe[Ref] | None:
        """Resolve a property that names one other object; None where it is omitted."""
        found = self.refs(resource, path, role)
        if isinstance(found, Unknown):
            return found
        if len(found) > 1:
            return Unknown(f"{resource.urn}.{path}", f"names {len(found)} objects where one is meant")
        return found[0] if found else None

    def lookup(self, literal: str, role: Role | None = None) -> Ref:
        """Find the object of the stack that a literal id, ARN or name means, or say that it is outside."""
        keys = self._identifiers.get(literal, {})
        if role is not None:
            # In the role's own order: a registration with WorkSpaces has the very id of the directory it registers.
            offered = (keys[kind] for kind in role.kinds if kind in keys and _offers(role, kind, keys[kind]))
            key = next(offered, None)
        else:
            key = next(iter(keys.values()), None)
        return Ref(None if key is None else self.canonical(key), literal)

    def canonical(self, key: str) -> str:
        """Give the key under which a default object is listed: the resource that adopts it, if there is one."""
        return self._adopted.get(key, key)

    def resource(self, ref: Maybe[Ref] | None) -> Resource | None:
        """Give the resource that a reference leads to, None where it leads out of the stack or is not known."""
        return self.by_urn.get(ref.key) if isinstance(ref, Ref) and ref.key else None

    def _whole(self, resource: Resource, path: str, value: Unknown, role: Role) -> Maybe[tuple[Maybe[Ref], ...]]:
        targets, others = self._targets(resource, path, role)
        if targets and not others:
            return _in_order(targets)
        return Unknown(value.what or f"{resource.urn}.{path}", self._why(resource, path, targets, role))

    def _leaves(self, resource: Resource, path: str, leaves: Sequence[Value], role: Role) -> tuple[Maybe[Ref], ...]:
        known = [self.lookup(leaf, role) if isinstance(leaf, str) else None for leaf in leaves]
        unknown = sum(isinstance(leaf, Unknown) for leaf in leaves)
        if not unknown and None not in known:
            return tuple(ref for ref in known if ref is not None)
        already = {ref.key for ref in known if ref is not None}
        targets, _others = self._targets(resource, path, role)
        targets = [target for target in targets if target.key not in already]
        missing = Unknown(f"{resource.urn}.{path}", self._why(resource, path, targets, role))
        # As many candidates as unknown names: which is which does not matter in a list of equals.
        rest = iter(targets if len(targets) == unknown else [missing] * unknown)
        strange = Unknown(f"{resource.urn}.{path}", "not the name of an object")
        return tuple(
            ref if ref is not None else next(rest) if isinstance(leaf, Unknown) else strange
            for ref, leaf in zip(known, leaves, strict=True)
        )

    def _targets(self, resource: Resource, path: str, role: Role) -> tuple[list[Ref], int]:
        """Give what the dependencies of a property offer for a role, and how many of them offer nothing."""
        urns = (resource.edges or {}).get(path.split(".", 1)[0], ())
        targets: dict[str, Ref] = {}
        others = 0
        for urn in urns:
            key = self._offer(urn, role, _MAX_FOLLOW)
            if key is None:
                others += 1
            else:
                targets[key] = Ref(key)
        return list(targets.values()), others

    def _offer(self, urn: str, role: Role, depth: int) -> str | None:
        source = self.by_urn.get(urn)
        if source is None:
            return None
        suffix = role.kinds.get(source.kind)
        if suffix is not None:
            return self.canonical(f"{urn}{suffix}")
        prop = FOLLOW.get((source.kind, role))
        if prop is None or depth == 0:
            return None
        onward = self.ref(source, prop, role)
        return onward.key if isinstance(onward, Ref) else None

    def _why(self, resource: Resource, path: str, targets: Sequence[Ref], role: Role) -> str:
        if resource.edges is None:
            return "known only once the whole stack is seen"
        if not targets:
            return f"nothing that it depends on is of the kind {role.value}"
        return f"it depends on {len(targets)} objects of kind {role.value} and cannot be told apart"

    @cached_property
    def _identifiers(self) -> dict[str, dict[str, str]]:
        """Literal ids, ARNs and names, each with the kinds and keys of the objects that carry it."""
        index: dict[str, dict[str, str]] = defaultdict(dict)
        for item in self.resources:
            for literal, kind, key in identifiers(item):
                index[literal].setdefault(kind, key)
        return index

    @cached_property
    def _adopted(self) -> dict[str, str]:
        """Default objects of a VPC that a `Default…` resource adopts, by their own key."""
        adopted: dict[str, str] = {}
        for kind, (prop, role, suffix) in ADOPTS.items():
            for item in self.of(kind):
                urns = (item.edges or {}).get(prop, ())
                vpcs = [urn for urn in urns if urn in self.by_urn and self.by_urn[urn].kind in role.kinds]
                literal = item.get(prop)
                if isinstance(literal, str):
                    vpcs += self._identifiers.get(literal, {}).values()
                for vpc in vpcs:
                    adopted[f"{vpc.split('#')[0]}{suffix}"] = item.urn
        return adopted
