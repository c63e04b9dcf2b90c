"""Writes the node tests of the `onnx` package that the importer is tested with, or checks them.

    scripts/onnx_node_tests.py [--check]

A test is a model of one node with inputs, and outputs that the package's authors computed. Their bytes go
unchanged into Tests/ONNXTests/node_tests.safetensors, under NAME/model.onnx, NAME/input_N.pb and
NAME/output_N.pb. (Apache-2.0, ONNX Project Contributors.) Large tests are left out.
"""

import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

warnings.simplefilter("ignore")

OPERATORS = {
    "Abs", "Add", "AveragePool", "BatchNormalization", "Cast", "CastLike", "Concat", "Constant", "Conv",
    "ConvInteger", "DequantizeLinear", "Div", "Expand", "Flatten", "Gather", "Gemm",
    "GlobalAveragePool", "Greater", "GreaterOrEqual", "Identity", "Less", "LessOrEqual", "MatMul",
    "MatMulInteger", "MaxPool", "Mod", "Mul", "Neg", "Not", "QLinearConv", "QLinearMatMul",
    "QuantizeLinear", "Reciprocal", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Shape", "Slice", "Sqrt",
    "Squeeze", "Sub", "Transpose", "Unsqueeze", "Where",
}
# Of the many of these, those of types that networks have.
CASTS = {"test_cast_FLOAT_to_DOUBLE", "test_cast_DOUBLE_to_FLOAT", "test_cast_FLOAT16_to_FLOAT",
         "test_cast_BFLOAT16_to_FLOAT"}
LARGEST = 12_000
FILE = "Tests/ONNXTests/node_tests.safetensors"


def tests():
    from onnx.backend.test.case.node import collect_testcases

    for case in collect_testcases():
        nodes = case.model.graph.node
        if len(nodes) != 1 or nodes[0].op_type not in OPERATORS or case.name.endswith("_expanded"):
            continue
        if nodes[0].op_type in ("Cast", "CastLike") and case.name not in CASTS:
            continue
        inputs, outputs = case.data_sets[0]
        if any(not isinstance(value, (np.ndarray, np.generic)) for value in [*inputs, *outputs]):
            continue
        files = {"model.onnx": case.model.SerializeToString()}
        for kind, values, infos in (("input", inputs, case.model.graph.input),
                                    ("output", outputs, case.model.graph.output)):
            for index, (value, info) in enumerate(zip(values, infos)):
                tensor = numpy_helper.from_array(np.asarray(value), info.name)
                files[f"{kind}_{index}.pb"] = tensor.SerializeToString()
        if sum(map(len, files.values())) <= LARGEST:
            yield case.name, files


def main():
    np.random.seed(0)
    made = {f"{name}/{file}": np.frombuffer(content, np.uint8)
            for name, files in tests() for file, content in files.items()}
    count = len({name.split("/")[0] for name in made})
    if sys.argv[1:] != ["--check"]:
        save_file(made, FILE)
        print(f"wrote {count} node tests of onnx {onnx.__version__} to {FILE}")
        return
    given = load_file(FILE)
    # Inputs are drawn at random: the models, and what tests there are, must be the package's.
    wrong = sorted(name for name in made.keys() | given.keys()
                   if name not in made or name not in given
                   or name.endswith(".onnx") and made[name].tobytes() != given[name].tobytes())
    if wrong:
        sys.exit(f"{FILE} differs from the node tests of onnx {onnx.__version__}: {', '.join(wrong)}")
    print(f"The {count} node tests of {FILE} are those of onnx {onnx.__version__}.")


main()
