"""The simulated account's APIs over HTTP on loopback, for boto3 and other AWS clients outside this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep the console for the engine's output."""


class Endpoint:
    """An HTTP server on a free loopback port."""

    def __init__(self, application: Callable[..., Any]) -> None:
        """Serve a WSGI application at once."""
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """What a client takes as its `endpoint_url`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
