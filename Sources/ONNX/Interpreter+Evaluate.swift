extension Interpreter {
  /// What a node computes.
  mutating func evaluate(_ node: Node) throws(ONNXError) -> Value {
    if node.domain == .runtime { return try evaluateOfRuntime(node) }
    return switch node.op {
    case "Constant": try constant(node)
    case "ConstantOfShape": try constantOfShape(node)
    case "Identity": try identity(node)
    case "Dropout": try dropout(node)
    case "Cast", "CastLike": try cast(node)
    case "Shape": try shape(node)
    case "Reshape": try reshape(node)
    case "Flatten": try flatten(node)
    case "Squeeze", "Unsqueeze": try squeeze(node)
    case "Transpose": try transpose(node)
    case "Concat": try concat(node)
    case "Gather": try gather(node)
    case "Slice": try slice(node)
    case "Expand": try expand(node)
    case "Where": try choose(node)
    case "Not": try not(node)
    case "Greater", "GreaterOrEqual", "Less", "LessOrEqual": try compare(node)
    case "Add", "Sub", "Mul", "Div": try arithmetic(node)
    case "Mod", "BitShift", "And": try integerArithmetic(node)
    case "Neg", "Sqrt", "Reciprocal", "Abs": try unary(node)
    case "Relu": try relu(node)
    case "Max": try maximum(node)
    case "Clip": try clip(node)
    case "BatchNormalization": try batchNormalization(node)
    case "Conv": try convolution(node)
    case "Gemm": try gemm(node)
    case "MatMul": try matrixProduct(node)
    case "Pad": try pad(node)
    case "MaxPool": try maxPool(node)
    case "AveragePool": try averagePool(node)
    case "GlobalAveragePool": try globalAverage(node)
    case "ReduceMean", "ReduceSum": try reduce(node)
    case "QuantizeLinear": try quantize(node)
    case "DequantizeLinear": try dequantize(node)
    case "ConvInteger": try convolutionOfIntegers(node)
    case "MatMulInteger": try matrixProductOfIntegers(node)
    case "QLinearConv": try quantizedConvolution(node)
    case "QLinearMatMul": try quantizedMatrixProduct(node)
    case "Softmax", "LogSoftmax", "Sigmoid", "ArgMax": try leftOut(node)
    default:
      throw node.error(
        "cannot be imported; the operators that can are \(Self.operators.joined(separator: ", "))")
    }
  }

  /// Operators of onnxruntime.
  private mutating func evaluateOfRuntime(_ node: Node) throws(ONNXError) -> Value {
    switch node.op {
    case "QGemm": return try quantizedGemm(node)
    case "QLinearGlobalAveragePool": return try quantizedGlobalAverage(node)
    case "QLinearAveragePool":
      throw node.error(
        "rounds means of real numbers, in which ties depend on the order of summation; "
          + "QLinearGlobalAveragePool, which adds integers, can be imported")
    case "QLinearAdd":
      throw node.error(
        "adds to what is rounded already, and a layer adds its bias before it rounds; onnxruntime keeps the "
          + "bias of a Gemm or Conv in the layer, and the QDQ form that of a MatMul")
    default:
      throw node.error(
        "is onnxruntime's own and cannot be imported; of these \(Self.operatorsOfRuntime.joined(separator: ", ")) "
          + "can")
    }
  }

  static let operatorsOfRuntime = ["QGemm", "QLinearGlobalAveragePool"]

  static let operators = [
    "Abs", "Add", "And", "ArgMax", "AveragePool", "BatchNormalization", "BitShift", "Cast",
    "CastLike", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv", "ConvInteger",
    "DequantizeLinear", "Div", "Dropout", "Expand", "Flatten", "Gather", "Gemm",
    "GlobalAveragePool", "Greater", "GreaterOrEqual", "Identity", "Less", "LessOrEqual",
    "LogSoftmax", "MatMul", "MatMulInteger", "Max", "MaxPool", "Mod", "Mul", "Neg", "Not", "Pad",
    "QLinearConv", "QLinearMatMul", "QuantizeLinear", "Reciprocal", "ReduceMean", "ReduceSum",
    "Relu", "Reshape", "Shape", "Sigmoid", "Slice", "Softmax", "Sqrt", "Squeeze", "Sub",
    "Transpose", "Unsqueeze", "Where",
  ]
}
