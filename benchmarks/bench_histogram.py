"""Cost of a histogram behind the queue: logging_lib beside torch.utils.tensorboard and numpy.histogram alone.

    python -m benchmarks.bench_histogram

Prints the least processor time of several runs, in milliseconds: to copy the values, which the calling thread does; to
count them and their statistics; and how many times longer the others take than the counting.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from torch.utils.tensorboard.summary import make_histogram

from logging_lib.capture import captured_array
from logging_lib.summary.histogram import histogram, tensorflow_edges

SIZES = (128, 4_096, 65_536, 1_000_000)
DTYPES = (np.float16, np.float32, np.float64, np.int32)


def least_ms(work: Callable[[], object], seconds: float = 0.3) -> float:
    """The least processor time of one call, of all threads, from as many as fit in `seconds` (three at least)."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < 3 or time.perf_counter() < end:
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


def main() -> None:
    """Print the table."""
    edges = tensorflow_edges()
    rng = np.random.default_rng(0)
    print("   values    dtype     copy    count    torch    numpy   torch   numpy   (ms)")
    for size in SIZES:
        for dtype in DTYPES:
            values = (rng.normal(size=size) * (100 if dtype is np.int32 else 1)).astype(dtype)
            copy = least_ms(lambda: captured_array(values))  # noqa: B023
            ours = least_ms(lambda: histogram("h", values))  # noqa: B023
            torch = least_ms(lambda: make_histogram(values.astype(float), edges.tolist()))  # noqa: B023
            numpy = least_ms(lambda: np.histogram(values, edges))  # noqa: B023
            times = f"{copy:8.3f} {ours:8.3f} {torch:8.3f} {numpy:8.3f}"
            print(f"{size:>9,} {np.dtype(dtype).name:>8} {times} {torch / ours:6.1f}x {numpy / ours:6.1f}x")


if __name__ == "__main__":
    main()
