"""The real application, as the measured web server loads it: `benchmarks.served:app`. Settings come from the environment."""

import gc

from portal.app import create_app

app = create_app()
gc.collect()
