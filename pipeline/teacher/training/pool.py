"""The replay pool: rendered clips in device memory, drawn many times and refreshed while training goes on.

Rendering runs in a thread on its own stream where there is a GPU. A failure there is reported; after twenty in a row the
thread ends, and training goes on with the clips at hand.
"""

import queue
import threading
import traceback

import torch


class Renderer(threading.Thread):
    """Renders batches of `size` ahead, two at most."""

    def __init__(self, source, size, device, log):
        super().__init__(daemon=True)
        self.source, self.size, self.device, self.log = source, size, device, log
        self.ready = queue.Queue(maxsize=2)

    def run(self):
        torch.cuda.set_device(self.device)
        stream = torch.cuda.Stream(self.device)
        failures = 0
        while failures < 20:
            try:
                with torch.cuda.stream(stream), torch.no_grad():
                    batch = self.source.batch(self.size)
                stream.synchronize()
                self.ready.put(batch)
                failures = 0
            except Exception:
                failures += 1
                self.log("rendering failed:\n" + traceback.format_exc())

    def take(self):
        try:
            return self.ready.get_nowait()
        except queue.Empty:
            return None


class Pool:
    def __init__(self, size, source, device, views=4, frames=16, side=48):
        self.source, self.size, self.device = source, size, device
        self.views = views
        self.video = torch.empty(size, views, 3, frames, side, side, dtype=torch.uint8, device=device)
        self.rest = torch.empty(size, views, 3, side, side, dtype=torch.uint8, device=device)
        self.captions = torch.zeros(size, dtype=torch.long, device=device)
        self.cameras = torch.zeros(size, views, 2, device=device)
        self.next, self.filled, self.rendered = 0, 0, 0

    @torch.no_grad()
    def put(self, batch):
        n = min(len(batch.captions), self.size - self.next)
        part = slice(self.next, self.next + n)
        for mine, theirs in (
            (self.video, batch.video),
            (self.rest, batch.rest),
            (self.captions, batch.caption_ids),
            (self.cameras, batch.cameras),
        ):
            if theirs.is_cuda:
                theirs.record_stream(torch.cuda.current_stream())
            mine[part] = theirs[:n]
        self.next = (self.next + n) % self.size
        self.filled = max(self.filled, self.next or self.size)
        self.rendered += n

    def fill(self, count, size, log):
        """Renders the first `count` clips. Raises the renderer's error where ten batches in a row fail."""
        failures = 0
        while self.filled < min(count, self.size):
            try:
                with torch.no_grad():
                    self.put(self.source.batch(size))
                failures = 0
            except Exception:
                failures += 1
                log("rendering failed:\n" + traceback.format_exc())
                if failures == 10:
                    raise

    @torch.no_grad()
    def draw(self, n, one_view):
        """→ clip [n, V, 3, T, H, W] and rest [n, V, 3, H, W] in -1..1, caption ids [n], cameras [n, V, 2]; V is 4 or 1."""
        index = torch.randint(0, self.filled, (n,), device=self.device)
        if one_view:
            view = torch.randint(0, self.views, (n,), device=self.device)
            video, rest, cameras = (t[index, view][:, None] for t in (self.video, self.rest, self.cameras))
        else:
            video, rest, cameras = (t[index] for t in (self.video, self.rest, self.cameras))
        return video.float() / 127.5 - 1, rest.float() / 127.5 - 1, self.captions[index], cameras
