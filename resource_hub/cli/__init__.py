"""The command line ``resource-hub``: one module a command or group, loaded when it is called.

A new command is one line in ``COMMANDS`` and a module whose ``command`` is a click command.
Rule: modules are imported lazily, so that ``up`` does not carry the application in its memory.
"""

import importlib
import importlib.util
import sys

import click

from resource_hub import __version__
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.settings import SettingsError

COMMANDS = {
    "up": "resource_hub.cli.up",
    "serve": "resource_hub.cli.serve",
    "worker": "resource_hub.cli.worker",
    "doctor": "resource_hub.cli.doctor",
    "database": "resource_hub.cli.database",
    "people": "resource_hub.cli.people",
    "curriculum": "resource_hub.cli.curriculum",
    "index": "resource_hub.cli.index",
    "demo": "resource_hub.cli.demo",
    "docs": "resource_hub.cli.docs",
    "backup": "resource_hub.cli.backup",
    "restore": "resource_hub.cli.restore",
    "upload": "resource_hub.cli.upload",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return [name for name, module in COMMANDS.items() if importlib.util.find_spec(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="resource-hub")
@click.option("--lifeline", is_flag=True, hidden=True, help="End when standard input closes; given by the supervisor.")
def cli(*, lifeline: bool) -> None:
    """资源中心：安装、运行和维护。 / Resource Hub: run it and look after it."""
    if lifeline:
        from resource_hub.infra import supervise

        supervise.die_with_parent()


def main() -> None:
    """Run a command; a refusal is told in words with exit code 1, a wrong setting with 2."""
    try:
        cli(prog_name="resource-hub")
    except SettingsError as error:
        for problem in error.problems:
            click.echo(f"设置有误 / Wrong setting: {problem}", err=True)
        sys.exit(2)
    except HubError as error:
        click.echo(error.message % error.params if error.params else error.message, err=True)
        if english := getattr(error, "english", ""):
            click.echo(f"  {english}", err=True)
        for name, sentence in error.fields.items():
            click.echo(f"  {name}: {sentence}", err=True)
        sys.exit(1)
