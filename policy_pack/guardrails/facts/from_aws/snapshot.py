"""A folder tree of what `aws ... describe-*` prints, read into answers.

Files are recognised by what they hold, whatever their names; a file may hold several answers one after another (pages
appended by a shell), a list of them, or several merged. UTF-8 and UTF-16 with or without a byte order mark are read, as
shells on Windows redirect to the latter, also compressed with gzip. What cannot be read to its end is named, and the
kinds of object that it began to tell count as incomplete.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from guardrails.facts.from_aws.answers import Answers, narrow
from guardrails.facts.from_aws.kinds import KINDS, PARTS, SILENT, WRAPPED
from guardrails.facts.from_aws.record import Scope

_GZIP = b"\x1f\x8b"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class SnapshotError(Exception):
    """The folder cannot be read, or nothing in it is an answer of AWS."""


def read_folder(folder: Path) -> Answers:
    """Read every file under a folder (or one file).

    Raises:
        SnapshotError: the folder is missing or unreadable, or holds no answer that is recognised.
    """
    answers = Answers()
    try:
        files = list(_files(folder))
    except OSError as error:
        raise SnapshotError(f"{folder}: {error.strerror or 'cannot be read'}") from error
    for path in files:
        name = path.relative_to(folder).as_posix() if path != folder else path.name
        scope = Scope(unit="/")
        for part in name.split("/"):
            scope = narrow(scope, part)
        try:
            _read_file(path.read_bytes(), name, scope, answers)
        except OSError as error:
            _lose_file(answers, name, "", f"cannot be read: {error.strerror}")
    answers.close()
    if not answers.recognised:
        reasons = "; ".join(f"{gap.what}: {gap.why}" for gap in answers.gaps[:5])
        raise SnapshotError(f"{folder}: no answer of AWS is recognised in it{f' ({reasons})' if reasons else ''}")
    return answers


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _read_file(content: bytes, name: str, scope: Scope, answers: Answers) -> None:
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            _lose_file(answers, name, "", "cannot be unpacked (truncated?)")
            return
        name = name.removesuffix(".gz")
    encoding = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding).strip()
    except UnicodeDecodeError:
        text = ""
        if name.lower().endswith(".json"):
            _lose_file(answers, name, "", "is neither UTF-8 nor UTF-16 text")
            return
    is_json = name.lower().endswith((".json", ".jsonl", ".ndjson"))
    if not text.startswith(("{", "[")):
        if is_json:
            _lose_file(answers, name, text, "is empty" if not text else "is not JSON")
        else:
            answers.notes.append(f"{name}: is not JSON; left out")
        return
    decoder = json.JSONDecoder()
    position = 0
    while position < len(text):
        try:
            document, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, getattr(error, "pos", position)) + 1
            _lose_file(answers, name, text[position:], f"is not JSON from line {line} on (truncated?)")
            return
        answers.accept(document, scope, name)
        position = end
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1


def _lose_file(answers: Answers, name: str, text: str, why: str) -> None:
    """Count the kinds that a broken file began to tell as incomplete, or the one that its name tells.

    A file that is not named after the one kind it holds may have held others behind the break: whatever no other file
    tells may have been lost with it.
    """
    begun = {WRAPPED.get(key, key) for key in _top_keys(text)}
    named = _kinds_by_name(name)
    answers.gap(name, why)
    answers.broken |= begun or named
    alone = len(begun) == 1 and all(_is_named_after(name, kind) for kind in begun)
    if not (begun or named) or (begun and not alone):
        answers.cut = True


def _top_keys(text: str) -> Iterator[str]:
    """Find the recognised keys of the outermost objects in broken JSON."""
    depth = 0
    outer: int | None = None
    previous = ""
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if mark in "{[":
            depth += 1
            outer = depth if outer is None and mark == "{" else outer
        elif mark in "}]":
            depth -= 1
        elif mark == ":" and depth == outer and previous.startswith('"'):
            key = previous[1:-1]
            if key in KINDS or key in PARTS or key in WRAPPED:
                yield key
        previous = mark


def _is_named_after(name: str, kind: str) -> bool:
    """Tell whether a file name holds a word of a kind, or its initials: `acls.json`, `sg-2.json`."""
    stem = name.rsplit("/", 1)[-1].lower()
    words = [word.lower().removesuffix("s") for word in re.findall(r"[A-Z]?[a-z]+", kind)]
    initials = "".join(word[0] for word in words)
    return any(word in stem for word in words if word != "network") or initials in re.findall(r"[a-z]+", stem)


def _kinds_by_name(name: str) -> set[str]:
    """Guess the kinds from a file name such as `describe-network-acls.json` or `networkAcls_2.json`."""
    stem = re.sub(r"[^a-z]", "", name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower())
    words = [(re.sub(r"[^a-z]", "", key.lower()).rstrip("s"), key) for key in (*KINDS, *PARTS, *WRAPPED, *SILENT)]
    held = [(word, WRAPPED.get(key, key)) for word, key in words if word in stem]
    kinds = {kind for word, kind in held if not any(word != other and word in other for other, _ in held)}
    return kinds or ({"Instances"} if "instance" in stem else set[str]())
