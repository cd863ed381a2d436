"""What renderer.bench.ts is compared with: gsplat where it can be imported, a Triton rasteriser of our own contract, plain PyTorch.

    python3 gsplat_reference.py [--splats 8000,30000,100000] [--pixels 64,256,512] [--frames 16] [--views 1] [--csv FILE] [--check]

For maintainers. Same scene as renderer-scene.ts: forward draws every frame and view, backward takes dL/dimage to positions and
3x3 linear parts. Inputs and results stay on the device. "forward" and "backward" are medians of single calls between CUDA events, each
waited for; "back to back" is many calls between two events without waiting, after half a second of load: compare that with the rows of
the same name of the other bench.

- gsplat: its own projection and rasterisation, all frames as one batch, covariances given. Its splats end at 1/255 of opacity (3.3
  sigma, ours at 2.8) and its pixels at a transmittance of 1e-4 (ours 1e-3); it orders by tile and depth in one sort. Its first import
  compiles it: with nvcc about four minutes (TORCH_CUDA_ARCH_LIST=9.0 MAX_JOBS=16).
- triton: our contract (pipeline/render/gpu) with PyTorch's sorts and autograd around two Triton kernels.
- pytorch: our contract without tiles, a chunk of splats against every pixel; only where neither of the others runs.

`--check` compares the Triton kernels with plain PyTorch on a small scene; on a machine without a GPU set TRITON_INTERPRET=1.
"""

import argparse
import math
import statistics
import time

import torch

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None

FOCAL, DISTANCE, BACKGROUND = 4.6, 3.2, 0.93
FLATNESS, SUPPORT, OPACITY, STOP, TILE = 0.2, 8.0, 0.75, 1e-3, 16
DENSE, SPARSE, SPARSE_AREA = 0.26, 0.66, 1.3


class Scene:
    """renderer-scene.ts in PyTorch: posed positions [F, N, 3], linears [F, N, 3, 3], view axes [C, 3, 3]."""

    def __init__(self, splats, frames, views, device):
        i = torch.arange(splats, dtype=torch.float64)
        y = 1 - 2 * (i + 0.5) / splats
        ring, angle = (1 - y * y).sqrt(), i * math.pi * (3 - math.sqrt(5))
        n = torch.stack([ring * angle.cos(), y, ring * angle.sin()], 1)
        rest = n * 0.5 * (1 + 0.1 * (9 * n[:, 0]).sin() * (9 * n[:, 2]).sin())[:, None]
        turn = torch.zeros(frames, 3, 3, dtype=torch.float64)
        f = torch.arange(frames, dtype=torch.float64) / 10
        turn[:, 0, 0], turn[:, 0, 2], turn[:, 1, 1], turn[:, 2, 0], turn[:, 2, 2] = f.cos(), f.sin(), 1, -f.sin(), f.cos()
        a = 0.3 + torch.arange(views, dtype=torch.float64) * 2 * math.pi / views
        e = torch.full_like(a, 0.2)
        right, up = [a.cos(), 0 * a, -a.sin()], [-e.sin() * a.sin(), e.cos(), -e.sin() * a.cos()]
        axes = right + up + [e.cos() * a.sin(), e.sin(), e.cos() * a.cos()]
        sigma = 0.6 * 0.5 * math.sqrt(4 * math.pi / splats)
        self.sigma, self.low_pass = sigma, SPARSE if splats * (sigma / 0.6) ** 2 > SPARSE_AREA else DENSE
        to = lambda x: x.float().to(device).contiguous()
        self.normals, self.colors = to(n), to(0.5 + 0.4 * n)
        self.positions = to(torch.einsum("fij,nj->fni", turn, rest)).requires_grad_()
        self.linears = to(turn[:, None].expand(frames, splats, 3, 3)).requires_grad_()
        self.axes = to(torch.stack(axes, 1).reshape(views, 3, 3))


def project(scene, size):
    """Means [C, F, N, 2] from the image's corner, conics [C, F, N, 3], depths and half extents [C, F, N, 2]; project-splats.ts."""
    scale = FOCAL * size / 2
    view = torch.einsum("cij,fnj->cfni", scene.axes, scene.positions)
    depth = DISTANCE - view[..., 2]
    flip = torch.tensor([1.0, -1.0], device=depth.device)
    mean = scale * flip * view[..., :2] / depth[..., None]
    axes = scene.axes[:, None, None]
    m = (scale * flip)[:, None] / depth[..., None, None] * axes[..., :2, :] + (mean / depth[..., None])[..., None] * axes[..., 2:, :]
    t = m @ scene.linears
    q = (t * scene.normals[:, None]).sum(-1, keepdim=True)
    covariance = scene.sigma**2 * (t @ t.transpose(-1, -2) - (1 - FLATNESS**2) * q @ q.transpose(-1, -2))
    xx, xy, yy = covariance[..., 0, 0] + scene.low_pass, covariance[..., 0, 1], covariance[..., 1, 1] + scene.low_pass
    determinant = xx * yy - xy * xy
    conic = torch.stack([yy / determinant, -xy / determinant, xx / determinant], -1)
    half = (SUPPORT * torch.stack([xx, yy], -1)).sqrt()
    return mean + size / 2, conic, depth, half


def bin_tiles(mean, depth, half, size):
    """(tile, splat) pairs by tile, then depth: entries [pairs], ranges [tiles + 1]. An entry is an index into [C, F, N]."""
    with torch.no_grad():
        images, count, across = mean.shape[0] * mean.shape[1], mean.shape[2], -(-size // TILE)
        mean, half, depth = mean.reshape(-1, 2), half.reshape(-1, 2), depth.reshape(-1)
        first = (mean - half - 0.5).ceil().clamp(0, size).long()
        last = (mean + half - 0.5).floor().clamp(-1, size - 1).long()
        seen = (first <= last).all(1)
        low, high = first // TILE, last // TILE + 1
        wide = (high - low).clamp(min=0)
        tiles = torch.where(seen, wide[:, 0] * wide[:, 1], 0)
        order = depth.argsort()
        tiles = tiles[order]
        entry = torch.repeat_interleave(order, tiles)
        rank = torch.arange(entry.numel(), device=entry.device) - torch.repeat_interleave(tiles.cumsum(0) - tiles, tiles)
        w = wide[entry, 0]
        tile = ((entry // count) * across + low[entry, 1] + rank // w) * across + low[entry, 0] + rank % w
        tile, by_tile = tile.sort(stable=True)
        ranges = torch.searchsorted(tile, torch.arange(images * across * across + 1, device=tile.device))
        return entry[by_tile].int(), ranges.int()


if triton:

    @triton.jit
    def draw_kernel(
        ranges, entries, mean, conic, colors, images, count, frames, size, across,
        background: tl.constexpr, opacity: tl.constexpr, stop: tl.constexpr,
    ):
        tile = tl.program_id(0)
        image, here, lane = tile // (across * across), tile % (across * across), tl.arange(0, 256)
        x, y = here % across * 16 + lane % 16, here // across * 16 + lane // 16
        seen, red = tl.full([256], 1.0, tl.float32), tl.zeros([256], tl.float32)
        green, blue = tl.zeros([256], tl.float32), tl.zeros([256], tl.float32)
        i, end = tl.load(ranges + tile), tl.load(ranges + tile + 1)
        while (i < end) & (tl.max(seen, 0) >= stop):
            e = tl.load(entries + i)
            c = e % count * 3
            dx, dy = x + 0.5 - tl.load(mean + e * 2), y + 0.5 - tl.load(mean + e * 2 + 1)
            q = tl.load(conic + e * 3) * dx * dx + 2 * tl.load(conic + e * 3 + 1) * dx * dy + tl.load(conic + e * 3 + 2) * dy * dy
            s = tl.where(seen >= stop, tl.maximum(1 - q / 8, 0.0), 0.0)
            weight = opacity * s * s * s * s * seen
            seen -= weight
            red += weight * tl.load(colors + c)
            green += weight * tl.load(colors + c + 1)
            blue += weight * tl.load(colors + c + 2)
            i += 1
        at = ((image // frames * 3 * frames + image % frames) * size + y) * size + x
        inside, plane = (x < size) & (y < size), frames * size * size
        tl.store(images + at, 2 * (red + seen * background) - 1, mask=inside)
        tl.store(images + at + plane, 2 * (green + seen * background) - 1, mask=inside)
        tl.store(images + at + 2 * plane, 2 * (blue + seen * background) - 1, mask=inside)

    @triton.jit
    def gradient_kernel(
        ranges, entries, mean, conic, colors, images, gradient, moments, count, frames, size, across,
        opacity: tl.constexpr, stop: tl.constexpr,
    ):
        tile = tl.program_id(0)
        image, here, lane = tile // (across * across), tile % (across * across), tl.arange(0, 256)
        x, y = here % across * 16 + lane % 16, here // across * 16 + lane // 16
        at = ((image // frames * 3 * frames + image % frames) * size + y) * size + x
        inside, plane = (x < size) & (y < size), frames * size * size
        red, green = tl.load(gradient + at, inside, 0.0), tl.load(gradient + at + plane, inside, 0.0)
        blue = tl.load(gradient + at + 2 * plane, inside, 0.0)
        behind = red * (tl.load(images + at, inside, -1.0) + 1) + green * (tl.load(images + at + plane, inside, -1.0) + 1)
        behind += blue * (tl.load(images + at + 2 * plane, inside, -1.0) + 1)
        seen = tl.where(inside, 1.0, 0.0)
        i, end = tl.load(ranges + tile), tl.load(ranges + tile + 1)
        while (i < end) & (tl.max(seen, 0) >= stop):
            e = tl.load(entries + i)
            c = e % count * 3
            dx, dy = x + 0.5 - tl.load(mean + e * 2), y + 0.5 - tl.load(mean + e * 2 + 1)
            q = tl.load(conic + e * 3) * dx * dx + 2 * tl.load(conic + e * 3 + 1) * dx * dy + tl.load(conic + e * 3 + 2) * dy * dy
            s = tl.where(seen >= stop, tl.maximum(1 - q / 8, 0.0), 0.0)
            cube = opacity * s * s * s
            weight = cube * s * seen
            color = 2 * (red * tl.load(colors + c) + green * tl.load(colors + c + 1) + blue * tl.load(colors + c + 2))
            left = seen - weight
            behind -= weight * color
            slope = tl.where(s > 0, seen * (color - behind / tl.where(left > 0, left, 1.0)) * cube, 0.0)
            seen = left
            tl.atomic_add(moments + e * 5, tl.sum(slope * dx, 0))
            tl.atomic_add(moments + e * 5 + 1, tl.sum(slope * dy, 0))
            tl.atomic_add(moments + e * 5 + 2, tl.sum(slope * dx * dx, 0))
            tl.atomic_add(moments + e * 5 + 3, tl.sum(slope * dx * dy, 0))
            tl.atomic_add(moments + e * 5 + 4, tl.sum(slope * dy * dy, 0))
            i += 1

    class Rasterise(torch.autograd.Function):
        @staticmethod
        def forward(context, mean, conic, colors, entries, ranges, size):
            views, frames, count = mean.shape[:3]
            images, across = mean.new_empty(views, 3, frames, size, size), -(-size // TILE)
            mean, conic = mean.contiguous(), conic.contiguous()
            draw_kernel[(views * frames * across**2,)](
                ranges, entries, mean, conic, colors, images, count, frames, size, across, BACKGROUND, OPACITY, STOP
            )
            context.save_for_backward(mean, conic, colors, entries, ranges, images)
            return images

        @staticmethod
        def backward(context, gradient):
            mean, conic, colors, entries, ranges, images = context.saved_tensors
            views, frames, count = mean.shape[:3]
            size = images.shape[-1]
            across, moments = -(-size // TILE), mean.new_zeros(views, frames, count, 5)
            gradient = gradient.contiguous()
            gradient_kernel[(views * frames * across**2,)](
                ranges, entries, mean, conic, colors, images, gradient, moments, count, frames, size, across, OPACITY, STOP
            )
            (a, b, c), (x, y, xx, xy, yy) = conic.unbind(-1), moments.unbind(-1)
            return torch.stack([a * x + b * y, b * x + c * y], -1), torch.stack([-xx / 2, -xy, -yy / 2], -1), None, None, None, None


def draw_triton(scene, size):
    mean, conic, depth, half = project(scene, size)
    return Rasterise.apply(mean, conic, scene.colors, *bin_tiles(mean, depth, half, size), size)


def draw_pytorch(scene, size, chunk=256):
    """Every splat against every pixel; `stop` as a mask that carries no gradient."""
    mean, conic, depth, _ = project(scene, size)
    views, frames, count = depth.shape
    grid = torch.arange(size, device=depth.device) + 0.5
    pixel = torch.stack(torch.meshgrid(grid, grid, indexing="xy"), -1).reshape(-1, 1, 2)
    images = []
    for image in range(views * frames):
        order = depth.reshape(-1, count)[image].argsort()
        color, seen = 0, torch.ones(size * size, 1, device=depth.device)
        for part in order.split(chunk):
            d = pixel - mean.reshape(-1, count, 2)[image, part]
            k = conic.reshape(-1, count, 3)[image, part]
            q = k[:, 0] * d[..., 0] ** 2 + 2 * k[:, 1] * d[..., 0] * d[..., 1] + k[:, 2] * d[..., 1] ** 2
            alpha = OPACITY * (1 - q / SUPPORT).clamp(min=0) ** 4
            through = seen * torch.cat([torch.ones_like(seen), (1 - alpha).cumprod(1)], 1)
            alive = (through[:, :-1] >= STOP).detach()
            color = color + (through[:, :-1] * alpha * alive) @ scene.colors[part]
            # A finished pixel keeps the transmittance at which it stopped.
            at = alive.sum(1, keepdim=True)
            seen = through.gather(1, at)
        images.append(2 * (color + seen * BACKGROUND) - 1)
    return torch.stack(images).reshape(views, frames, size, size, 3).permute(0, 4, 1, 2, 3)


def gsplat_drawer():
    """@returns a function like the others, or None where gsplat cannot be imported or compiled."""
    try:
        from gsplat import rasterization
        from gsplat.cuda._backend import _C

        if _C is None:
            return None
    except Exception as error:
        print(f"gsplat is not here: {str(error).splitlines()[:1]}")
        return None

    def inputs(scene):
        shape = torch.eye(3, device=scene.normals.device) - (1 - FLATNESS**2) * scene.normals[:, :, None] * scene.normals[:, None]
        covariance = (scene.sigma**2 * scene.linears @ shape @ scene.linears.transpose(-1, -2)).detach().requires_grad_()
        return scene.positions, covariance

    def draw(scene, size, positions, covariance):
        frames, count = positions.shape[:2]
        views = scene.axes.shape[0]
        # OpenCV's camera: y down, z ahead.
        turn = scene.axes * torch.tensor([1.0, -1.0, -1.0], device=positions.device)[:, None]
        view = torch.eye(4, device=positions.device).repeat(views, 1, 1)
        view[:, :3, :3], view[:, 2, 3] = turn, DISTANCE
        scale = FOCAL * size / 2
        k = torch.tensor([[scale, 0, size / 2], [0, scale, size / 2], [0, 0, 1]], device=positions.device)
        images, _, _ = rasterization(
            positions, None, None, torch.full((frames, count), OPACITY, device=positions.device),
            scene.colors.expand(frames, count, 3).contiguous(), view.expand(frames, views, 4, 4).contiguous(),
            k.expand(frames, views, 3, 3).contiguous(), size, size,
            eps2d=scene.low_pass, packed=False, covars=covariance,
            backgrounds=torch.full((frames, views, 3), BACKGROUND, device=positions.device),
        )
        return 2 * images - 1

    return inputs, draw


def median_time(call, runs, device):
    times = []
    for _ in range(runs + 3):
        if device == "cuda":
            begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            begin.record()
            call()
            end.record()
            torch.cuda.synchronize()
            times.append(begin.elapsed_time(end))
        else:
            begun = time.perf_counter()
            call()
            times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times[3:])


def back_to_back(call, times, rounds, device, load=0.5):
    """`times` calls in a row without a wait, median of `rounds` such rows after `load` seconds of them. @returns milliseconds a call."""
    begun, spans = time.perf_counter(), []
    while time.perf_counter() - begun < load:
        call()
        if device == "cuda":
            torch.cuda.synchronize()
    for _ in range(rounds):
        if device == "cuda":
            begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            begin.record()
            for _ in range(times):
                call()
            end.record()
            torch.cuda.synchronize()
            spans.append(begin.elapsed_time(end) / times)
        else:
            begun = time.perf_counter()
            for _ in range(times):
                call()
            spans.append(1000 * (time.perf_counter() - begun) / times)
    return statistics.median(spans)


def measure(draw, leaves, runs, times, device):
    """Forward and backward apart, single and back to back. @returns milliseconds by what was measured."""
    images = draw()
    wave = 1e-3 * torch.sin(0.37 * (torch.arange(images.numel(), device=device) % 100_003).float()).reshape(images.shape)
    torch.autograd.grad(images, leaves, wave)
    found = {"forward": median_time(draw, runs, device)}
    images = draw()
    backward = lambda: torch.autograd.grad(images, leaves, wave, retain_graph=True)
    found["backward"] = median_time(backward, runs, device)
    found["forward, back to back"] = back_to_back(draw, times, 3, device)
    found["backward, back to back"] = back_to_back(backward, times, 3, device)
    return found


def check(device):
    scene = Scene(400, 2, 2, device)
    wave = lambda images: torch.sin(0.37 * torch.arange(images.numel(), device=device)).reshape(images.shape)
    results = []
    for draw in (draw_triton, draw_pytorch):
        images = draw(scene, 40)
        results.append((images, *torch.autograd.grad(images, (scene.positions, scene.linears), wave(images))))
    for name, a, b in zip(("images", "positions", "linears"), *results):
        error, largest = ((a - b).norm() / b.norm()).item(), (a - b).abs().max().item()
        print(f"{name}: relative error {error:.2e}, largest {largest:.2e} of {b.abs().max().item():.2e}")


def main():
    numbers = lambda text: [int(part) for part in text.split(",")]
    parser = argparse.ArgumentParser()
    parser.add_argument("--splats", type=numbers, default=[8000, 30000, 100000])
    parser.add_argument("--pixels", type=numbers, default=[64, 256, 512])
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--views", type=int, default=1)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--times", type=int, default=20, help="calls back to back")
    parser.add_argument("--csv", help="append lines `implementation,metric,milliseconds` to this file")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(torch.cuda.get_device_name() if device == "cuda" else "cpu", "torch", torch.__version__)
    if options.check:
        check(device)
        return
    gsplat = gsplat_drawer() if device == "cuda" else None
    for splats in options.splats:
        for pixels in options.pixels:
            scene = Scene(splats, options.frames, options.views, device)
            leaves = (scene.positions, scene.linears)
            found = {}
            if gsplat:
                inputs, draw = gsplat
                given = inputs(scene)
                found["gsplat"] = (lambda: draw(scene, pixels, *given), given)
            if triton and device == "cuda":
                found["triton"] = (lambda: draw_triton(scene, pixels), leaves)
            if not found:
                found["pytorch"] = (lambda: draw_pytorch(scene, pixels), leaves)
            for name, (call, wanted) in found.items():
                try:
                    times = measure(call, wanted, options.runs, options.times, device)
                except Exception as error:  # One that fails must not take the others with it.
                    print(f"{name}, {splats} splats, {pixels} px: {type(error).__name__} {str(error).splitlines()[:1]}")
                    continue
                for way, value in times.items():
                    metric = f"{way}, {splats} splats, {pixels} px, {options.frames} frames, {options.views} views"
                    print(f"{name}  {metric}  {value:.3f} ms", flush=True)
                    if options.csv:
                        with open(options.csv, "a") as file:
                            file.write(f'{name},"{metric}",{value:.4f}\n')


if __name__ == "__main__":
    main()
