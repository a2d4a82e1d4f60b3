#!/usr/bin/env python3
"""Paraformer in PyTorch, as what a user would otherwise run, on the weights that `parasol-bench export` wrote.

Forms: plain (a padded batch and separate products and softmax, as FunASR runs it), compiled (the same through torch.compile),
packed (no padding, fused attention over offsets), and packed-graph (packed, its layers compiled, replayed as CUDA graphs).
Each is checked against the exported ids and log-probabilities, which are of an fp32 pass. From features in pinned host memory to
token ids on the host, as Parasol is measured. Needs the standard library and torch alone.

    torch_paraformer.py --export DIR --out FILE.json [--budget SECONDS] [--only model|kernels]
"""
import argparse
import gc
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kernels  # noqa: E402
from results import Budget, Results, Timer, load_safetensors, relative_error  # noqa: E402

# fp16 against fp32: what rounding does over 66 layers, and how many of the ids it may turn (made-up weights have small margins).
LOG_PROB_LIMIT = 2e-2
ID_LIMIT = 0.1


def layer_weights(weights, prefix):
    return {name[len(prefix):]: value for name, value in weights.items() if name.startswith(prefix)}


def norm(x, w, name):
    return F.layer_norm(x, (x.shape[-1],), w[name + ".weight"], w[name + ".bias"], 1e-5)


class Padded:
    """Rows of utterances as [batch, longest, width], FunASR's way."""

    def __init__(self, ragged_frames):
        self.frames = ragged_frames
        self.tokens = None

    def fsmn(self, x, weight, left, ragged):
        mask = ragged.mask[:, :, None].to(x.dtype)
        x = x * mask
        taps = weight.shape[-1]
        y = F.conv1d(F.pad(x.transpose(1, 2), (left, taps - 1 - left)), weight, groups=x.shape[-1]).transpose(1, 2)
        return (y + x) * mask

    def attention(self, q, k, v, queries, keys, heads):
        split = lambda x: x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)
        scores = split(q) @ split(k).transpose(2, 3) * (q.shape[-1] // heads) ** -0.5
        mask = ~keys.mask[:, None, None, :]
        probabilities = torch.softmax(scores.masked_fill(mask, torch.finfo(scores.dtype).min), -1).masked_fill(mask, 0.0)
        return (probabilities @ split(v)).transpose(1, 2).reshape(q.shape)


class Packed:
    """Rows of utterances as [rows, width], without padding."""

    def __init__(self, ragged_frames):
        self.frames = ragged_frames
        self.tokens = None
        self.flash = kernels.varlen_attention()[0]

    def fsmn(self, x, weight, left, ragged):
        wide = x.new_zeros(ragged.gapped_rows, x.shape[1])
        wide[ragged.gapped] = x
        taps = weight.shape[-1]
        y = F.conv1d(F.pad(wide.t()[None], (left, taps - 1 - left)), weight, groups=x.shape[1])[0].t()
        return y[ragged.gapped] + x

    def attention(self, q, k, v, queries, keys, heads):
        return kernels.attention_packed(q, k, v, queries, keys, heads, self.flash)


class Fused(Packed):
    """Packed, its convolution as a sum of shifted rows, which a compiler makes one kernel of."""

    def fsmn(self, x, weight, left, ragged):
        wide = x.new_zeros(ragged.gapped_rows, x.shape[1])
        wide[ragged.gapped] = x
        taps = weight.shape[-1]
        wide = F.pad(wide, (0, 0, left, taps - 1 - left))
        y = sum(wide[j:j + ragged.gapped_rows] * weight[:, 0, j] for j in range(taps))
        return y[ragged.gapped] + x


def encoder_layer(form, w, x, heads, left, same_width):
    d = w["norm2.weight"].shape[0]
    q, k, v = F.linear(norm(x, w, "norm1"), w["self_attn.linear_q_k_v.weight"], w["self_attn.linear_q_k_v.bias"]).split(d, -1)
    attended = F.linear(form.attention(q, k, v, form.frames, form.frames, heads), w["self_attn.linear_out.weight"], w["self_attn.linear_out.bias"])
    attended = attended + form.fsmn(v, w["self_attn.fsmn_block.weight"], left, form.frames)
    x = x + attended if same_width else attended
    inner = F.relu(F.linear(norm(x, w, "norm2"), w["feed_forward.w_1.weight"], w["feed_forward.w_1.bias"]))
    return x + F.linear(inner, w["feed_forward.w_2.weight"], w["feed_forward.w_2.bias"])


def decoder_feed_forward(w, y):
    inner = F.relu(F.linear(norm(y, w, "norm1"), w["feed_forward.w_1.weight"], w["feed_forward.w_1.bias"]))
    return F.linear(norm(inner, w, "feed_forward.norm"), w["feed_forward.w_2.weight"])


def decoder_layer(form, w, y, encoded, heads, left):
    t = norm(decoder_feed_forward(w, y), w, "norm2")
    y = y + form.fsmn(t, w["self_attn.fsmn_block.weight"], left, form.tokens)
    q = F.linear(norm(y, w, "norm3"), w["src_attn.linear_q.weight"], w["src_attn.linear_q.bias"])
    k, v = F.linear(encoded, w["src_attn.linear_k_v.weight"], w["src_attn.linear_k_v.bias"]).split(y.shape[-1], -1)
    attended = form.attention(q, k, v, form.tokens, form.frames, heads)
    return y + F.linear(attended, w["src_attn.linear_out.weight"], w["src_attn.linear_out.bias"])


class Model:
    """The weights, and the pass in each form."""

    def __init__(self, weights, config, device, dtype):
        self.config = config
        self.device = device
        self.dtype = dtype
        self.weights = {name: value.to(device=device, dtype=dtype) for name, value in weights.items()}
        self.encoder = [layer_weights(self.weights, self._encoder_prefix(i)) for i in range(config["encoder_blocks"])]
        self.decoder = [layer_weights(self.weights, f"decoder.decoders.{i}.") for i in range(config["decoder_blocks"])]
        self.last = layer_weights(self.weights, "decoder.decoders3.0.")
        self.gap = max(config["encoder_kernel"], config["decoder_kernel"])
        self.encoder_layer = encoder_layer
        self.decoder_layer = decoder_layer

    @staticmethod
    def _encoder_prefix(layer):
        return "encoder.encoders0.0." if layer == 0 else f"encoder.encoders.{layer - 1}."

    def bytes(self):
        return sum(value.numel() * value.element_size() for value in self.weights.values())

    def ragged(self, lengths):
        return kernels.Ragged(lengths, self.device, self.gap)

    def positions(self, ragged, size):
        half = size // 2
        frequency = torch.exp(torch.arange(half, device=self.device) * -(math.log(10000.0) / (half - 1)))
        angle = (torch.arange(ragged.longest, device=self.device) + 1)[:, None] * frequency[None]
        return torch.cat([angle.sin(), angle.cos()], 1).to(self.dtype)

    def encode(self, form, x, positions):
        """From features with their positions added to the encoder's output and the weights of its frames [utterances, longest]."""
        c = self.config
        x = x * c["width"] ** 0.5 + positions
        for i, w in enumerate(self.encoder):
            x = self.encoder_layer(form, w, x, c["encoder_heads"], c["encoder_left"], i > 0)
        x = norm(x, self.weights, "encoder.after_norm")
        padded = x if x.dim() == 3 else self._pad(x, form.frames)
        mask = form.frames.mask
        hidden = F.conv1d(F.pad((padded * mask[:, :, None].to(x.dtype)).transpose(1, 2), (c["left"], c["right"])), self.weights["predictor.cif_conv1d.weight"],
                          self.weights["predictor.cif_conv1d.bias"]).relu().transpose(1, 2)
        logits = F.linear(hidden, self.weights["predictor.cif_output.weight"], self.weights["predictor.cif_output.bias"])[..., 0]
        alphas = torch.relu(torch.sigmoid(logits.float()) * c["smooth"] - c["noise"]) * mask
        return x, alphas

    def _pad(self, x, ragged):
        wide = x.new_zeros(len(ragged.lengths) * ragged.longest, x.shape[1])
        wide[ragged.padded] = x
        return wide.reshape(len(ragged.lengths), ragged.longest, -1)

    def sums(self, form, alphas):
        """Running sums of the weights, the tail behind each utterance's last frame included; and each utterance's number of tokens."""
        with_tail = F.pad(alphas.double(), (0, 1))
        ends = form.frames.counts[:, None]
        with_tail = with_tail.scatter(1, ends, torch.full_like(with_tail[:, :1], self.config["tail"]))
        sums = with_tail.cumsum(1).float()
        # As in FunASR no utterance has more tokens than frames.
        return sums, torch.minimum(sums[:, -1].floor().long(), ends[:, 0])

    def fire(self, form, encoded, sums, longest_tokens):
        """Embedding k is the sum of the frames, each weighted by how much of its weight lies between k and k + 1: [utterances, tokens, width]."""
        upper, lower = sums, F.pad(sums, (1, 0))[:, :-1]
        k = torch.arange(longest_tokens, device=self.device)[None, :, None]
        share = (torch.minimum(upper[:, None, :], k + 1) - torch.maximum(lower[:, None, :], k)).clamp(min=0)[:, :, :-1]
        padded = encoded if encoded.dim() == 3 else self._pad(encoded, form.frames)
        return torch.bmm(share.to(self.dtype), padded)

    def decode(self, form, y, encoded):
        for w in self.decoder:
            y = self.decoder_layer(form, w, y, encoded, self.config["decoder_heads"], self.config["decoder_left"])
        y = norm(decoder_feed_forward(self.last, y), self.weights, "decoder.after_norm")
        return F.linear(y, self.weights["decoder.output_layer.weight"], self.weights["decoder.output_layer.bias"])


class Pass:
    """One batch in one form; run() goes from features on the host to ids on the host."""

    def __init__(self, model, form_class, features, frames, graphs=False):
        self.model = model
        self.graphs = graphs and model.device == "cuda"
        self.ragged = model.ragged(frames)
        self.form = form_class(self.ragged)
        self.packed = issubclass(form_class, Packed)
        self.host = torch.cat(features) if self.packed else self._padded(features, frames)
        if model.device == "cuda":
            self.host = self.host.pin_memory()
        table = model.positions(self.ragged, self.host.shape[-1])
        self.positions = table[self.ragged.position] if self.packed else table[None]
        self.encoder_graph = None
        self.decoder_graphs = {}
        self.token_rows = {}

    @staticmethod
    def _padded(features, frames):
        padded = torch.zeros(len(features), max(frames), features[0].shape[1])
        for b, rows in enumerate(features):
            padded[b, :len(rows)] = rows
        return padded

    def logits(self):
        """The logits of every utterance's tokens and their numbers of tokens."""
        model, form = self.model, self.form
        x = self.host.to(model.device, non_blocking=True).to(model.dtype)
        encoded, alphas = self._encode(x)
        sums, counts = model.sums(form, alphas)
        counts = counts.tolist()
        if tuple(counts) not in self.token_rows:
            self.token_rows[tuple(counts)] = model.ragged([max(1, n) for n in counts])
        form.tokens = self.token_rows[tuple(counts)]
        y = model.fire(form, encoded, sums, form.tokens.longest)
        if self.packed:
            y = y.reshape(-1, y.shape[-1])[form.tokens.padded]
        return self._decode(y, encoded, tuple(counts)), counts

    def _encode(self, x):
        if not self.graphs:
            return self.model.encode(self.form, x, self.positions)
        if self.encoder_graph is None:
            self.encoder_graph = Replay(lambda rows: self.model.encode(self.form, rows, self.positions), x)
        return self.encoder_graph.run(x)

    def _decode(self, y, encoded, counts):
        if not self.graphs:
            return self.model.decode(self.form, y, encoded)
        if counts not in self.decoder_graphs:
            self.decoder_graphs[counts] = Replay(lambda a, b: self.model.decode(self.form, a, b), y, encoded)
        return self.decoder_graphs[counts].run(y, encoded)

    def run(self):
        with torch.inference_mode():
            logits, counts = self.logits()
            ids = logits.argmax(-1).cpu()
        return self.split(ids, counts)

    def split(self, rows, counts):
        if not self.packed:
            return [rows[b, :n] for b, n in enumerate(counts)]
        parts = rows.split([max(1, n) for n in counts])
        return [part[:n] for part, n in zip(parts, counts)]


class Replay:
    """A function captured as a CUDA graph: operands are copied to where it reads them, results stay where it writes them."""

    def __init__(self, function, *operands):
        self.operands = [operand.clone() for operand in operands]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                function(*self.operands)
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.results = function(*self.operands)

    def run(self, *operands):
        for place, operand in zip(self.operands, operands):
            place.copy_(operand)
        self.graph.replay()
        return self.results


def compiled(model):
    """The model with its layers through torch.compile: one compilation serves all layers of a kind."""
    # Each batch has shapes of its own: without this, compilations beyond the eighth would silently be left out.
    torch._dynamo.reset()
    other = Model.__new__(Model)
    other.__dict__.update(model.__dict__)
    other.encoder_layer = torch.compile(encoder_layer, dynamic=False)
    other.decoder_layer = torch.compile(decoder_layer, dynamic=False)
    return other


def forms(model, compiling):
    """Name, model, class and whether it is replayed as graphs; those that are compiled, which takes half a minute each, or the others."""
    if compiling:
        if model.device != "cuda" or not hasattr(torch, "compile"):
            return []
        return [("packed, compiled, graphs", lambda: compiled(model), Fused, True), ("plain, compiled", lambda: compiled(model), Padded, False)]
    listed = [("packed", lambda: model, Packed, False), ("plain", lambda: model, Padded, False)]
    return listed + ([("packed, graphs", lambda: model, Packed, True)] if model.device == "cuda" else [])


class Batches:
    """Exported utterances with the ids that an fp32 pass of Parasol gave them."""

    def __init__(self, tensors):
        self.tensors = tensors
        self.names = sorted({name.split("/")[0] for name in tensors})

    def utterances(self, name, count=None):
        frames = self.tensors[name + "/frames"].tolist()
        tokens = self.tensors[name + "/tokens"].tolist()
        features = list(self.tensors[name + "/features"].split(frames))
        ids = list(self.tensors[name + "/ids"].split(tokens))
        count = count or len(frames)
        return features[:count], frames[:count], ids[:count]

    def log_probs(self, name):
        return self.tensors.get(name + "/log_probs")


def audio_seconds(name):
    """Of a batch by its name: 30x10s, ragged300s."""
    count, _, seconds = name[:-1].replace("ragged", "1x").partition("x")
    return int(count) * float(seconds)


def id_error(expected, actual):
    """The share of tokens that differ; utterances with another number of tokens differ in all of them."""
    total = sum(len(ids) for ids in expected)
    differing = sum(len(e) if len(e) != len(a) else int((e != a).sum()) for e, a in zip(expected, actual))
    return differing / max(1, total)


def goal_batches(batches):
    """The batches that have goals: source, number of utterances (None: all), and the name by which results call it."""
    uniform = next(name for name in batches.names if not name.startswith("ragged"))
    count, seconds = uniform.split("x")
    sizes = (30, 1) if int(count) >= 30 else (int(count), 1)
    return [(uniform, n, f"{n}x{seconds}") for n in sizes] + [(name, None, name) for name in batches.names if name.startswith("ragged")]


def other_batches(batches):
    """Further sizes, for the plot."""
    uniform = next(name for name in batches.names if not name.startswith("ragged"))
    count, seconds = uniform.split("x")
    return [(uniform, n, f"{n}x{seconds}") for n in (60, 10, 5, 2) if n < int(count) or n == int(count) == 60]


def measure(results, model, batches, work, compiling, budget, passes):
    """Every form on these batches."""
    for source, n, shape in work:
        features, frames, ids = batches.utterances(source, n)
        for name, make, form, graphs in forms(model, compiling):
            group = "latency" if n == 1 else "throughput"
            title = "one utterance, features to ids" if n == 1 else "packed, features to ids"
            if budget.left() <= 0:
                results.add(group, title, "PyTorch " + name, shape, skipped="the time budget was spent")
                continue
            try:
                one(results, group, title, "PyTorch " + name, shape, Pass(make(), form, features, frames, graphs), ids, audio_seconds(shape), passes,
                    batches.log_probs(source) if n == 1 else None)
            except Exception as failure:  # whatever a form dies of, the others go on, and the result says so
                results.add(group, title, "PyTorch " + name, shape, skipped=f"{type(failure).__name__}: {(str(failure).splitlines() or [''])[0][:200]}")
            gc.collect()
            if model.device == "cuda":
                torch.cuda.empty_cache()


def one(results, group, title, variant, shape, batch, expected, audio, passes, log_probs):
    cuda = batch.model.device == "cuda"
    ids = batch.run()
    if log_probs is not None:
        with torch.inference_mode():
            logits, counts = batch.logits()
        actual = F.log_softmax(batch.split(logits, counts)[0].float(), -1).cpu()
        error = relative_error(log_probs, actual) if actual.shape == log_probs.shape else float("inf")
        results.add("accuracy", "log-probabilities against fp32", variant, shape, error=error, limit=LOG_PROB_LIMIT)
    if cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    samples = []
    for sample in range(-3, passes):
        start = time.perf_counter()
        ids = batch.run()
        if sample >= 0:
            samples.append(1e6 * (time.perf_counter() - start))
    median = sorted(samples)[len(samples) // 2]
    results.add(group, title, variant, shape, samples, error=id_error(expected, ids), limit=ID_LIMIT, audio_s=audio, rtfx=audio / (median * 1e-6))
    # What a graph holds is no longer allocated in the allocator's eyes: its peak would be too small.
    if cuda and not batch.graphs:
        peak = torch.cuda.max_memory_allocated() - batch.model.bytes()
        results.add("memory", "activations and workspace, peak", variant, shape, value=peak, unit="bytes", weights_bytes=batch.model.bytes(),
                    reserved_bytes=torch.cuda.memory_reserved())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--export", help="folder that `parasol-bench export` wrote; without it, kernels alone")
    parser.add_argument("--out", required=True, help="results as JSON, written after every measurement")
    parser.add_argument("--budget", type=float, default=240, help="seconds after which nothing more is begun")
    parser.add_argument("--only", choices=("model", "kernels"))
    arguments = parser.parse_args()
    gpu = torch.cuda.is_available()
    results = Results(arguments.out, gpu)
    budget = Budget(arguments.budget)
    torch.backends.cuda.matmul.allow_tf32 = True
    passes = 20 if gpu else 2
    model = batches = None
    if arguments.export and arguments.only != "kernels":
        weights, metadata = load_safetensors(os.path.join(arguments.export, "model.safetensors"), "cpu")
        tensors, _ = load_safetensors(os.path.join(arguments.export, "batches.safetensors"), "cpu")
        model = Model(weights, json.loads(metadata["config"]), "cuda" if gpu else "cpu", torch.float16 if gpu else torch.float32)
        batches = Batches(tensors)
        del weights
        measure(results, model, batches, goal_batches(batches), False, budget, passes)
    if arguments.only != "model":
        kernels.measure(results, Timer(gpu), budget, gpu)
    if model is not None:
        measure(results, model, batches, goal_batches(batches), True, budget, passes)
        measure(results, model, batches, other_batches(batches), False, budget, passes)
    return 1 if results.wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
