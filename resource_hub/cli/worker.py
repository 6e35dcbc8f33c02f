"""``resource-hub worker``: the process that does the background work.

The hub never imports ``media_worker``; this command runs it by name, as ``python -m`` would.
"""

import gc
import runpy

import click
import setproctitle


@click.command("worker")
def command() -> None:
    """后台处理（由 up 启动，也可在别的机器上另开）。 / Background work; more of them may run elsewhere."""
    setproctitle.setproctitle("resource-hub: worker")
    gc.disable()  # until everything is loaded, as in the web process
    runpy.run_module("media_worker", run_name="__main__", alter_sys=True)
