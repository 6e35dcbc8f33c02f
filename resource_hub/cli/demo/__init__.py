"""The demo district 青岚区: invented schools and people, forty resources and their real files.

``district`` says who and where, ``classes`` how many pupils, ``resources`` what was written,
``writing`` holds the words, ``papers`` and ``films`` make the files. All names are invented;
nothing here is used outside demo mode.
"""

import click


@click.group("demo")
def command() -> None:
    """演示区县：写入人员与资源。 / The demo district: its people and resources."""


@command.command("people")
def people() -> None:
    """写入学校、人员和课程目录（几秒）。 / Write schools, people and curriculum, in seconds."""
    from resource_hub.app import create_app
    from resource_hub.cli.demo.seed import seed_people
    from resource_hub.infra import installation
    from resource_hub.kernel.settings import Settings

    settings = Settings.read()
    with create_app(settings).app_context():
        seed_people(installation.load(settings).demo_password)


@command.command("seed")
def seed() -> None:
    """写入人员和四十份资源（几分钟）。 / Write people and the forty resources, in minutes."""
    from resource_hub.app import create_app
    from resource_hub.cli.demo.seed import seed_people, seed_resources
    from resource_hub.infra import installation
    from resource_hub.kernel.settings import Settings

    settings = Settings.read()
    with create_app(settings).app_context():
        seed_people(installation.load(settings).demo_password)
        seed_resources(settings.data_path / "demo", lambda number, title: click.echo(f"{number}/40 {title}"))
