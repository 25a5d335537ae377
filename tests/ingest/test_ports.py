"""Where the servers listen, and what is said when they cannot."""

import socket

import pytest

from model_monitoring_processor.errors import MonitoringError
from model_monitoring_processor.ingest import GrpcServer, HttpServer
from model_monitoring_processor.ports import split_address

SERVERS = [(GrpcServer, "--otlp-grpc"), (HttpServer, "--otlp-http")]


@pytest.mark.parametrize(("server", "option"), SERVERS)
def test_a_port_in_use_is_named_with_the_option_that_changes_it(stage, server, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MonitoringError) as raised:
            server(stage.intake, address).start()
    for part in (address, "something else listening", option):
        assert part in str(raised.value)


@pytest.mark.parametrize(("server", "option"), SERVERS)
def test_two_processors_cannot_share_a_port(stage, server, option):
    first = server(stage.intake, "127.0.0.1:0")
    port = first.start()
    with pytest.raises(MonitoringError, match=rf"cannot listen at 127\.0\.0\.1:{port}"):
        server(stage.intake, f"127.0.0.1:{port}").start()
    first.stop(1)


@pytest.mark.parametrize(("server", "option"), SERVERS)
@pytest.mark.parametrize("address", ["4317", "localhost", ":4317", "localhost:http", "localhost:70000"])
def test_an_address_has_a_host_and_a_port(stage, server, option, address):
    with pytest.raises(MonitoringError, match=rf"{option} must be host:port"):
        server(stage.intake, address).start()


def test_an_address_of_version_six_stands_in_brackets():
    assert split_address("[::1]:4317", "--otlp-grpc") == ("::1", 4317)


@pytest.mark.parametrize(("server", "option"), SERVERS)
def test_stopping_frees_the_port_and_may_be_done_twice(stage, server, option):
    first = server(stage.intake, "127.0.0.1:0")
    port = first.start()
    first.stop(1)
    first.stop(1)
    again = server(stage.intake, f"127.0.0.1:{port}")
    assert again.start() == port
    again.stop(1)


@pytest.mark.parametrize(("server", "option"), SERVERS)
def test_a_server_that_never_started_can_be_stopped(stage, server, option):
    server(stage.intake, "127.0.0.1:0").stop(1)
