"""Attention of the blocks in the graph for CUDA (cuda_graph.py): by ONNX Runtime's separate operators, or all of it in one of its own."""

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

    def attention(self, x, views):
        """→ function of a block's number and its normed tokens: what comes out of its heads."""
        rotary = [self.cast(self.rotary(table, still)) for table, still in zip(self.tables, (1, 0))]
        if self.form.grouped:
            return self.grouped_attention(x, views, rotary)
        shape = self.op("Concat", self.op("Shape", x, end=2), [2 * self.config.width], axis=0)  # of queries and keys together
        return lambda i, h: self.separate_attention(i, h, shape, rotary)

    def separate_attention(self, i, h, shape, rotary):
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

    # Grouped attention: norm, rotation and attention in one operator. It scales the queries of all heads alike, where ours are sharpened
    # by head. So a head has twice the width: its query is a part, cosine, of itself and the complement, sine, beside it, of the length
    # that it had; keys have nothing there. Values have room for a constant channel.

    def grouped_attention(self, x, views, rotary):
        """→ function as `attention`. The operator, made for generating text, wants to know the number of tokens."""
        op, c = self.op, self.config
        total = op("Cast", op("Shape", x, start=1, end=2), to=TensorProto.INT32)
        half_tokens = op("Mul", op("Reshape", views, [-1]), c.tokens / 2)
        last = op("Cast", op("Add", half_tokens, c.text_tokens - 0.5), to=TensorProto.INT32)  # cut off to tokens less one
        make = self.grouped_by_parts if self.form.by_parts else self.grouped_operator

        def attend(i, h):
            weights, sharpest = self.doubled(i)
            norms = [op("Expand", op("Mul", s, 0.5**0.5), [2 * c.width // c.heads]) for s in (sharpest, self.ones(1))]
            return make(op("MatMul", h, self.cast(weights)), last, total, rotary, [self.cast(norm) for norm in norms])

        return attend

    def grouped_operator(self, qkv, last, total, rotary, norms):
        c = self.config
        settings = {"num_heads": c.heads, "kv_num_heads": c.heads, "causal": 0, "do_rotary": 1}
        settings |= {"scale": (c.width // c.heads) ** -0.5, "qk_norm_epsilon": EPSILON / 2}
        inputs = [qkv, None, None, None, None, last, total, *rotary, *[None] * 5, *norms]
        return self.op("com.microsoft::GroupQueryAttention", *inputs, outputs=3, **settings)[0]

    def grouped_by_parts(self, qkv, last, total, rotary, norms):
        """What the operator is defined to do, in others."""
        op, c = self.op, self.config
        size, width = 2 * c.width, c.width // c.heads
        *qk, v = op("Split", qkv, outputs=3, axis=2, num_outputs=3)
        for i, norm in enumerate(norms):
            rows = op("Reshape", qk[i], [0, 0, c.heads, 2 * width])
            rows = op("SimplifiedLayerNormalization", rows, norm, axis=-1, epsilon=EPSILON / 2)
            rows = op("Reshape", rows, [0, 0, size])
            qk[i] = op("com.microsoft::RotaryEmbedding", rows, [0], *rotary, num_heads=c.heads, rotary_embedding_dim=width)
        return op("com.microsoft::MultiHeadAttention", *qk, v, num_heads=c.heads, scale=width**-0.5)

    def doubled(self, i):
        """→ weights [D, 6 d] of queries, keys and values, the largest sharpness [1]."""
        op, c = self.op, self.config
        heads, width = c.heads, c.width // c.heads
        sharpness = self.parameter(f"blocks.{i}.sharpness")  # [heads, 1]
        sharpest = op("ReduceMax", sharpness, [0, 1], keepdims=1)
        cosine = op("Unsqueeze", op("Div", sharpness, sharpest), [2])
        sine = op("Sqrt", op("Sub", 1.0, op("Mul", cosine, cosine)))
        one = np.zeros((heads, width, 1))
        one[0, 0] = 1
        both = []
        for kind, size in (("weight", c.width), ("bias", 1)):
            q, k, v = op("Split", self.parameter(f"blocks.{i}.qkv.{kind}"), outputs=3, axis=0, num_outputs=3)
            q, k, v = (op("Reshape", x, [heads, width, size]) for x in (q, k, v))
            nothing = self.zeros(heads, width, size)
            parts = [op("Mul", q, cosine), op("Mul", q, sine)], [k, nothing], [v, one if kind == "bias" else nothing]
            rows = self.stack(*(op("Reshape", op("Concat", *pair, axis=1), [2 * c.width, size]) for pair in parts))
            both.append(op("Transpose", rows, perm=[1, 0]))
        return self.led(both[0], 6 * c.width, both[1]), op("Squeeze", sharpest, [0])

    def grouped_out(self, i):
        """Weights of `out` for heads of twice the width [2 d, d], its bias behind the constant channel of the first."""
        op, c = self.op, self.config
        heads, width = c.heads, c.width // c.heads
        weights = op("Reshape", self.columns(f"blocks.{i}.out"), [heads, width, c.width])
        bias = op("Unsqueeze", self.row(f"blocks.{i}.out"), [0])
        bias = self.stack(op("Concat", bias, self.zeros(1, width - 1, c.width), axis=1), self.zeros(heads - 1, width, c.width))
        return op("Reshape", op("Concat", weights, bias, axis=1), [2 * c.width, c.width])
