"""``python -m media_worker``: the worker process of an installation.

The only module of the package that knows the application: it runs the media jobs and those of
every other feature, all registered in the same place.
"""

import argparse
import gc
import logging
import signal
import sys

import setproctitle

from media_worker import confinement
from media_worker.handlers import KINDS
from media_worker.loop import Worker
from resource_hub.app import create_app
from resource_hub.infra import jobs
from resource_hub.infra.features import Hub
from resource_hub.kernel.settings import Settings, SettingsError


def main() -> int:
    """Work until SIGTERM or SIGINT; 2 when a setting is wrong."""
    setproctitle.setproctitle("resource-hub: worker")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        app = create_app(Settings.read())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    hub: Hub = app.extensions["resource_hub"]
    # The web process knows these kinds by name and lane only; here they get their hands.
    hub.job_kinds.update({kind.name: kind for kind in KINDS})
    confinement.walls()  # tries them now, and tells in the log when they are weaker than they should be
    worker = Worker(app, lease_s=_arguments().lease_s)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    gc.freeze()
    gc.enable()
    worker.run()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("media_worker")
    parser.add_argument("--lease-s", type=float, default=jobs.LEASE_S, help="seconds after which a silent worker is replaced; for tests")
    # ``resource-hub worker`` runs this module with its own words still in the line.
    return parser.parse_known_args()[0]


if __name__ == "__main__":
    sys.exit(main())
