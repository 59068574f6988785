"""`python -m tui` is `tbtui`."""

import sys

from tui.cli.main import entry_point

if __name__ == "__main__":
    sys.exit(entry_point())
