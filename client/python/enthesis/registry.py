"""A connection to a registry."""

from __future__ import annotations

import os
from typing import Any, Optional

import grpc

from enthesis.calls import Calls, Options
from enthesis.cases import Cases
from enthesis.models import Models

DEFAULT_SERVER = "127.0.0.1:7443"
_MEGABYTE = 1 << 20


class Registry(Cases, Models):
    """Sites, cases and statistics of one registry.

    As a context manager it closes itself. Threads: safe.
    """

    def __init__(self, channel: Any,
                 options: Optional[Options] = None) -> None:
        """On a grpc.Channel made elsewhere; `connect` makes one."""
        calls = Calls(channel, options or Options())
        Cases.__init__(self, channel, calls)
        Models.__init__(self, channel, calls)
        self._channel = channel

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()


def connect(server: Optional[str] = None,
            options: Optional[Options] = None) -> Registry:
    """Connects to HOST:PORT or unix:PATH; by default to that of the
    environment's ENTHESIS_SERVER, else to 127.0.0.1:7443. The first call
    reaches it or fails.
    """
    address = server or os.environ.get("ENTHESIS_SERVER") or DEFAULT_SERVER
    chosen = options or Options()
    channel = grpc.insecure_channel(address, options=[
        ("grpc.max_receive_message_length", 64 * _MEGABYTE),
        # Cases go to the registry directly.
        ("grpc.enable_http_proxy", 0),
        # gRPC's own wait before it connects again, up to two minutes, would
        # make our next tries fail without asking the server.
        ("grpc.initial_reconnect_backoff_ms",
         int(chosen.first_backoff * 1000)),
        ("grpc.max_reconnect_backoff_ms", int(chosen.max_backoff * 1000))])
    return Registry(channel, chosen)
