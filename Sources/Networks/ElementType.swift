/// The element types of the safetensors format; integers and the real types of 16 bits or more can be
/// read, the others only skipped.
public enum ElementType: String, Sendable, CaseIterable {
  case int8 = "I8"
  case uint8 = "U8"
  case int16 = "I16"
  case uint16 = "U16"
  case int32 = "I32"
  case uint32 = "U32"
  case int64 = "I64"
  case uint64 = "U64"
  case boolean = "BOOL"
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"

  /// Bytes of an element.
  public var size: Int {
    switch self {
    case .int8, .uint8, .boolean, .float8E4M3, .float8E5M2: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  public static let signedIntegers: [ElementType] = [.int8, .int16, .int32, .int64]
  public static let unsignedIntegers: [ElementType] = [.uint8, .uint16, .uint32, .uint64]
  public static let reals: [ElementType] = [.float16, .bfloat16, .float32, .float64]

  /// The integers it holds; nil if it is no integer type.
  var integers: ClosedRange<Int128>? {
    switch self {
    case .int8, .int16, .int32, .int64:
      -(Int128(1) << (8 * size - 1))...(Int128(1) << (8 * size - 1)) - 1
    case .uint8, .uint16, .uint32, .uint64:
      0...(Int128(1) << (8 * size)) - 1
    case .boolean, .float8E4M3, .float8E5M2, .float16, .bfloat16, .float32, .float64:
      nil
    }
  }
}
