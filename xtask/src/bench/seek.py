# The same frames as crates/media/examples/seek.rs, by PyAV: seek to the key frame before, decode up to the frame wanted.
import sys
import time

import av

# FFmpeg's messages through Python can deadlock with its decoding threads.
av.logging.restore_default_callback()

path, n = sys.argv[1], int(sys.argv[2])
container = av.open(path)
stream = container.streams.video[0]
stream.thread_type = "AUTO"
times_of = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
x, took = 1, []
for _ in range(n):
    x = (1103515245 * x + 12345) % (1 << 31)
    wanted = times_of[x % len(times_of)]
    start = time.perf_counter()
    container.seek(wanted, stream=stream)
    for frame in container.decode(stream):
        if frame.pts >= wanted:
            break
    took.append((time.perf_counter() - start) * 1e3)
    assert frame.pts == wanted, (frame.pts, wanted)
took.sort()
print(f"p50_ms {took[n // 2]:.3f}\np95_ms {took[n * 95 // 100]:.3f}")
