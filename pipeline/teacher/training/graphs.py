"""The graphs of a teacher as ONNX: written with the weights as inputs, which then become half-precision initialisers that all
graphs read from one weights.bin (each followed by a Cast that the runtime folds when it loads).

The denoising graph comes in three forms: in float32 with LoRA factors, and for GPUs with its blocks in half precision and without factors,
for any provider (both by denoise_graph.py) and for CUDA (cuda_graph.py). The gradient graph is an ordinary inference graph: make_fx over
grad_and_value, lowered to core operators.
"""

import copy
import math

import numpy as np
import onnx
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import model as network
from cuda_graph import CudaGraph
from denoise_graph import OPSET, Form, denoise_graph
from seeded import seeded_inputs

CONDITION = ("clip", "level", "text", "text_mask", "drop_text", "rest", "cameras", "drop_rest")
FACTORS = ("qkv_down", "qkv_up", "out_down", "out_up")
GRADIENT_INPUTS = (*CONDITION, *FACTORS, "target", "weight")
# The denoising graphs: file name → form. The first is what every runtime takes and what LoRA factors are for.
FORMS = {"denoise": Form()}
HALF_FORMS = {"denoise-half": Form(half=True, lora=False), "denoise-cuda": Form(half=True, lora=False, cuda=True)}


def denoise(model, inputs):
    """The predicted clip, with the LoRA factors and guided where `inputs` has factors and a guidance."""
    lora = {name: inputs[name] for name in FACTORS} if FACTORS[0] in inputs else None
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


def written(model, form):
    return denoise_graph(model, form, CudaGraph if form.cuda else None)


def write(model, folder, forms):
    """Writes a denoising graph of every form, lora-gradient.onnx and weights.bin; returns the bytes of the weights."""
    file = WeightsFile()
    protos = {name: written(model, form) for name, form in forms.items()}
    for name, proto in (protos | {"lora-gradient": export_gradient(model)}).items():
        proto = externalise(proto, model, file)
        onnx.save(proto, f"{folder}/{name}.onnx")
        print(f"{name}: {len(proto.graph.node)} nodes")
    with open(f"{folder}/weights.bin", "wb") as out:
        out.write(file.data)
    return bytes(file.data)
