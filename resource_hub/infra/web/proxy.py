"""Behind the gateway: trust its word on scheme and client address, from loopback alone."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def behind_gateway(app: Flask) -> ProxyFix:
    """Return the application as one proxy hop away from the browser; Host is passed unchanged."""
    return ProxyFix(app, x_for=1, x_proto=1, x_host=0, x_port=0, x_prefix=0)
