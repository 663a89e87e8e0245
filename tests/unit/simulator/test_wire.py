"""Values survive the way to the engine and back."""

from __future__ import annotations

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from simulator.wire import UNKNOWN, contains_unknown, decode, encode

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(UNKNOWN)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=12,
)
properties = st.dictionaries(st.text(min_size=1), values, max_size=5)


@given(properties)
def test_round_trip(given_values: dict[str, object]) -> None:
    assert decode(encode(given_values)).values == given_values


@given(properties, st.data())
def test_secrets_stay_secret(given_values: dict[str, object], data: st.DataObject) -> None:
    hidden = frozenset(data.draw(st.sets(st.sampled_from(sorted(given_values)))) if given_values else ())
    decoded = decode(encode(given_values, hidden))
    assert decoded.values == given_values
    assert decoded.secrets == hidden


def test_a_nested_secret_marks_the_whole_property() -> None:
    inner = encode({"password": "x"}, ["password"])
    struct = struct_pb2.Struct()
    struct.fields["settings"].struct_value.CopyFrom(inner)
    decoded = decode(struct)
    assert decoded.values == {"settings": {"password": "x"}}
    assert decoded.secrets == {"settings"}


def test_unknown_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not contains_unknown({"a": [1, {"b": "04da6b54"}]})
