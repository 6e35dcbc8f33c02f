"""``python -m resource_hub``: the command line without its wrapper, as the supervisor starts its parts."""

from resource_hub.cli import main

main()
