"""What the PyTorch peers share: results in the form of bench/results/README.md, timing, and safetensors. Standard library and torch."""
import datetime
import json
import os
import platform
import struct
import subprocess
import time

import torch

SCHEMA = "parasol-bench/1"
FLUSH_BYTES = 256 << 20
SAMPLES = 30
WARM_UPS = 3
SAMPLE_MICROS = 2000.0
MOST_LAUNCHES = 200


def quantile(samples, share):
    """The value below which the share of the samples lies, interpolated."""
    ordered = sorted(samples)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def driver_query(fields):
    try:
        text = subprocess.run(["nvidia-smi", "--query-gpu=" + fields, "--format=csv,noheader"], capture_output=True, text=True, timeout=10)
        return text.stdout.strip().splitlines()[0] if text.returncode == 0 and text.stdout.strip() else "unknown"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"


class Results:
    """Prints every measurement and keeps it in a file that is whole after each."""

    def __init__(self, path, gpu):
        self.path = path
        self.gpu = gpu
        self.root = {
            "schema": SCHEMA,
            "source": "pytorch",
            "kind": "gpu" if gpu else "software",
            "taken": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "commit": os.environ.get("PARASOL_COMMIT", "unknown"),
            "torch": torch.__version__,
            "device": self._device(),
            "host": {"processors": os.cpu_count(), "python": platform.python_version(), "os": platform.platform()},
            "measurements": [],
        }
        self._write()

    def _device(self):
        if not self.gpu:
            return {"id": "cpu", "name": "this machine's processor", "driver": "none"}
        properties = torch.cuda.get_device_properties(0)
        return {
            "id": "cuda:0", "name": properties.name, "capability": f"{properties.major}.{properties.minor}",
            "multiprocessors": properties.multi_processor_count, "memory_bytes": properties.total_memory,
            "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(), "driver": driver_query("driver_version"),
            "clocks": driver_query("clocks.sm,clocks.mem,clocks.max.sm,temperature.gpu,power.draw"),
        }

    def add(self, group, name, variant, shape, samples=None, flops=None, bytes_moved=None, error=None, limit=None, **extra):
        """A measurement: samples in microseconds, or only further fields."""
        entry = {"group": group, "name": name, "variant": variant, "shape": shape}
        text = f"{name} {variant} {shape}".ljust(64)
        if samples:
            entry.update(median_us=quantile(samples, 0.5), p10_us=quantile(samples, 0.1), p90_us=quantile(samples, 0.9), samples=len(samples))
            text += f" {entry['median_us']:11.2f} us ({entry['p10_us']:.2f} to {entry['p90_us']:.2f})"
            if flops:
                entry.update(flops=flops, tflop_s=flops / entry["median_us"] / 1e6)
                text += f" {entry['tflop_s']:8.3f} TFLOP/s"
            if bytes_moved:
                entry.update(bytes=bytes_moved, gb_s=bytes_moved / entry["median_us"] / 1e3)
                text += f" {entry['gb_s']:9.2f} GB/s"
        if error is not None:
            finite = error == error and abs(error) != float("inf")
            entry["check"] = {"error": error if finite else -1, "limit": limit, "ok": bool(finite and error <= limit)}
            text += f" error {error:.1e} {'ok' if entry['check']['ok'] else 'WRONG'}"
        entry.update(extra)
        text += "".join(f" {key} {value:.4g}" if isinstance(value, float) else f" {key} {value}" for key, value in extra.items())
        self.root["measurements"].append(entry)
        print(("" if self.gpu else "not a GPU  ") + text, flush=True)
        self._write()

    def wrong(self):
        return sum(1 for entry in self.root["measurements"] if "check" in entry and not entry["check"]["ok"])

    def _write(self):
        if self.path:
            os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
            aside = self.path + ".part"
            with open(aside, "w") as file:
                json.dump(self.root, file, indent=1)
            os.replace(aside, self.path)


class Budget:
    """Seconds that a run may take."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self.end - time.monotonic())


class Timer:
    """Times launches as the Java runner does: graph replays over rotated operands, and single launches after the cache was overwritten."""

    def __init__(self, gpu):
        self.gpu = gpu
        self.samples = SAMPLES if gpu else 3
        self.flush = torch.empty(FLUSH_BYTES // 4 if gpu else 1 << 18, dtype=torch.int32, device="cuda" if gpu else "cpu")

    def sets(self, bytes_moved):
        return max(1, min(MOST_LAUNCHES, -(-FLUSH_BYTES // max(1, int(bytes_moved))))) if self.gpu else 1

    def time(self, launch, sets):
        """Microseconds of one of many launches; launch(i) uses operands i % sets. Without a GPU, by the wall clock."""
        if not self.gpu:
            return self._wall(lambda: launch(0))
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for i in range(WARM_UPS):
                launch(i % sets)
        torch.cuda.synchronize()
        once = self._events(lambda: launch(0), 5)
        wanted = int(max(1, min(MOST_LAUNCHES, SAMPLE_MICROS / max(1.0, quantile(once, 0.5)))))
        count = -(-wanted // sets) * sets
        try:
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                for i in range(count):
                    launch(i % sets)
            run = graph.replay
        except RuntimeError:
            torch.cuda.synchronize()

            def run():
                for i in range(count):
                    launch(i % sets)
        return [micros / count for micros in self._events(run, self.samples)]

    def time_flushed(self, launch):
        """One launch alone, the cache overwritten before each."""
        if not self.gpu:
            return None
        micros = []
        for sample in range(-WARM_UPS, self.samples):
            self.flush.fill_(sample)
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            launch(0)
            end.record()
            end.synchronize()
            if sample >= 0:
                micros.append(1e3 * start.elapsed_time(end))
        return micros

    def _events(self, run, samples):
        micros = []
        for sample in range(-WARM_UPS, samples):
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            run()
            end.record()
            end.synchronize()
            if sample >= 0:
                micros.append(1e3 * start.elapsed_time(end))
        return micros

    def _wall(self, run):
        micros = []
        for sample in range(-1, self.samples):
            start = time.perf_counter()
            run()
            if sample >= 0:
                micros.append(1e6 * (time.perf_counter() - start))
        return micros


def relative_error(expected, actual):
    """Norm of the difference over the norm, in double precision."""
    expected, actual = expected.double(), actual.double()
    return float((actual - expected).norm() / expected.norm())


def load_safetensors(path, device):
    """Every tensor of a file."""
    types = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64, "I32": torch.int32}
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, info in header.items():
        begin, end = info["data_offsets"]
        if begin == end:
            tensors[name] = torch.empty(info["shape"], dtype=types[info["dtype"]], device=device)
            continue
        flat = torch.frombuffer(data, dtype=types[info["dtype"]], count=(end - begin) // (2 if info["dtype"] == "F16" else 8 if info["dtype"] == "I64" else 4), offset=begin)
        tensors[name] = flat.reshape(info["shape"]).clone().to(device)
    return tensors, metadata
