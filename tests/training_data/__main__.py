"""The command line."""

import sys

from tests.training_data import main

sys.exit(main(arguments=sys.argv[1:]))
