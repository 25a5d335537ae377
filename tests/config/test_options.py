"""Addresses as people type them."""

import pytest

from model_monitoring_processor.config import Address, ServeOptions


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:4317", Address("127.0.0.1", 4317)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:4317", Address("::1", 4317)),
        ("none", None),
        ("NONE", None),
    ],
)
def test_an_address_is_host_and_port(text, address):
    assert Address.parse(text) == address
    if address is not None:
        assert str(address) == text


@pytest.mark.parametrize("text", ["", "4317", ":4317", "host:", "host:x", "host:65536", "host:-1", "::1:4317", "[]:1"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"expected HOST:PORT|brackets"):
        Address.parse(text)


def test_the_defaults_are_on_loopback(tmp_path):
    options = ServeOptions(state_dir=tmp_path)
    assert [str(a) for a in (options.otlp_grpc, options.otlp_http, options.admin)] == [
        "127.0.0.1:4317", "127.0.0.1:4318", "127.0.0.1:9464"
    ]  # fmt: skip
