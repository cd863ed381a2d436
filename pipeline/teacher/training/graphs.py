"""The graphs of a teacher as ONNX: traced with the weights as inputs, which then become half-precision initialisers that all
graphs read from one weights.bin (each followed by a Cast that the runtime folds when it loads).

The denoising graph comes twice: in float32, and for GPUs with its blocks in half precision. In both the blocks are written with
ONNX Runtime's fused operators (root-mean-square norm, rotary positions, attention). The gradient graph is an ordinary inference graph: make_fx over grad_and_value, lowered to core operators.
"""

import copy
import functools
import math
import types

import numpy as np
import onnx
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import model as network
from seeded import seeded_inputs

OPSET = 18
CONDITION = ("clip", "level", "text", "text_mask", "drop_text", "rest", "cameras", "drop_rest")
FACTORS = ("qkv_down", "qkv_up", "out_down", "out_up")
DENOISE_INPUTS = (*CONDITION, *FACTORS)
GRADIENT_INPUTS = (*DENOISE_INPUTS, "target", "weight")


def denoise_inputs(model):
    """Names of the inputs of its denoising graph: one more where it takes the guidance."""
    return (*CONDITION, "guidance", *FACTORS) if model.config.guidance else DENOISE_INPUTS


def denoise(model, inputs):
    """The predicted clip, guided where `inputs` has a guidance."""
    lora = {name: inputs[name] for name in FACTORS}
    return model(*(inputs[name] for name in CONDITION), lora=lora, guidance=inputs.get("guidance"))


def lora_loss(model, lora, inputs):
    """Mean over the batch of weight times the mean squared error of the predicted clip, at guidance 1."""
    x0 = denoise(model, {name: value for name, value in {**inputs, **lora}.items() if name != "guidance"})
    error = (x0 - inputs["target"]).square().mean((1, 2, 3, 4, 5))
    return (error * inputs["weight"]).mean()


def lora_gradient(model, inputs):
    """→ (loss, dict of gradients)."""
    lora = {name: inputs[name].clone().requires_grad_() for name in FACTORS}
    loss = lora_loss(model, lora, inputs)
    gradients = torch.autograd.grad(loss, list(lora.values()))
    return loss.detach(), dict(zip(FACTORS, gradients, strict=True))


def runtime_op(name, inputs, like, **attributes):
    """One of ONNX Runtime's own operators, whose result has shape and type of `like`."""
    return torch.onnx.ops.symbolic(name, inputs, attrs=attributes, dtype=like.dtype, shape=like.shape, version=1)


def runtime_block(self, x, modulation, cos, sin, lora=None, *, dtype):
    """model.Block.forward with fused operators, its products and attention in `dtype`; the residual stream, the layer norms and
    the modulation stay float32. Arguments as there."""
    b, n, d = x.shape
    heads, c = self.heads, d // self.heads
    shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.table)[:, None].chunk(6, -1)
    cast = functools.partial(torch.Tensor.to, dtype=dtype)
    cos, sin = cast(cos[:, 0]), cast(sin[:, 0])

    def linear(layer, h, down, up):
        y = torch.nn.functional.linear(h, cast(layer.weight), cast(layer.bias))
        return y if lora is None else y + (h @ cast(lora[down])) @ cast(lora[up])

    def turn(t, sharpness):
        t = t.reshape(b * n, heads, c)
        t = runtime_op("SimplifiedLayerNormalization", (t, torch.ones(c, dtype=dtype)), t, axis=-1, epsilon=1e-6)
        t = (t if sharpness is None else t * cast(sharpness)).reshape(b, n, d)
        return runtime_op("com.microsoft::RotaryEmbedding", (t, torch.zeros(1, dtype=torch.int64), cos, sin), t, num_heads=heads)

    q, k, v = linear(self.qkv, cast(network.layer_norm(x) * (1 + scale1) + shift1), 0, 1).chunk(3, -1)
    q, k = turn(q, self.sharpness), turn(k, None)
    a = runtime_op("com.microsoft::MultiHeadAttention", (q, k, v), q, num_heads=heads)
    x = x + gate1 * linear(self.out, a, 2, 3).float()
    h = cast(network.layer_norm(x) * (1 + scale2) + shift2)
    h = torch.relu(torch.nn.functional.linear(h, cast(self.up.weight), cast(self.up.bias)))
    return x + gate2 * torch.nn.functional.linear(h * h, cast(self.down.weight), cast(self.down.bias)).float()


class Denoise(torch.nn.Module):
    """Inputs first, then the weights; the model itself is hidden, so that its own weights are no part of the graph."""

    def __init__(self, model):
        super().__init__()
        self.model = [model]
        self.names = denoise_inputs(model)

    def forward(self, *values):
        model = self.model[0]
        inputs = dict(zip(self.names, values[: len(self.names)], strict=True))
        weights = dict(zip(dict(model.named_parameters()), values[len(self.names) :], strict=True))
        with torch.nn.utils.stateless._reparametrize_module(model, weights):
            return denoise(model, inputs)


def export_denoise(model, dtype=torch.float32):
    """`dtype`: of the blocks' products and attention; inputs and outputs are float32 either way."""
    model = copy.deepcopy(model)
    for block in model.blocks:
        block.forward = types.MethodType(functools.partial(runtime_block, dtype=dtype), block)
    inputs, names = seeded_inputs(model.config, 2, 3), denoise_inputs(model)
    batch, views = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("views", min=1, max=8)
    dynamic = {name: None if name in FACTORS else {0: batch} for name in names}
    for name in ("clip", "rest", "cameras"):
        dynamic[name] = {0: batch, 1: views}
    weights = dict(model.named_parameters())
    program = torch.onnx.export(
        Denoise(model),
        (*(inputs[name] for name in names), *(w.detach() for w in weights.values())),
        dynamic_shapes=((*(dynamic[name] for name in names), *(None for _ in weights)),),
        input_names=[*names, *(f"parameter.{name}" for name in weights)],
        output_names=["x0"],
        opset_version=OPSET,
        dynamo=True,
        optimize=True,
        verbose=False,
    )
    return program.model_proto


def convolution_input_gradient(gradient, input, weight, bias, stride, padding, dilation, transposed, outside, groups, wanted):
    """The gradient of a same-size 3x3 convolution for its input, the only one a frozen layer needs: again a convolution."""
    if list(wanted) != [True, False, False] or list(stride) != [1, 1] or list(padding) != [1, 1] or groups != 1:
        raise NotImplementedError(f"backward of a convolution with {stride=}, {padding=}, {groups=}, {wanted=}")
    return torch.ops.aten.convolution(gradient, weight.flip(2, 3).transpose(0, 1), None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1), None, None


def export_gradient(model):
    """Fixed to batch 1 and four views: symbolic shapes do not survive the tracing of a backward pass; and to guidance 1, where the layers
    of the guidance add nothing: they are left out."""
    model = copy.deepcopy(model)
    for block in model.blocks:
        block.attention = network.plain_attention
    model.guidance_in = None
    names = [name for name, _ in model.named_parameters()]
    inputs = seeded_inputs(model.config, 1, 4)
    inputs = {name: inputs[name] for name in GRADIENT_INPUTS}

    def step(values, weights):
        # One leaf per block: the gradient of a slice would fill and add the whole tensor once per block.
        lora = {name: list(values[name].unbind(0)) for name in FACTORS}
        rest = {name: value for name, value in values.items() if name not in FACTORS}

        def loss(lora):
            with torch.nn.utils.stateless._reparametrize_module(model, dict(zip(names, weights, strict=True))):
                return lora_loss(model, lora, rest)

        gradients, value = torch.func.grad_and_value(loss)(lora)
        return value, *(torch.stack(gradients[name]) for name in FACTORS)

    weights = [p.detach() for _, p in model.named_parameters()]
    flat = list(inputs.values())

    def flat_step(*arguments):
        return step(dict(zip(inputs, arguments[: len(flat)], strict=True)), arguments[len(flat) :])

    table = dict(torch._decomp.core_aten_decompositions())
    table[torch.ops.aten.convolution_backward.default] = convolution_input_gradient
    tracer = make_fx(flat_step, decomposition_table=table, tracing_mode="fake", _allow_non_fake_inputs=True)
    traced = tracer(*flat, *weights)
    program = torch.onnx.export(
        traced,
        (*flat, *weights),
        input_names=[*inputs, *(f"parameter.{name}" for name in names)],
        output_names=["loss", *(f"d_{name}" for name in FACTORS)],
        opset_version=OPSET,
        dynamo=True,
        optimize=True,
        verbose=False,
    )
    return program.model_proto


class WeightsFile:
    """Collects the named half-precision tensors that graphs refer to, each once, 64-byte aligned."""

    def __init__(self):
        self.data = bytearray()
        self.places = {}

    def place(self, name, array):
        if name not in self.places:
            self.data += b"\0" * (-len(self.data) % 64)
            body = np.ascontiguousarray(array, np.float16).tobytes()
            self.places[name] = (len(self.data), len(body))
            self.data += body
        return self.places[name]


def externalise(proto, model, file):
    """Replaces the `parameter.*` inputs of `proto` by references into `file`, cast to float32."""
    weights = {name: p.detach().numpy() for name, p in model.named_parameters()}
    graph = proto.graph
    sources = {}
    for entry in list(graph.input):
        if entry.name.startswith("parameter."):
            sources[entry.name] = entry.name[len("parameter.") :]
            graph.input.remove(entry)
    for entry in graph.initializer:
        if math.prod(entry.dims) > 100_000:
            raise ValueError(f"initialiser {entry.name} {list(entry.dims)} is no weight of the model")
    casts = []
    for old, name in sources.items():
        offset, length = file.place(name, weights[name])
        tensor = onnx.TensorProto(name=f"half.{name}", data_type=onnx.TensorProto.FLOAT16, dims=weights[name].shape)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        graph.initializer.append(tensor)
        casts.append(onnx.helper.make_node("Cast", [tensor.name], [old], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    del graph.value_info[:]
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del graph.metadata_props[:]
    return proto


def write(model, folder, half=False):
    """Writes denoise.onnx, lora-gradient.onnx, where asked denoise-half.onnx, and weights.bin; returns the bytes of the weights."""
    file = WeightsFile()
    exports = [("denoise", export_denoise), ("lora-gradient", export_gradient)]
    if half:
        exports.append(("denoise-half", functools.partial(export_denoise, dtype=torch.float16)))
    for name, export in exports:
        proto = externalise(export(model), model, file)
        onnx.save(proto, f"{folder}/{name}.onnx")
        print(f"{name}: {len(proto.graph.node)} nodes")
    with open(f"{folder}/weights.bin", "wb") as out:
        out.write(file.data)
    return bytes(file.data)
