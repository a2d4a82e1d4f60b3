"""PyTorch's own kernels at the shapes of paraformer-large: cuBLAS with epilogues, fused attention on ragged batches, cuDNN, softmax."""
import torch
import torch.nn.functional as F

from results import relative_error

FRAMES = 6000
HALF_LIMIT = 2e-3
INT8_LIMIT = 2e-2
BLOCK = 128
HEADS = 4
WIDTH = 512


def varlen_attention():
    """Flash attention over packed rows, as this PyTorch offers it: a function of (q, k, v, offsets_q, offsets_k, longest_q, longest_k)
    with [rows, heads, size] operands, and its name; or None."""
    try:
        from torch.nn.attention.varlen import varlen_attn

        return (lambda q, k, v, oq, ok, lq, lk: varlen_attn(q, k, v, oq, ok, lq, lk)), "varlen_attn"
    except ImportError:
        pass
    if hasattr(torch.ops.aten, "_flash_attention_forward"):
        def flash(q, k, v, oq, ok, lq, lk):
            return torch.ops.aten._flash_attention_forward(q, k, v, oq, ok, lq, lk, 0.0, False, False)[0]

        return flash, "_flash_attention_forward"
    return None, None


class Ragged:
    """Utterances packed one behind the other, and the maps between packed and padded rows."""

    def __init__(self, lengths, device, gap=0):
        self.lengths = list(lengths)
        self.longest = max(self.lengths)
        self.rows = sum(self.lengths)
        counts = torch.tensor(self.lengths, device=device)
        self.counts = counts
        self.offsets = F.pad(counts.cumsum(0), (1, 0)).to(torch.int32)
        utterance = torch.repeat_interleave(torch.arange(len(self.lengths), device=device), counts)
        position = torch.arange(self.rows, device=device) - self.offsets[:-1].long()[utterance]
        self.position = position
        self.padded = utterance * self.longest + position
        self.mask = torch.arange(self.longest, device=device)[None, :] < counts[:, None]
        # With a gap of zeros before and behind each, one convolution serves all.
        self.gapped = torch.arange(self.rows, device=device) + gap * (utterance + 1)
        self.gapped_rows = self.rows + gap * (len(self.lengths) + 1)


def attention_packed(q, k, v, queries, keys, heads, flash=None):
    """Attention of packed rows [rows, width] by the best that is there: flash over offsets, else one call for each utterance."""
    shape = lambda x: x.reshape(x.shape[0], heads, -1)
    if flash is not None and q.is_cuda:
        return flash(shape(q), shape(k), shape(v), queries.offsets, keys.offsets, queries.longest, keys.longest).reshape(q.shape[0], -1)
    parts = []
    at_q = at_k = 0
    for nq, nk in zip(queries.lengths, keys.lengths):
        one = [shape(x[at:at + n]).transpose(0, 1)[None] for x, at, n in ((q, at_q, nq), (k, at_k, nk), (v, at_k, nk))]
        parts.append(F.scaled_dot_product_attention(*one)[0].transpose(0, 1).reshape(nq, -1))
        at_q += nq
        at_k += nk
    return torch.cat(parts)


def measure(results, timer, budget, gpu):
    """All of them, the weightiest first."""
    device, dtype = ("cuda", torch.float16) if gpu else ("cpu", torch.float32)
    scale = 1 if gpu else 50
    steps = [lambda: ceilings(results, timer, device, dtype, gpu)]
    for n, k in ((3 * WIDTH, WIDTH), (WIDTH, WIDTH), (2048, WIDTH), (WIDTH, 2048)):
        steps.append(lambda n=n, k=k: gemm(results, timer, FRAMES // scale, n, k, device, dtype))
    for segment in (83, 250, 1000):
        steps.append(lambda s=segment: attention(results, timer, FRAMES // scale, max(2, s // scale), device, dtype))
    for n, k in ((3 * WIDTH, WIDTH), (WIDTH, WIDTH), (2048, WIDTH), (WIDTH, 2048)):
        steps.append(lambda n=n, k=k: int8_products(results, timer, FRAMES // scale, n, k, device))
    steps.append(lambda: convolution(results, timer, FRAMES // scale, max(2, 250 // scale), device, dtype))
    steps.append(lambda: rows(results, timer, FRAMES // scale, device, dtype))
    for step in steps:
        if budget.left() <= 0:
            results.add("kernel", "kernels", "PyTorch", "", skipped="the time budget was spent")
            return
        try:
            step()
        except (RuntimeError, NotImplementedError, AttributeError) as failure:
            results.add("kernel", "kernels", "PyTorch", "", skipped=str(failure).splitlines()[0][:200])


def run(results, timer, name, variant, shape, make, flops, bytes_moved, check=None, limit=HALF_LIMIT):
    """make() gives operands, launch(*operands) a result; check(result, operands) the error."""
    make_operands, launch = make
    sets = timer.sets(bytes_moved)
    operands = [make_operands() for _ in range(sets)]
    error = check(launch(*operands[0]), operands[0]) if check else None
    samples = timer.time(lambda i: launch(*operands[i]), sets)
    extra = {}
    alone = timer.time_flushed(lambda i: launch(*operands[i]))
    if alone:
        extra["flushed_us"] = sorted(alone)[len(alone) // 2]
    results.add("kernel", name, variant, shape, samples, flops, bytes_moved, error, limit if check else None, **extra)


def ceilings(results, timer, device, dtype, gpu):
    size = 1 << 30 if gpu else 1 << 20
    a, b = torch.randn(size // 4, device=device), torch.empty(size // 4, device=device)
    results.add("ceiling", "copy", "PyTorch", f"{size >> 20} MiB", timer.time(lambda i: b.copy_(a), 1), None, 2 * size)
    del a, b
    n = 8192 if gpu else 128
    x, y = torch.randn(n, n, device=device, dtype=dtype), torch.randn(n, n, device=device, dtype=dtype)
    results.add("ceiling", "product", "PyTorch", f"{n}x{n}x{n}", timer.time(lambda i: F.linear(x, y), 1), 2 * n ** 3, 6 * n * n)


def gemm(results, timer, m, n, k, device, dtype):
    shape, flops = f"{m}x{n}x{k}", 2 * m * n * k
    size = torch.finfo(dtype).bits // 8
    normal = lambda *s: torch.randn(*s, device=device, dtype=dtype)

    def operands():
        return normal(m, k), normal(n, k) / k ** 0.5, normal(n), normal(m, n)

    def checked(reference):
        def check(result, o):
            rows = torch.arange(0, m, max(1, m // 16), device=device)
            return relative_error(reference(*[x.double() for x in (o[0][rows], o[1], o[2], o[3][rows])]), result[rows])
        return check

    plain = size * (m * k + n * k + m * n)
    run(results, timer, "gemm", "PyTorch bias", shape, (operands, lambda a, w, b, r: F.linear(a, w, b)), flops, plain, checked(lambda a, w, b, r: a @ w.T + b))
    run(results, timer, "gemm", "PyTorch none", shape, (operands, lambda a, w, b, r: F.linear(a, w)), flops, plain, checked(lambda a, w, b, r: a @ w.T))
    if hasattr(torch, "_addmm_activation"):
        run(results, timer, "gemm", "PyTorch relu", shape, (operands, lambda a, w, b, r: torch._addmm_activation(b, a, w.t())), flops, plain,
            checked(lambda a, w, b, r: (a @ w.T + b).clamp(min=0)))
    run(results, timer, "gemm", "PyTorch linear, then relu", shape, (operands, lambda a, w, b, r: F.linear(a, w, b).relu_()), flops, plain,
        checked(lambda a, w, b, r: (a @ w.T + b).clamp(min=0)))
    run(results, timer, "gemm", "PyTorch linear, then residual", shape, (operands, lambda a, w, b, r: F.linear(a, w, b).add_(r)), flops, plain + size * m * n,
        checked(lambda a, w, b, r: a @ w.T + b + r))
    run(results, timer, "gemm", "PyTorch residual by addmm", shape, (operands, lambda a, w, b, r: torch.addmm(r, a, w.t())), flops, plain + size * m * n,
        checked(lambda a, w, b, r: a @ w.T + r))


def int8_scaled(a, w, a_scales, w_scales, bias):
    return torch._int_mm(a, w.t()) * a_scales * w_scales + bias


def int8_bias(a, w, a_scales, w_scales, bias, residual):
    """q, k, v: out in fp16."""
    return int8_scaled(a, w, a_scales, w_scales, bias).half()


def int8_residual(a, w, a_scales, w_scales, bias, residual):
    """Feed-forward 2 and the attention's projection, with one scale a row."""
    return int8_scaled(a, w, a_scales, w_scales, bias) + residual


def int8_requantized(a, w, a_scales, w_scales, bias, residual):
    """Feed-forward 1: ReLU, then int8 with a scale for each row and 128 columns."""
    blocks = int8_scaled(a, w, a_scales, w_scales, bias).relu().unflatten(1, (-1, BLOCK))
    scales = blocks.amax(2) / 127
    return (blocks / scales.clamp(min=1e-30)[:, :, None]).round().to(torch.int8).flatten(1), scales


def int8_products(results, timer, m, n, k, device):
    """torch._int_mm alone, and with the epilogue that the layer has at this shape: as separate kernels and compiled, which fuses what it can."""
    shape, flops, factors = f"{m}x{n}x{k}", 2 * m * n * k, m * k + n * k
    if not hasattr(torch, "_int_mm"):
        results.add("kernel", "gemm_s8", "PyTorch _int_mm", shape, skipped="this PyTorch has no _int_mm")
        return
    integers = lambda *s: torch.randint(-127, 128, s, device=device, dtype=torch.int8)
    scales = lambda *s: (torch.rand(*s, device=device) + 0.5) / 127

    def operands():
        return integers(m, k), integers(n, k), scales(m, 1), scales(n) / k ** 0.5, torch.randn(n, device=device), torch.randn(m, n, device=device)

    rows = torch.arange(0, m, max(1, m // 16), device=device)

    def exact(o):
        return (o[0][rows].double() @ o[1].double().T) * o[2][rows].double() * o[3].double() + o[4].double()

    if n == 2048:
        epilogue, form, moved, limit = "relu, int8", int8_requantized, factors + m * n, INT8_LIMIT
        check = lambda out, o: relative_error(exact(o).clamp(min=0), (out[0][rows].double().unflatten(1, (-1, BLOCK)) * out[1][rows].double()[:, :, None]).flatten(1))
    elif n == WIDTH:
        epilogue, form, moved, limit = "residual", int8_residual, factors + 8 * m * n, 1e-5
        check = lambda out, o: relative_error(exact(o) + o[5][rows].double(), out[rows])
    else:
        epilogue, form, moved, limit = "bias", int8_bias, factors + 2 * m * n, HALF_LIMIT
        check = lambda out, o: relative_error(exact(o), out[rows])

    def variant(name, launch, *rest):
        try:
            run(results, timer, "gemm_s8", name, shape, (operands, launch), flops, *rest)
        except Exception as failure:      # compilers fail in many ways, and none of them must end the run
            results.add("kernel", "gemm_s8", name, shape, skipped=(str(failure).splitlines() or [type(failure).__name__])[0][:200])

    variant("PyTorch _int_mm", lambda a, w, *rest: torch._int_mm(a, w.t()), factors + 4 * m * n)
    variant(f"PyTorch _int_mm, then {epilogue}", form, moved, check, limit)
    if hasattr(torch, "compile"):
        variant(f"PyTorch _int_mm compiled with {epilogue}", torch.compile(form, dynamic=False), moved, check, limit)


def attention(results, timer, frames, segment, device, dtype):
    lengths = [segment] * (frames // segment) + ([frames % segment] if frames % segment else [])
    ragged = Ragged(lengths, device)
    flops = sum(4 * n * n * WIDTH for n in lengths)
    moved = 4 * frames * WIDTH * (torch.finfo(dtype).bits // 8)
    shape = f"{frames}x{segment}x{HEADS}x{WIDTH // HEADS}"

    def operands():
        return (torch.randn(frames, 3 * WIDTH, device=device, dtype=dtype),)

    def check(result, o):
        first, last = o[0][:lengths[0]].double(), o[0][frames - lengths[-1]:].double()
        errors = []
        for part, n, at in ((first, lengths[0], 0), (last, lengths[-1], frames - lengths[-1])):
            q, k, v = (x.reshape(n, HEADS, -1).transpose(0, 1) for x in part.split(WIDTH, 1))
            expected = (torch.softmax(q @ k.transpose(1, 2) / (WIDTH // HEADS) ** 0.5, -1) @ v).transpose(0, 1).reshape(n, WIDTH)
            errors.append(relative_error(expected, result[at:at + n]))
        return max(errors)

    def variant(name, launch):
        try:
            run(results, timer, "attention", "PyTorch " + name, shape, (operands, launch), flops, moved, check)
        except (RuntimeError, NotImplementedError, TypeError, ValueError) as failure:
            results.add("kernel", "attention", "PyTorch " + name, shape, skipped=str(failure).splitlines()[0][:200])

    flash, name = varlen_attention()
    if flash is not None and device == "cuda":
        variant(name, lambda x: attention_packed(*x.split(WIDTH, 1), ragged, ragged, HEADS, flash))

    if hasattr(torch.nested, "nested_tensor_from_jagged"):
        def nested(x):
            parts = [torch.nested.nested_tensor_from_jagged(part.reshape(frames, HEADS, -1).contiguous(), ragged.offsets.long(),
                                                            min_seqlen=min(lengths), max_seqlen=ragged.longest).transpose(1, 2) for part in x.split(WIDTH, 1)]
            return F.scaled_dot_product_attention(*parts).transpose(1, 2).values().reshape(frames, WIDTH)
        variant("nested SDPA", nested)

    def padded(x):
        wide = x.new_zeros(len(lengths) * ragged.longest, 3 * WIDTH)
        wide[ragged.padded] = x
        q, k, v = (part.reshape(len(lengths), ragged.longest, HEADS, -1).transpose(1, 2) for part in wide.split(WIDTH, 1))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=ragged.mask[:, None, None, :])
        return out.transpose(1, 2).reshape(-1, WIDTH)[ragged.padded]
    variant("padded SDPA", padded)
    variant("SDPA for each segment", lambda x: attention_packed(*x.split(WIDTH, 1), ragged, ragged, HEADS))


def convolution(results, timer, frames, segment, device, dtype):
    """The depthwise convolution (cuDNN, or PyTorch's own choice) over packed rows with gaps between utterances, without residual."""
    taps = 11
    weight = torch.randn(WIDTH, 1, taps, device=device, dtype=dtype)
    moved = 2 * frames * WIDTH * (torch.finfo(dtype).bits // 8)
    shape = f"{frames}x{WIDTH}x{segment}"

    def operands():
        return (torch.randn(1, WIDTH, frames, device=device, dtype=dtype),)

    run(results, timer, "fsmn", "PyTorch conv1d alone", shape, (operands, lambda x: F.conv1d(x, weight, padding=taps // 2, groups=WIDTH)),
        2 * taps * frames * WIDTH, moved)

    def rows():
        return (torch.randn(frames, WIDTH, device=device, dtype=dtype), torch.randn(frames, WIDTH, device=device, dtype=dtype))

    run(results, timer, "fsmn", "PyTorch conv1d of rows, residual", shape,
        (rows, lambda x, r: F.conv1d(x.t()[None], weight, padding=taps // 2, groups=WIDTH)[0].t() + x + r), 2 * taps * frames * WIDTH, 2 * moved)


def rows(results, timer, frames, device, dtype):
    size = torch.finfo(dtype).bits // 8
    gamma, beta = torch.ones(WIDTH, device=device, dtype=dtype), torch.zeros(WIDTH, device=device, dtype=dtype)
    make = lambda: (torch.randn(frames, WIDTH, device=device, dtype=dtype),)
    run(results, timer, "layer_norm", "PyTorch", f"{frames}x{WIDTH}", (make, lambda x: F.layer_norm(x, (WIDTH,), gamma, beta)), 8 * frames * WIDTH, 2 * size * frames * WIDTH)
    tokens, vocabulary = max(1, frames * 3 // 10), 8404
    make = lambda: (torch.randn(tokens, vocabulary, device=device, dtype=torch.float32),)
    run(results, timer, "log_softmax", "PyTorch", f"{tokens}x{vocabulary}", (make, lambda x: F.log_softmax(x, -1)), 5 * tokens * vocabulary, 8 * tokens * vocabulary)
    make = lambda: (torch.randn(8 * HEADS, 250, 250, device=device, dtype=dtype),)
    run(results, timer, "softmax", "PyTorch", f"{8 * HEADS}x250x250", (make, lambda x: torch.softmax(x, -1)), 5 * 8 * HEADS * 250 * 250, 2 * size * 8 * HEADS * 250 * 250)
