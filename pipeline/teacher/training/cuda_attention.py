"""Attention of the blocks in the graph for CUDA (cuda_graph.py): by ONNX Runtime's operators."""

import numpy as np
from onnx import TensorProto

from denoise_graph import EPSILON, MOST_VIEWS


class CudaAttention:
    """Part of cuda_graph.CudaGraph."""

    def behind(self, i):
        """The bias behind the attention: what is added to all values comes out of it as it was."""
        value = self.op("Slice", self.row(f"blocks.{i}.qkv"), [2 * self.config.width], [3 * self.config.width], [1])
        product = self.op("MatMul", value, self.columns(f"blocks.{i}.out"))
        return self.op("Add", product, self.row(f"blocks.{i}.out"))

    def attention(self, x):
        """→ function of a block's number and its normed tokens: what comes out of its heads."""
        rotary = [self.cast(self.rotary(table, still)) for table, still in zip(self.tables, (1, 0))]
        shape = self.op("Concat", self.op("Shape", x, end=2), [2 * self.config.width], axis=0)  # of queries and keys together
        return lambda i, h: self.attend(i, h, shape, rotary)

    def attend(self, i, h, shape, rotary):
        """Queries and keys pass norm and rotation as one, of twice as many heads; two products are cheaper than one taken apart."""
        op, c = self.op, self.config
        d, heads, width = c.width, c.heads, c.width // c.heads
        part = lambda x, first, last: op("Slice", x, [first * d], [last * d], [1])
        weights, bias = self.columns(f"blocks.{i}.qkv"), self.row(f"blocks.{i}.qkv")
        qk = self.led(part(weights, 0, 2), 2 * d, part(bias, 0, 2))
        rows = op("Reshape", op("MatMul", h, self.cast(qk)), [-1, 2 * heads, width])
        sharpness = self.stack(self.parameter(f"blocks.{i}.sharpness"), self.ones((heads, 1)))
        scale = self.cast(op("Expand", sharpness, [1, 2 * heads, width]))
        rows = op("SimplifiedLayerNormalization", rows, scale, axis=2, epsilon=EPSILON)
        qk = op("com.microsoft::RotaryEmbedding", op("Reshape", rows, shape), [0], *rotary, num_heads=2 * heads)
        q, k = op("Split", qk, outputs=2, axis=-1, num_outputs=2)
        v = op("MatMul", h, self.cast(self.led(part(weights, 2, 3), d)))
        return op("com.microsoft::MultiHeadAttention", q, k, v, num_heads=heads)
