"""The denoising graph for ONNX Runtime's CUDA provider: the same network in its operators, of which WebGPU has not all, and in half
precision. There a node costs the processor 4 to 15 microseconds, more than its arithmetic, so constants and weights are arranged at
load such that one node does what several do elsewhere:

- one product gives the modulations of all norms, another all gates, in the order in which they are wanted;
- gates multiply the columns of the weights before them, of all blocks at once, instead of every token;
- tokens are eight channels wider in the blocks [B, n, D]. Those hold the mean of the others, so that a layer norm over all has the same
  mean and d / D of the variance; behind it the first of them is one, and carries the bias of the next layer in that layer's weights.
"""

import math

import numpy as np
from onnx import TensorProto

from cuda_attention import CudaAttention
from denoise_graph import EPSILON, DenoiseGraph

SHIFT1, SCALE1, GATE1, SHIFT2, SCALE2, GATE2, FINAL_SHIFT, FINAL_SCALE = range(8)
# The constant channel of the signal: SiLU leaves this number as it is, and products in TF32 and half precision hold it exactly.
UNIT = 16.0
MARGIN = 8  # channels, for rows of a half-precision product come in eights


class CudaGraph(CudaAttention, DenoiseGraph):
    """[B, 1, d] are tensors of one row an item throughout."""

    def build(self):
        op, c = self.op, self.config
        self.share = c.width / (c.width + MARGIN)
        words, pooled = self.encode_text()
        words = op("MatMul", words, self.widened(self.identity()))
        sines = self.sines()
        # Sine and cosine of two angles a view have squares that sum to two.
        views = op("ReduceSumSquare", sines, [1, 4], keepdims=0)
        x = self.cast(op("Concat", words, self.embed(sines), axis=1))
        attend = self.attention(x)
        norms, final, gates = self.modulations(self.signal(pooled, views))
        outs, biases, downs = self.gated(gates)
        for i in range(c.depth):
            shift1, scale1, shift2, scale2 = norms[4 * i : 4 * i + 4]
            a = attend(i, self.normed(x, shift1, scale1))
            x = self.sum(x, op("MatMul", a, outs[i]), biases[i])
            h = op("Relu", op("MatMul", self.normed(x, shift2, scale2), self.cast(self.up(i))))
            x = op("Add", x, op("MatMul", op("Mul", h, h), downs[i]))
        return self.graph.model(self.assemble(op("Slice", x, [c.text_tokens], [2**31], [1]), final))

    # Constants

    def stack(self, *rows):
        return self.op("Concat", *rows, axis=0)

    def zeros(self, *shape):
        return self.op("Expand", 0.0, np.array(shape))

    def row(self, name):
        """A bias as a row of weights."""
        return self.op("Unsqueeze", self.parameter(f"{name}.bias"), [0])

    def identity(self):
        numbers = np.arange(self.config.width)
        return self.op("Cast", self.op("Equal", numbers[:, None], numbers), to=TensorProto.FLOAT)

    def widened(self, x):
        """[., d] → [., D], the mean in the channels of the margin."""
        return self.op("Concat", x, *[self.op("ReduceMean", x, [-1], keepdims=1)] * MARGIN, axis=-1)

    def led(self, weights, size, bias=None):
        """Weights [d, size] behind a norm as [D, size], with a bias [1, size] for the channel that is one."""
        return self.stack(weights, bias or self.zeros(1, size), self.zeros(MARGIN - 1, size))

    def normed(self, x, shift, scale):
        return self.op("LayerNormalization", x, scale, shift, axis=2, epsilon=EPSILON * self.share)

    def entering(self, x, name):
        return self.op("MatMul", x, self.widened(self.columns(name)))

    # Around the blocks

    def masked_text(self, x):
        """→ words [B, 16, d] as the blocks take them, their mean over those in use [B, 1, d]. Dropped text is no_text, all of it in use."""
        op = self.op
        drop, mask = op("Unsqueeze", "drop_text", [1, 2]), op("Unsqueeze", "text_mask", [2])
        words = op("Where", op("Cast", drop, to=TensorProto.BOOL), self.parameter("no_text"), op("Mul", x, mask))
        used = op("Max", op("ReduceSum", op("Max", mask, drop), [1], keepdims=1), 1.0)
        return words, op("Div", op("ReduceSum", words, [1], keepdims=1), used)

    def masked_attention(self):
        mask = self.op("Cast", "text_mask", to=TensorProto.INT32)
        kind, heads = "com.microsoft::Attention", self.config.heads
        return lambda x, layer: self.op(kind, x, self.columns(layer), self.parameter(f"{layer}.bias"), mask, num_heads=heads)

    def signal(self, pooled, views):
        """What modulates every block [B, 1, d + 8], from the pooled text and twice the number of views; its constant channels are behind it."""
        op, d = self.op, self.config.width
        # A cosine is a sine a quarter ahead, and one is a sine too. GPUs are inexact at large angles.
        angle = op("Mul", op("Unsqueeze", "level", [1, 2]), np.append(np.tile(self.rates, 2), 0))
        angle = op("Add", angle, math.pi / 2 * np.append(np.repeat([1.0, 0.0], len(self.rates)), 1))
        sines = op("Sin", op("Mod", angle, 2 * math.pi, fmod=1))
        unit = np.eye(d + 1)[:, -1:] * UNIT
        enter = op("Concat", self.stack(self.columns("level_in.0"), self.row("level_in.0")), unit, axis=1)
        leave = [self.columns("level_in.2"), self.constants_of_signal()]
        if self.config.guidance:
            sines = op("Concat", sines, *self.guidance_features(), axis=2)
            guide = op("Mul", self.columns("guidance_in.enter"), np.array([[1], [0.1], [1]]))
            enter = self.stack(op("Concat", enter, self.zeros(d + 1, d), axis=1), op("Concat", self.zeros(3, d + 1), guide, axis=1))
            leave.append(self.columns("guidance_in.leave"))
        hidden = self.silu(op("MatMul", sines, enter))
        leave = self.stack(*leave, self.columns("pool"), op("Mul", self.columns("views_in"), 1 / 6))
        rows = (3 if self.config.guidance else 2) * d + 2
        unit = np.eye(rows)[:, d : d + 1]  # the constant channel of the hidden layer
        leave = op("Concat", leave, unit, unit, self.zeros(rows, MARGIN - 2), axis=1)
        return self.silu(op("MatMul", op("Concat", hidden, pooled, views, axis=2), leave))

    def guidance_features(self):
        op = self.op
        scale = op("Unsqueeze", "guidance", [1, 2])
        beyond = op("Sub", scale, 1.0)
        return op("Log", scale), beyond, op("Div", beyond, scale)

    def constants_of_signal(self):
        """The row of weights behind the constant channel: biases, and one view of the number of views."""
        op = self.op
        biases = self.sum(*(self.row(layer) for layer in ("level_in.2", "pool", "views_in")))
        return op("Mul", op("Sub", biases, op("Mul", self.columns("views_in"), 1 / 3)), 1 / UNIT)

    # What is split is split along short axes: the provider's processor time grows with their length.

    def modulations(self, signal):
        """→ shift and scale of the norms, four a block, [B, 1, D] each; those of the last norm; gates of attention, then of
        the MLPs [2 depth, B, d, 1]. One is already added to scales."""
        op, c = self.op, self.config
        n = c.depth
        norms = [(i, part) for i in range(n) for part in (SHIFT1, SCALE1, SHIFT2, SCALE2)] + [(0, FINAL_SHIFT), (0, FINAL_SCALE)]
        gates = [(i, part) for part in (GATE1, GATE2) for i in range(n)]
        blocks, final = self.modulation_of_blocks(), self.modulation_of_final()
        product = lambda order, margin: self.cast(op("MatMul", signal, self.modulation_columns(blocks, final, order, margin)))
        every = op("Reshape", product(norms, MARGIN), [-1, len(norms), c.width + MARGIN])
        *every, shift, scale = op("Split", every, outputs=len(norms), axis=1, num_outputs=len(norms))
        gates = op("Transpose", op("Reshape", product(gates, 0), [-1, 2 * n, c.width, 1]), perm=[1, 0, 2, 3])
        return every, (shift, scale), gates

    def modulation_of_blocks(self):
        """→ weights [d, 6, d], biases of all blocks [depth, 6, d]."""
        op, d = self.op, self.config.width
        tables = [op("Reshape", self.parameter(f"blocks.{i}.table"), [1, GATE2 + 1, d]) for i in range(self.config.depth)]
        bias = op("Reshape", self.parameter("modulation.bias"), [GATE2 + 1, d])
        return op("Reshape", self.columns("modulation"), [d, GATE2 + 1, d]), op("Add", self.stack(*tables), bias)

    def modulation_of_final(self):
        """→ weights [d, 2, d], biases [1, 2, d]."""
        op, d = self.op, self.config.width
        return op("Reshape", self.columns("final"), [d, 2, d]), op("Reshape", self.parameter("final.bias"), [1, 2, d])

    def modulation_columns(self, blocks, final, order, margin):
        """Weights [d + 8, out] that turn the signal into the named parts (block, part), `margin` channels wider each."""
        op, c = self.op, self.config
        d, parts = c.width, GATE2 + 1
        weights = op("Gather", op("Concat", blocks[0], final[0], axis=1), np.array([part for _, part in order]), axis=1)
        rows = self.stack(*(op("Reshape", biases, [-1, d]) for biases in (blocks[1], final[1])))
        rows = op("Gather", rows, np.array([(c.depth - 1) * parts * (part >= parts) + i * parts + part for i, part in order]), axis=0)
        is_scale = np.isin([part for _, part in order], (SCALE1, SCALE2, FINAL_SCALE))[:, None]
        rows = op("Add", rows, is_scale * 1.0)
        if margin:
            # Behind a norm the margin is zero, then one in its first channel; the norm's variance is too small by the share.
            factor = np.where(is_scale, self.share**0.5, 1.0)
            weights = op("Concat", op("Mul", weights, factor), self.zeros(d, len(order), margin), axis=2)
            rows = op("Concat", op("Mul", rows, factor), ~is_scale * np.eye(1, margin), axis=1)
        # Two rows, the second what TF32 would cut off the first.
        size = len(order) * (d + margin)
        row = op("Reshape", op("Mul", rows, 1 / UNIT), [1, size])
        first = op("Cast", op("Cast", row, to=TensorProto.FLOAT16), to=TensorProto.FLOAT)
        return self.stack(op("Reshape", weights, [d, size]), first, op("Sub", row, first), self.zeros(MARGIN - 2, size))

    def gated(self, gates):
        """→ for every block the weights of `out` and of `down` with their gates [B, in, D], and, where it is not in the weights, the gated
        bias of `out` [B, 1, D]."""
        op, each = self.op, range(self.config.depth)
        # A block's gates in a diagonal matrix, with what makes the means beside it.
        gates = op("Mul", gates, self.cast(self.widened(self.identity())))
        first, second = op("Split", gates, outputs=2, axis=0, num_outputs=2)
        downs = self.gated_weights([self.down(i) for i in each], 4 * self.config.width + MARGIN, second)
        outs = self.gated_weights([self.columns(f"blocks.{i}.out") for i in each], self.config.width, first)
        return outs, self.gated_weights([self.behind(i) for i in each], 1, first), downs

    def gated_weights(self, weights, rows, gates):
        """Of every block's weights [rows, d] and gates [depth, B, d, D] → for every block [B, rows, D]."""
        op, n = self.op, self.config.depth
        weights = self.stack(*(self.cast(op("Unsqueeze", x, [0, 1])) for x in weights))
        products = op("Reshape", op("MatMul", weights, gates), [-1, rows, self.config.width + MARGIN])
        return op("Split", products, outputs=n, axis=0, num_outputs=n)

    def embed(self, sines):
        """The picture tokens [B, V n, D]."""
        x = self.sum(*self.patches(), self.camera(sines), self.widened(self.place()))
        return self.op("Reshape", x, [0, -1, self.config.width + MARGIN])

    # The blocks

    def up(self, i):
        """With a hidden channel that is always one, for the bias behind it."""
        d = self.config.width
        weights = self.op("Concat", self.columns(f"blocks.{i}.up"), np.zeros((d, MARGIN)), axis=1)
        return self.led(weights, 4 * d + MARGIN, self.op("Concat", self.row(f"blocks.{i}.up"), np.eye(1, MARGIN), axis=1))

    def down(self, i):
        return self.stack(self.columns(f"blocks.{i}.down"), self.row(f"blocks.{i}.down"), self.zeros(MARGIN - 1, self.config.width))

    def assemble(self, x, final):
        """Picture tokens [B, V n, d] → x0, in the layout of the clip."""
        op, c = self.op, self.config
        t, g, p, size, planes = c.time, c.grid, c.patch, c.size, self.planes
        unit, at = self.unit_of_pixels(), np.linspace(-1, 1, size)
        weights = self.led(op("Mul", self.columns("pixels"), unit), len(unit))
        x = op("MatMul", self.normed(x, *final), self.cast(weights))
        x = op("Reshape", op("Cast", x, to=TensorProto.FLOAT), [-1, t, g, g, c.tube, p, p, planes])
        # The bias of a pixel's planes holds its own place too, from where the warp reads.
        bias = op("Reshape", op("Mul", self.parameter("pixels.bias"), unit), [c.tube, p, p, planes])
        column, row = (at.reshape(g, p, 1) * np.eye(planes)[plane] for plane in (-2, -1))
        bias = self.sum(bias, column[None, :, None, None], row[:, None, None, :, None])
        x = op("Transpose", op("Add", x, bias), perm=[0, 1, 4, 7, 2, 5, 3, 6])
        colour, keep, features, source = op("Split", op("Reshape", x, [-1, planes, size, size]), [3, 1, c.features, 2], outputs=4, axis=1)
        still = self.pictures(op("Concat", *["rest"] * c.frames, axis=2))
        return self.mended(colour, keep, features, still, source)
