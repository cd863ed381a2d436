"""The replay pool: rendered clips in device memory, drawn many times and refreshed while training goes on.

Rendering runs in a thread on its own stream where there is a GPU. A failure there is reported; after twenty in a row the
thread ends, and training goes on with the clips at hand.
"""

import queue
import threading
import traceback

import torch

from camera import VIEWS


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
    """`views` of the `rendered` views of a clip are drawn; `random_phase` begins loops anywhere (an experiment)."""

    def __init__(self, size, source, device, views=4, frames=16, side=48, random_phase=False):
        self.source, self.size, self.device = source, size, device
        self.views, self.random_phase = views, random_phase
        self.video = torch.empty(size, VIEWS, 3, frames, side, side, dtype=torch.uint8, device=device)
        self.rest = torch.empty(size, VIEWS, 3, side, side, dtype=torch.uint8, device=device)
        self.captions = torch.zeros(size, dtype=torch.long, device=device)
        self.cameras = torch.zeros(size, VIEWS, 2, device=device)
        self.loops = torch.zeros(size, dtype=torch.bool, device=device)
        self.next, self.filled, self.rendered = 0, 0, 0

    def _parts(self, batch=None):
        mine = (self.video, self.rest, self.captions, self.cameras, self.loops)
        return mine if batch is None else zip(mine, (batch.video, batch.rest, batch.caption_ids, batch.cameras, batch.loops), strict=True)

    @torch.no_grad()
    def put(self, batch):
        if batch.video.is_cuda:  # made on the rendering thread's stream, copied on this one
            for tensor in (batch.video, batch.rest, batch.caption_ids, batch.cameras, batch.loops):
                tensor.record_stream(torch.cuda.current_stream())
        n = min(len(batch.captions), self.size - self.next)
        for mine, theirs in self._parts(batch):
            mine[self.next : self.next + n] = theirs[:n]
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

    def save(self, path):
        torch.save([t[: self.filled].cpu() for t in self._parts()], path)

    def load(self, path):
        """Takes the clips of a saved pool, which may be smaller."""
        for mine, saved in zip(self._parts(), torch.load(path, mmap=True), strict=True):
            self.filled = len(saved)
            mine[: self.filled].copy_(saved)
        self.next = self.filled % self.size

    @torch.no_grad()
    def draw(self, n, one_view):
        """→ clip [n, V, 3, T, H, W] and rest [n, V, 3, H, W] in -1..1, caption ids [n], cameras [n, V, 2]; V is `views` or 1."""
        index = torch.randint(0, self.filled, (n,), device=self.device)
        views = 1 if one_view else self.views
        start = torch.randint(0, VIEWS, (n, 1), device=self.device)
        view = (start + torch.arange(views, device=self.device) * (VIEWS // views)) % VIEWS
        video, rest, cameras = (t[index[:, None], view] for t in (self.video, self.rest, self.cameras))
        if self.random_phase:
            frames = video.shape[3]
            shift = torch.randint(0, frames, (n,), device=self.device) * self.loops[index]
            frame = (torch.arange(frames, device=self.device) + shift[:, None]) % frames
            video = torch.gather(video, 3, frame[:, None, None, :, None, None].expand_as(video))
        return video.float() / 127.5 - 1, rest.float() / 127.5 - 1, self.captions[index], cameras
