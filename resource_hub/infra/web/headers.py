"""What every answer says to the browser: a strict content policy, no framing, no sniffing.

Objects come from our own origin through the gateway, or from the S3 address in the settings,
which is therefore named in the policy.
"""

from flask import Flask, Response, request

from resource_hub.infra.features import hub


def init_headers(app: Flask) -> None:
    """Add the headers to every response; the gateway refuses hosts that are not ours."""

    @app.after_request
    def harden(response: Response) -> Response:
        settings = hub().settings
        objects = f" {settings.s3_public_url}" if settings.s3_public_url else ""
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
            f"img-src 'self' data: blob:{objects}; media-src 'self' blob:{objects}; connect-src 'self'{objects}; "
            "worker-src 'self' blob:; style-src 'self'; script-src 'self'",
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), interest-cohort=()")
        if request.is_secure:  # elsewhere browsers ignore it and say so in the console of every page
            response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.mimetype in {"text/html", "application/json"}:
            response.headers.setdefault("Cache-Control", "no-store" if request.cookies else "no-cache")
            response.vary.update(["Cookie", "Accept-Language"])
        return response
