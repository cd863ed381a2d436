"""Which fused attention kernel is faster on this GPU: they differ by half again, and by card."""

import time

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel


def choose_attention(config, batch, views, device):
    """Times the two fused attention kernels forward and backward on this problem's shapes and switches the slower one off."""
    shape = (batch, config.heads, views * config.tokens + config.text_tokens, config.width // config.heads)
    q, k, v = (torch.randn(shape, device=device, dtype=torch.bfloat16, requires_grad=True) for _ in range(3))
    times = {}
    for name, backend in (("flash", SDPBackend.FLASH_ATTENTION), ("cudnn", SDPBackend.CUDNN_ATTENTION)):
        try:
            with sdpa_kernel(backend):
                for turn in range(8):
                    if turn == 3:
                        torch.cuda.synchronize()
                        begun = time.time()
                    torch.nn.functional.scaled_dot_product_attention(q, k, v).sum().backward()
                torch.cuda.synchronize()
                times[name] = (time.time() - begun) / 5
        except RuntimeError:
            pass
    best = min(times, key=times.get)
    torch.backends.cuda.enable_flash_sdp(best == "flash")
    torch.backends.cuda.enable_cudnn_sdp(best == "cudnn")
    return f"{best} ({', '.join(f'{n} {1e3 * t:.2f} ms' for n, t in times.items())})"
