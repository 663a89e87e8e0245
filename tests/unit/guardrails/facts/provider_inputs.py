"""Reads from the installed pulumi_aws which inputs of each kind the provider never computes by itself.

Run as a program it writes the table that the guard reads: `python -m tests.unit.guardrails.facts.provider_inputs`.
The SDK types an output that is always there without `Optional`: an optional input with such an output is computed (or
has a default) where the program leaves it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pulumi_aws

from guardrails.facts.from_pulumi.kinds import kind_of
from guardrails.facts.from_pulumi.modelled import KNOWN
from guardrails.facts.from_pulumi.shapes import FLAG, LIST, NUMBER, OBJECT, TEXT, TEXT_BY_KEY, TEXTS, WHOLE
from guardrails.rules.catalogue import rule_types

ROOT = Path(__file__).parents[4]
TABLE = ROOT / "policy_pack" / "guardrails" / "facts" / "from_pulumi" / "inputs.json"
_TOKEN = re.compile(r"'(aws:[A-Za-z0-9]+/[A-Za-z0-9]+:[A-Za-z0-9]+)'")
_KIND = re.compile(r'"([a-z0-9]+\.[A-Z][A-Za-z0-9]+)"')
_OBJECT = re.compile(r"'(?:_\w+\.)?(\w+Args)'")
_GETTER = re.compile(
    r'@_builtins\.property\n    @pulumi\.getter(?:\(name="(?P<name>[^"]+)"\))?\n(?:    @[^\n]*\n)*'
    r"    def (?P<python>\w+)\(self\) -> (?P<type>[^\n]+):\n"
)


def sources() -> dict[str, str]:
    """The module of each kind."""
    return {kind: text for kind, (_, text) in _modules().items()}


@cache
def _modules() -> dict[str, tuple[Path, str]]:
    found: dict[str, tuple[Path, str]] = {}
    for path in sorted(Path(pulumi_aws.__file__).parent.rglob("[!_]*.py")):
        text = "" if path.name.startswith("get_") else path.read_text(encoding="utf-8")
        tokens = _TOKEN.findall(text)
        if tokens and re.search(r"^class \w+Args:", text, re.MULTILINE):
            found.setdefault(kind_of(tokens[-1]), (path, text))
    return found


def nested_inputs(kind: str) -> Iterator[tuple[str, str]]:
    """The inputs of a kind with those inside of its objects, each with its type: `vpcConfig.endpointPublicAccess`."""
    path, text = _modules()[kind]
    yield from _nested(_objects(path.parent), given(text)[1], "", ())


def _nested(
    objects: Mapping[str, Mapping[str, str]], inputs: Mapping[str, str], prefix: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for prop, shape in inputs.items():
        yield f"{prefix}{prop}", shape
        inner = _OBJECT.search(shape)
        if inner and inner.group(1) in objects and inner.group(1) not in above:
            yield from _nested(objects, objects[inner.group(1)], f"{prefix}{prop}.", (*above, inner.group(1)))


@cache
def _objects(package: Path) -> dict[str, dict[str, str]]:
    path = package / "_inputs.py"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return {part.partition(":")[0]: _getters(part) for part in text.split("\n@pulumi.input_type\nclass ")[1:]}


def inputs_of(text: str) -> tuple[list[str], list[str]]:
    """The inputs that stay absent where the program leaves them out, and the switches and numbers that do not."""
    name, inputs = given(text)
    outputs = _getters(text[text.rindex(f"\nclass {name.removesuffix('Init')}(") :])
    plain = {
        prop
        for prop, kind in inputs.items()
        if prop in outputs and ("Optional[" not in kind[:30] or "Optional[" in outputs[prop])
    }
    switches = {prop for prop, kind in inputs.items() if prop not in plain and re.search(r"_builtins.(bool|int)", kind)}
    return sorted(plain), sorted(switches)


def given(text: str) -> tuple[str, dict[str, str]]:
    """The name of a module's resource, and the types of its inputs."""
    name = re.search(r"^class (\w+)Args:", text, re.MULTILINE)
    assert name is not None
    return name.group(1), _getters(text[name.start() :].split("\n@pulumi.input_type", 1)[0].split("\nclass ", 2)[0])


def _getters(text: str) -> dict[str, str]:
    return {match["name"] or _camel(match["python"]): match["type"] for match in _GETTER.finditer(text)}


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match.group(1).upper(), name)


def kinds_read() -> set[str]:
    """The kinds that the guard names anywhere in its facts and rules."""
    named = KNOWN | {kind for rule in rule_types() for kind in rule.kinds}
    for folder in ("facts", "rules"):
        for path in (ROOT / "policy_pack" / "guardrails" / folder).rglob("*.py"):
            named |= set(_KIND.findall(path.read_text(encoding="utf-8")))
    return set(named)


def table() -> dict[str, tuple[list[str], list[str]]]:
    """The whole table."""
    known = sources()
    return {kind: inputs_of(known[kind]) for kind in sorted(kinds_read() & set(known))}


def rendered() -> str:
    """The table as it is written: one line a kind."""
    rows = [
        f"  {json.dumps(kind)}: {json.dumps([' '.join(plain), ' '.join(switches)])}"
        for kind, (plain, switches) in table().items()
    ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


# -- shapes -----------------------------------------------------------------------------------------------------------

SHAPES = TABLE.with_name("shapes.json")
_SCALARS = (("_builtins.bool", FLAG), ("_builtins.int", WHOLE), ("_builtins.float", NUMBER), ("_builtins.str", TEXT))


def shape_of(annotation: str) -> str:
    """The shape of an input by its type in the SDK; empty where it may be one of several."""
    union = "Union[" in annotation
    if (
        "Any]" in annotation
        or "pulumi.A" in annotation
        or annotation.count("Sequence[") > 1
        or "Mapping[str, pulumi.Input[Seq" in annotation
    ):
        return ""
    if union and ("Args'" in annotation or "Sequence[" in annotation):
        return ""
    if "Sequence[" in annotation:
        return LIST if "Args'" in annotation else TEXTS
    if "Mapping[" in annotation:
        return TEXT_BY_KEY if "_builtins.str]]" in annotation else ""
    if "Args'" in annotation:
        return OBJECT
    # What is left is a scalar, or the name of an enumeration of texts.
    return next((shape for name, shape in _SCALARS if name in annotation), TEXT)


def shapes() -> dict[str, dict[str, list[str]]]:
    """The paths of each kind's inputs by their shapes, as far as the path to them is of one shape each."""
    known: dict[str, dict[str, list[str]]] = {}
    for kind in sorted(kinds_read() & set(sources())):
        row = known[kind] = {}
        loose: set[str] = set()
        for path, annotation in nested_inputs(kind):
            shape = shape_of(annotation)
            if not shape or path.rpartition(".")[0] in loose:
                loose.add(path)
            else:
                row.setdefault(shape, []).append(path)
    return known


def rendered_shapes() -> str:
    """The table of shapes as it is written: one line a kind."""
    rows = [
        f"  {json.dumps(kind)}: {json.dumps({shape: ' '.join(sorted(paths)) for shape, paths in sorted(row.items())})}"
        for kind, row in shapes().items()
    ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(rendered(), encoding="utf-8")
    SHAPES.write_text(rendered_shapes(), encoding="utf-8")
