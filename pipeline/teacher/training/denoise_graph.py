"""The denoising graph of a teacher: model.Teacher.forward written out with few nodes, for on a GPU every node costs the processor some
microseconds whatever it computes. Uses ONNX Runtime's fused operators; export.py checks every form against PyTorch.

A Form says in what the graphs differ; that for CUDA is a subclass in cuda_graph.py. Wherever a form allows, a token's bias, scale and position
are constants that fold together.
"""

import math
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from graph_builder import GraphBuilder

OPSET = 18
MOST_VIEWS = 8
EPSILON = 1e-6
BLOCK_PARTS = 6  # shift, scale, gate of attention and of the MLP


@dataclass(frozen=True)
class Form:
    half: bool = False  # the blocks in float16, their residual stream included; inputs, outputs and all around them float32
    lora: bool = True  # takes LoRA factors
    cuda: bool = False  # in operators that the CUDA and CPU providers have and WebGPU has not (cuda_graph.py); half, without lora


def inputs_of(config, form):
    """Input name → shape."""
    c, b, v = config, "batch", "views"
    shapes = {
        "clip": (b, v, 3, c.frames, c.size, c.size),
        "level": (b,),
        "text": (b, c.text_tokens, c.text_width),
        "text_mask": (b, c.text_tokens),
        "drop_text": (b,),
        "rest": (b, v, 3, c.size, c.size),
        "cameras": (b, v, 2),
    }
    if c.guidance:
        shapes["guidance"] = (b,)
    return {**shapes, **c.lora_shapes()} if form.lora else shapes


def denoise_graph(model, form, graph=None):
    """→ ModelProto with the weights as inputs `parameter.*`, written by the class `graph` (default: DenoiseGraph). Raises ValueError for a
    network without the warp or the pixel head, or of velocities."""
    if not (model.config.warp and model.config.refine) or model.config.velocity:
        raise ValueError(f"the denoising graph is written for networks with warp and pixel head that predict the clip: {model.config}")
    parameters = {name: tuple(p.shape) for name, p in model.named_parameters()}
    return (graph or DenoiseGraph)(model, parameters, form).build()


class DenoiseGraph:
    """One graph in the making; the methods follow those of model.Teacher."""

    def __init__(self, model, parameters, form):
        self.config, self.form = model.config, form
        self.tables = (model.cos.numpy(), model.sin.numpy())
        self.rates = model.rates.numpy()
        self.graph = GraphBuilder(parameters, inputs_of(model.config, form), "x0", OPSET)
        self.op = self.graph.op

    def build(self):
        op, c = self.op, self.config
        words, pooled = self.encode_text()
        signal = self.signal(pooled)
        x = self.cast(op("Concat", words, self.embed(), axis=1))
        rotary = [self.cast(self.rotary(table, still)) for table, still in zip(self.tables, (1, 0))]
        for i, modulation in enumerate(self.modulations(signal)):
            x = self.block(i, x, modulation, rotary)
        x = op("Slice", x, [c.text_tokens], [2**31], [1])
        return self.graph.model(self.assemble(op("Cast", x, to=TensorProto.FLOAT) if self.form.half else x, signal))

    # Parts of layers

    def parameter(self, name):
        return f"parameter.{name}"

    def cast(self, x):
        """To the type of the blocks."""
        return self.op("Cast", x, to=TensorProto.FLOAT16) if self.form.half else x

    def columns(self, name):
        """A weight [out, in] as the [in, out] that MatMul wants."""
        return self.op("Transpose", self.parameter(f"{name}.weight"), perm=[1, 0])

    def product(self, x, name):
        return self.op("MatMul", x, self.columns(name))

    def linear(self, x, name):
        return self.op("Add", self.product(x, name), self.parameter(f"{name}.bias"))

    def gemm(self, x, name, added=None):
        """A layer on [batch, in]; `added` in place of its bias."""
        return self.op("Gemm", x, self.parameter(f"{name}.weight"), added or self.parameter(f"{name}.bias"), transB=1)

    def silu(self, x):
        return self.op("com.microsoft::QuickGelu", x, alpha=1.0)

    def sum(self, *parts):
        """One by one: ONNX Runtime's Sum of more than two broadcast tensors is wrong on CUDA (1.30), and of constants all of it folds."""
        first, *rest = parts
        for part in rest:
            first = self.op("Add", first, part)
        return first

    def ones(self, size, half=False):
        return np.ones(size, np.float16 if half else np.float32)

    def layer_norm(self, x, width):
        return self.op("LayerNormalization", x, self.ones(width), axis=-1, epsilon=EPSILON)

    def modulated(self, x, scale, shift, half):
        """layer_norm(x) scale + shift, of which scale and shift are [B, 1, d]."""
        x = self.op("LayerNormalization", x, self.ones(self.config.width, half), axis=-1, epsilon=EPSILON)
        return self.op("Add", self.op("Mul", x, scale), shift)

    # The network

    def encode_text(self):
        """→ words [B, 16, d], pooled [B, d]."""
        op, c = self.op, self.config
        y, x = self.added(self.product(self.layer_norm("text", c.text_width), "text_in"), self.parameter("text_position"), "text_in")
        attention = self.masked_attention()
        for layer in ("text_layers.0", "text_layers.1"):
            y, x = self.added(self.product(attention(y, f"{layer}.qkv"), f"{layer}.out"), x, f"{layer}.out")
            h = op("Relu", self.linear(y, f"{layer}.up"))
            y, x = self.added(self.product(op("Mul", h, h), f"{layer}.down"), x, f"{layer}.down")
        return self.masked_text(x)

    def masked_text(self, x):
        op = self.op
        words = op("Mul", x, op("Unsqueeze", "text_mask", [2]))
        used = op("Max", op("ReduceSum", "text_mask", [1], keepdims=1), 1.0)
        pooled = op("Div", op("ReduceSum", words, [1], keepdims=0), used)
        drop = op("Cast", op("Unsqueeze", "drop_text", [1]), to=TensorProto.BOOL)
        no_text = self.parameter("no_text")
        words = op("Where", op("Unsqueeze", drop, [2]), no_text, words)
        return words, op("Where", drop, op("ReduceMean", no_text, [0], keepdims=1), pooled)

    def added(self, change, x, layer):
        """→ layer_norm(x + change + bias of the layer), x + change + bias."""
        ones, bias = self.ones(self.config.width), self.parameter(f"{layer}.bias")
        kind = "com.microsoft::SkipLayerNormalization"
        made = self.op(kind, change, x, ones, 0 * ones, bias, outputs=4, epsilon=EPSILON)
        self.graph.nodes[-1].output[1:3] = ["", ""]
        return made[0], made[3]

    def masked_attention(self):
        """→ function of x [B, 16, d] and a layer of queries, keys and values: self-attention over the text tokens in use."""
        op, c = self.op, self.config
        n = c.text_tokens
        mask = op("Add", op("Mul", op("Unsqueeze", "text_mask", [1, 2]), 1e4), np.full((1, 1, n, n), -1e4))

        def attention(x, layer):
            q, k, v = op("Split", self.linear(x, layer), outputs=3, axis=-1, num_outputs=3)
            return op("com.microsoft::MultiHeadAttention", q, k, v, None, None, mask, num_heads=c.heads)

        return attention

    def signal(self, pooled):
        """What modulates every block [B, d]."""
        op = self.op
        # Angles in turns, their whole part taken off: GPUs are inexact at large ones. A cosine is a sine a quarter ahead.
        half = len(self.rates)
        turns = op("Mul", op("Unsqueeze", "level", [1]), np.tile(self.rates / (2 * math.pi), 2))
        turns = op("Add", turns, np.repeat([0.25, 0.0], half))
        angle = op("Mul", op("Sub", turns, op("Floor", turns)), 2 * math.pi)
        level = self.silu(self.gemm(op("Sin", angle), "level_in.0"))
        views = op("Cast", op("Shape", "clip", start=1, end=2), to=TensorProto.FLOAT)
        third = op("Mul", op("Squeeze", self.parameter("views_in.weight"), [1]), 1 / 3)  # of the number of views less one
        biases = self.sum(*(self.parameter(f"{layer}.bias") for layer in ("level_in.2", "pool", "views_in")))
        sum = op("Add", op("Mul", views, third), op("Sub", biases, third))
        sum = self.gemm(pooled, "pool", self.gemm(level, "level_in.2", sum))
        if self.config.guidance:
            scale = op("Unsqueeze", "guidance", [1])
            beyond = op("Sub", scale, 1.0)
            features = op("Concat", op("Log", scale), beyond, op("Div", beyond, scale), axis=1)
            enter = op("Mul", self.parameter("guidance_in.enter.weight"), np.array([[1, 0.1, 1]]))
            sum = self.gemm(self.silu(op("Gemm", features, enter, transB=1)), "guidance_in.leave", sum)
        return self.silu(sum)

    def embed(self):
        """The picture tokens [B, V n, d]."""
        op, c = self.op, self.config
        clip, rest = self.patches()
        camera = self.camera(self.sines())
        x = op("Add", op("Add", clip, op("Add", rest, camera)), self.place())
        return op("Reshape", x, [0, -1, c.width])

    def patches(self):
        """→ tokens of the clip [B, V, t, n, d] and of the rest frame [B, V, 1, n, d]."""
        op, c = self.op, self.config
        t, g, p = c.time, c.grid, c.patch
        clip = op("Reshape", "clip", [0, 0, 3, t, c.tube, g, p, g, p])
        clip = op("Transpose", clip, perm=[0, 1, 3, 5, 7, 2, 4, 6, 8])
        clip = self.entering(op("Reshape", clip, [0, 0, t, g * g, 3 * c.tube * p * p]), "clip_in")
        rest = op("Transpose", op("Reshape", "rest", [0, 0, 3, g, p, g, p]), perm=[0, 1, 3, 5, 2, 4, 6])
        return clip, self.entering(op("Reshape", rest, [0, 0, 1, g * g, 3 * p * p]), "rest_in")

    def entering(self, x, name):
        """The product of a layer behind which the blocks begin."""
        return self.product(x, name)

    def sines(self):
        """Cosine and sine of azimuth and elevation [B, V, 1, 1, 4]."""
        angles = self.op("Gather", "cameras", np.array([[[0, 0, 1, 1]]]), axis=2)
        return self.op("Sin", self.op("Add", angles, np.array([0.5, 0, 0.5, 0]) * math.pi))

    def camera(self, sines):
        """What a camera adds to its tokens [B, V, 1, 1, d]; the last sine enters doubled."""
        op = self.op
        weights = op("Mul", self.columns("camera_in.0"), np.array([[1.0], [1], [1], [2]]))
        hidden = op("Add", op("MatMul", sines, weights), self.parameter("camera_in.0.bias"))
        return self.entering(self.silu(hidden), "camera_in.2")

    def place(self):
        """What is added to every view's tokens [t, n, d]."""
        places = ("clip_in.bias", "rest_in.bias", "camera_in.2.bias", "time_position", "space_position")
        return self.sum(*(self.parameter(name) for name in places))

    def rotary(self, table, still):
        """Rows for the text, which is not turned, and for as many views as there may be."""
        text = np.full((self.config.text_tokens, table.shape[1]), still, np.float32)
        return self.op("Concat", text, self.op("Tile", table, [MOST_VIEWS, 1]), axis=0)

    def modulations(self, signal):
        """→ for every block shift, scale, gate, shift, scale, gate [B, 1, d], one already added to the scales."""
        op, c = self.op, self.config
        d, parts = c.width, BLOCK_PARTS
        one = np.array([0, 1, 0, 0, 1, 0], np.float32)[:, None]
        tables = [op("Add", op("Reshape", self.parameter(f"blocks.{i}.table"), [1, parts, d]), one) for i in range(c.depth)]
        every = self.gemm(signal, "modulation")
        every = self.cast(op("Reshape", every, [-1, parts, d]))
        for table in tables:
            yield op("Split", op("Add", every, self.cast(table)), outputs=parts, axis=1, num_outputs=parts)

    def block(self, i, x, modulation, rotary):
        op, d = self.op, self.config.width
        shift1, scale1, gate1, shift2, scale2, gate2 = modulation
        qk, v, bias = self.queries_keys_values(i, self.modulated(x, scale1, shift1, self.form.half))
        # Queries and keys pass norm and rotation as one, of twice as many heads.
        heads = self.config.heads
        qk = op("com.microsoft::RotaryEmbedding", self.sharpened(i, qk), [0], *rotary, num_heads=2 * heads)
        q, k = op("Split", qk, outputs=2, axis=-1, num_outputs=2)
        a = op("com.microsoft::MultiHeadAttention", q, k, v, num_heads=heads)
        y = op("Add", op("MatMul", a, self.weight(i, "out")), self.cast(bias))
        y = op("Add", y, self.low_rank(i, a, "out")) if self.form.lora else y
        x = op("Add", x, op("Mul", y, gate1))
        return op("Add", x, op("Mul", self.mlp(i, self.modulated(x, scale2, shift2, self.form.half)), gate2))

    def weight(self, i, layer):
        return self.cast(self.columns(f"blocks.{i}.{layer}"))

    def low_rank(self, i, x, layer):
        down, up = (self.cast(self.op("Gather", f"{layer}_{way}", i, axis=0)) for way in ("down", "up"))
        return self.op("MatMul", self.op("MatMul", x, down), up)

    def queries_keys_values(self, i, h):
        """→ queries and keys [B, n, 2 d], values [B, n, d], the bias of the layer `out` behind them."""
        op, d = self.op, self.config.width
        weights = self.columns(f"blocks.{i}.qkv")
        bias, out = (self.parameter(f"blocks.{i}.{layer}.bias") for layer in ("qkv", "out"))
        if self.form.lora:
            qkv = op("Add", op("MatMul", h, self.cast(weights)), self.cast(bias))
            qk, v = op("Split", op("Add", qkv, self.low_rank(i, h, "qkv")), [2 * d, d], outputs=2, axis=-1)
            return qk, v, out
        # Two products are cheaper than one that is taken apart. What is added to all values comes out of the attention as it was, so
        # that their bias goes into the next.
        part = lambda x, axis, first, last: op("Slice", x, [first * d], [last * d], [axis])
        qk = op("MatMul", h, self.cast(part(weights, 1, 0, 2)))
        qk = op("Add", qk, self.cast(part(bias, 0, 0, 2)))
        v = op("MatMul", h, self.cast(part(weights, 1, 2, 3)))
        behind = op("MatMul", op("Unsqueeze", part(bias, 0, 2, 3), [0]), self.columns(f"blocks.{i}.out"))
        return qk, v, op("Add", out, behind)

    def sharpened(self, i, qk):
        """Queries and keys of every head to unit root mean square, the queries times their sharpness."""
        op, c = self.op, self.config
        heads, width = 2 * c.heads, c.width // c.heads
        sharpness = op("Concat", self.parameter(f"blocks.{i}.sharpness"), self.ones((c.heads, 1)), axis=0)
        rows = op("Reshape", qk, [0, 0, heads, width])
        rows = op("SimplifiedLayerNormalization", rows, self.ones(width, self.form.half), axis=-1, epsilon=EPSILON)
        return op("Reshape", op("Mul", rows, self.cast(sharpness)), [0, 0, heads * width])

    def mlp(self, i, h):
        op = self.op
        up, down = (self.columns(f"blocks.{i}.{layer}") for layer in ("up", "down"))
        up_bias, down_bias = (self.parameter(f"blocks.{i}.{layer}.bias") for layer in ("up", "down"))
        h = op("Relu", op("Add", op("MatMul", h, self.cast(up)), self.cast(up_bias)))
        return op("Add", op("MatMul", op("Mul", h, h), self.cast(down)), self.cast(down_bias))

    @property
    def planes(self):
        """What a token hands to a pixel: colour, keep mask, features and the place in the rest frame."""
        return 3 + 1 + self.config.features + 2

    def unit_of_pixels(self):
        """Factors of a token's planes: those of the warp are quarters of a picture's side, and the grid counts halves from the middle of
        its first pixel to that of its last."""
        c = self.config
        return np.tile([*[1.0] * (self.planes - 2), *[c.size / 2 / (c.size - 1)] * 2], c.tube * c.patch**2)

    def assemble(self, x, signal):
        """Picture tokens [B, V n, d] → x0, in the layout of the clip."""
        op, c = self.op, self.config
        d, t, g, p, size, planes = c.width, c.time, c.grid, c.patch, c.size, self.planes
        final = op("Add", self.parameter("final.bias"), np.repeat([0.0, 1.0], d))
        final = op("Reshape", self.gemm(signal, "final", final), [-1, 2, d])
        shift, scale = op("Split", final, outputs=2, axis=1, num_outputs=2)
        x = self.modulated(x, scale, shift, half=False)
        unit = self.unit_of_pixels()
        x = op("MatMul", x, op("Mul", self.columns("pixels"), unit))
        x = op("Add", x, op("Mul", self.parameter("pixels.bias"), unit))
        x = op("Reshape", x, [-1, t, g, g, c.tube, p, p, planes])
        x = op("Transpose", x, perm=[0, 1, 4, 7, 2, 5, 3, 6])
        x = op("Reshape", x, [-1, planes, size, size])
        colour, keep, features, flow = op("Split", x, [3, 1, c.features, 2], outputs=4, axis=1)
        still = self.pictures(op("Expand", op("Reshape", "rest", [-1, 1, 3 * size * size]), [1, c.frames, 1]))
        at = np.linspace(-1, 1, size)
        return self.mended(colour, keep, features, still, op("Add", flow, np.stack(np.meshgrid(at, at))))

    def pictures(self, x):
        return self.op("Reshape", x, [-1, 3, self.config.size, self.config.size])

    def mended(self, colour, keep, features, still, source):
        """Planes of every frame [B V T, ., H, W], of which `source` says from where in `still` a pixel comes, each way in -1..1 → x0."""
        op, c = self.op, self.config
        grid = op("Transpose", source, perm=[0, 2, 3, 1])
        moved = op("GridSample", still, grid, mode="bilinear", padding_mode="border", align_corners=1)
        coarse = op("Add", colour, op("Mul", op("Sigmoid", keep), moved))
        noised = self.pictures(op("Transpose", "clip", perm=[0, 1, 3, 2, 4, 5]))
        x = op("Add", coarse, self.head(op("Concat", coarse, features, still, noised, axis=1)))
        shape = op("Concat", op("Shape", "clip", end=2), [c.frames, 3, c.size, c.size], axis=0)
        return op("Transpose", op("Reshape", x, shape), perm=[0, 1, 3, 2, 4, 5])

    def head(self, x):
        def convolve(x, layer):
            weights = (self.parameter(f"head.{layer}.{part}") for part in ("weight", "bias"))
            return self.op("Conv", x, *weights, pads=[1, 1, 1, 1])

        h = self.op("Relu", convolve(x, "enter"))
        return convolve(self.op("Add", h, self.op("Relu", convolve(h, "middle"))), "leave")
