#!/usr/bin/env python3
"""Numbers that calibration is compared with, by NumPy alone: writes calibration.json beside itself."""
import json, os
import numpy as np

random = np.random.default_rng(7)


def quantized(x, low, high, bits):
    scale = (high - low) / (2**bits - 1)
    zero = np.rint(-low / scale)
    return (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero) * scale


def least_error(x, bits):
    """Over a fine grid of ranges."""
    low, high = min(0, x.min()), max(0, x.max())
    ends = np.linspace(0.1, 1, 91)
    return min(((quantized(x, low * l, high * h, bits) - x) ** 2).sum() for l in (ends if low < 0 else [1]) for h in ends)


def gptq(w, h, scales, top):
    """Frantar et al. 2022, algorithm 1, row by row, from the first row on; no damping."""
    w = w.copy()
    u = np.linalg.cholesky(np.linalg.inv(h)).T
    codes = np.zeros_like(w)
    for i in range(len(w)):
        codes[i] = np.clip(np.rint(w[i] / scales), -top, top)
        error = (w[i] - codes[i] * scales) / u[i, i]
        w[i + 1:] -= np.outer(u[i, i + 1:], error)
    return codes


def descent(w, h, scales, codes, top, may_scale):
    """The code that is best while all others stay, one after another, and the best scale for them, until nothing changes."""
    scales, codes, before = scales.copy(), codes.copy(), None
    while before is None or np.abs(before / scales - 1).max() > 1e-6:
        moved = True
        while moved:
            moved = False
            for i in range(len(w)):
                slope = h[i] @ (codes * scales - w)
                best = np.clip(np.rint(codes[i] - slope / h[i, i] / scales), -top, top)
                moved |= (best != codes[i]).any()
                codes[i] = best
        before = scales
        if may_scale: scales = np.einsum("io,ij,jo->o", codes, h, w) / np.einsum("io,ij,jo->o", codes, h, codes)
    error = codes * scales - w
    return codes, scales, np.einsum("io,ij,jo->o", error, h, error)


def maps():
    values = {"laplace": random.laplace(0.3, 1, 4000), "relu": np.maximum(random.normal(0, 1, 4000), 0),
              "outliers": np.append(random.normal(0, 0.1, 4000), [30, -4])}
    for name, x in values.items():
        x = x.astype(np.float32).astype(np.float64)
        share = 0.01
        yield {"name": name, "values": x.tolist(), "leastError": [float(least_error(x, bits)) for bits in (2, 4, 8)],
               "percentile": [min(0, float(np.quantile(x, share))), float(np.quantile(x, 1 - share))],
               "minMax": [min(0, float(x.min())), float(x.max())]}


def layer():
    k, n, top, count = 12, 5, 7, 400
    x = random.normal(0, 1, (count, k)) @ random.normal(0, 1, (k, k)) + 1
    w = random.normal(0, 1, (k, n))
    x = np.round(x * 8) / 8
    y = (x @ w + random.normal(0, 0.5, n)).astype(np.float32).astype(np.float64)
    h = (x - x.mean(0)).T @ (x - x.mean(0))
    c = (x - x.mean(0)).T @ (y - y.mean(0))
    d = 0.1 * np.trace(h) / k
    solved = np.linalg.solve(h + d * np.eye(k), c + d * w)
    scales = np.abs(w).max(0) / top
    # The compiler goes from the last row to the first.
    codes = gptq(w[::-1], h[::-1, ::-1] + 0.01 * np.trace(h) / k * np.eye(k), scales, top)[::-1]
    damped = h + 0.01 * np.trace(h) / k * np.eye(k)
    descents = [dict(zip(("codes", "scales", "errors"), (a.ravel().tolist() for a in descent(w, damped, scales, codes, top, s)))) for s in (False, True)]
    z = x @ (codes * scales)
    gain = ((z - z.mean(0)) * (y - y.mean(0))).sum(0) / ((z - z.mean(0)) ** 2).sum(0)
    bias = y.mean(0) - gain * z.mean(0)
    return {"terms": k, "outputs": n, "top": top, "inputs": x.ravel().tolist(), "weights": w.ravel().tolist(),
            "wanted": y.ravel().tolist(), "leastSquares": solved.ravel().tolist(), "scales": scales.tolist(),
            "codes": codes.ravel().tolist(), "descents": descents, "gain": gain.tolist(), "bias": bias.tolist(),
            "errors": ((z * gain + bias - y) ** 2).sum(0).tolist()}


def split_mix(seed):
    """Steele, Lea, Flood: SplitMix64, as fractions."""
    mask = 2**64 - 1
    while True:
        seed = seed + 0x9E3779B97F4A7C15 & mask
        word = seed
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & mask
        word = (word ^ word >> 27) * 0x94D049BB133111EB & mask
        yield ((word ^ word >> 31) >> 11) / 2**53


def roundings(oracle, share=0.4, seed=5):
    """Of the layer's weights: codes by other rules than error feedback, and which weights matter least."""
    k, n, top = oracle["terms"], oracle["outputs"], oracle["top"]
    w, scales = np.array(oracle["weights"]).reshape(k, n), np.array(oracle["scales"]) * 0.8
    x = np.array(oracle["inputs"]).reshape(-1, k)
    h = (x - x.mean(0)).T @ (x - x.mean(0))
    h += 0.01 * np.trace(h) / k * np.eye(k)
    fractions = split_mix(seed)
    chance = np.array([next(fractions) for _ in range(k * n)]).reshape(k, n)
    odd = np.arange(-top, top + 1, 2)
    pruned = lambda scores: np.isin(np.arange(k * n), np.argsort(scores.ravel(), kind="stable")[:round(share * k * n)])
    by_magnitude, by_saliency = pruned(np.abs(w)), pruned(w**2 / np.diag(np.linalg.inv(h))[:, None])
    return {"scales": scales.tolist(), "share": share, "seed": seed,
            "nearest": np.clip(np.rint(w / scales), -top, top).ravel().tolist(),
            "stochastic": np.clip(np.floor(w / scales + chance), -top, top).ravel().tolist(),
            "midrise": odd[np.abs((w / scales)[..., None] - odd).argmin(-1)].astype(float).ravel().tolist(),
            "magnitude": by_magnitude.tolist(), "saliency": by_saliency.tolist(),
            "feedback": pruned_gptq(w, h, scales, top, by_saliency.reshape(k, n)).ravel().tolist()}


def pruned_gptq(w, h, scales, top, pruned):
    """From the last row to the first, codes of pruned weights 0 and their errors handed on (SparseGPT with a mask that is given)."""
    w, h, pruned = w[::-1].copy(), h[::-1, ::-1], pruned[::-1]
    u = np.linalg.cholesky(np.linalg.inv(h)).T
    codes = np.zeros_like(w)
    for i in range(len(w)):
        codes[i] = np.where(pruned[i], 0, np.clip(np.rint(w[i] / scales), -top, top))
        w[i + 1:] -= np.outer(u[i, i + 1:], (w[i] - codes[i] * scales) / u[i, i])
    return codes[::-1]


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "calibration.json"), "w") as file:
    values, oracle = list(maps()), layer()
    json.dump({"maps": values, "layer": oracle, "roundings": roundings(oracle)}, file)
