import Networks

/// The types of ONNX tensors that an importer can read, with their numbers in the schema.
enum DataType: Int32 {
  case float32 = 1
  case uint8, int8, uint16, int16, int32, int64
  case boolean = 9
  case float16, float64, uint32, uint64
  case bfloat16 = 16

  var isReal: Bool {
    switch self {
    case .float32, .float16, .float64, .bfloat16: true
    default: false
    }
  }

  /// Bytes of an element.
  var size: Int {
    switch self {
    case .uint8, .int8, .boolean: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The format of activations of the type; nil where there is none.
  var format: ActivationFormat? {
    switch self {
    case .uint8, .uint16: ActivationFormat(width: 8 * size, isSigned: false)
    case .int8, .int16, .int32: ActivationFormat(width: 8 * size, isSigned: true)
    default: nil
    }
  }

  /// Whether it is an integer type that holds every value of a format.
  func holds(_ other: ActivationFormat) -> Bool {
    if [.int64, .uint64].contains(self) { return self == .int64 || !other.isSigned }
    guard let range = format?.range ?? (self == .uint32 ? 0...1 << 32 - 1 : nil) else {
      return false
    }
    return range.contains(other.range.lowerBound) && range.contains(other.range.upperBound)
  }

  /// float32, uint8 and so on.
  var name: String { "\(self)" }

  /// The name of a type's number in the schema.
  static func name(of number: Int32) -> String {
    DataType(rawValue: number)?.name ?? "number \(number)"
  }

  /// A value as the type keeps it: the low bits of an integer.
  func wrapped(_ value: Int64) -> Int64 {
    switch self {
    case .uint8: Int64(UInt8(truncatingIfNeeded: value))
    case .int8: Int64(Int8(truncatingIfNeeded: value))
    case .uint16: Int64(UInt16(truncatingIfNeeded: value))
    case .int16: Int64(Int16(truncatingIfNeeded: value))
    case .int32: Int64(Int32(truncatingIfNeeded: value))
    case .uint32: Int64(UInt32(truncatingIfNeeded: value))
    case .boolean: value == 0 ? 0 : 1
    default: value
    }
  }
}
