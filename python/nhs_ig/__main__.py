"""``python -m nhs_ig`` is the command line ``nhs-ig``."""

from nhs_ig.cli import main

if __name__ == "__main__":
    main(prog_name="nhs-ig")
