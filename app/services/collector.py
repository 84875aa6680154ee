"""Python's search for cycles, made rare: a command makes many small values and no cycles.

Values die by reference count. By its defaults Python looks for cycles after every 700 of them,
again and again through everything a batch holds: a quarter of its time (benchmarks/README.md).
"""

import gc

#: Values made since the last look, less those gone: twice what a batch of 1,000 payments holds.
_YOUNG = 250_000


def collect_rarely() -> None:
    """Once a process that serves, sweeps or imports has started: what is here by now stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
