"""Writing an ONNX graph node by node: names, constants and the parameters of a network, which graphs.externalise turns into
references to the weights file. For graphs whose every node counts; the tracing exporter is for all others.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper


class GraphBuilder:
    """Tensors are names. What depends on no input is written as nodes too and folded by the runtime when it loads."""

    def __init__(self, parameters, inputs, output, opset):
        """`parameters`: name → shape; `inputs`: name → shape (text: a free size); `output`: its name, of the first input's shape."""
        describe = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        weights = [describe(f"parameter.{name}", shape) for name, shape in parameters.items()]
        self.inputs = [*(describe(name, shape) for name, shape in inputs.items()), *weights]
        self.output = describe(output, next(iter(inputs.values())))
        self.opset = opset
        self.nodes, self.constants = [], {}

    def op(self, kind, *inputs, outputs=1, **attributes):
        """Adds a node, of ONNX Runtime's own operators where `kind` begins with "com.microsoft::"; inputs that are numbers or arrays
        become constants and None is left out. → its output's name, a list where `outputs` is not 1."""
        domain, _, kind = kind.rpartition("::")
        names = ["" if value is None else value if isinstance(value, str) else self.constant(value) for value in inputs]
        made = [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, names, made, domain=domain, **attributes))
        return made[0] if outputs == 1 else made

    def constant(self, value):
        """Floating-point values become float32, unless they are half precision; whole numbers int64."""
        array = np.asarray(value)
        if array.dtype != np.float16:
            array = array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
        key = (array.dtype.str, array.shape, array.tobytes())
        return self.constants.setdefault(key, f"constant_{len(self.constants)}")

    def model(self, result):
        """→ ModelProto whose output is the tensor `result`."""
        nodes = [*self.nodes, helper.make_node("Identity", [result], [self.output.name])]
        tensors = [onnx.numpy_helper.from_array(np.frombuffer(data, kind).reshape(shape), name) for (kind, shape, data), name in self.constants.items()]
        graph = helper.make_graph(nodes, "denoise", self.inputs, [self.output], tensors)
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)
