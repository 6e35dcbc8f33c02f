"""What the command line says: each sentence in Chinese and English, plain, flushed at once."""

import click


def say(chinese: str, english: str) -> None:
    """Print both sentences on one line."""
    click.echo(f"{chinese} / {english}")


def say_error(chinese: str, english: str) -> None:
    """Print both sentences where errors go."""
    click.echo(f"{chinese}\n  {english}", err=True)
