"""`python -m summit_service` is the command `summit`."""

from summit_service.cli import main

main()
