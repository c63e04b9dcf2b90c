import Foundation

/// The memory that a simulated accelerator reads and writes: bytes of an address space, zero at
/// first.
///
/// The accelerator works on the bytes in place, so that what is written here is there for its next
/// read. Not for use from two threads at once.
public final class SimulatedMemory {
  /// The addresses of its bytes.
  public let addresses: Range<UInt64>
  /// Its bytes, the first one that of `addresses.lowerBound`.
  public let bytes: UnsafeMutableRawBufferPointer

  /// A memory of `count` bytes whose pages take room when they are first written.
  public init(bytes count: Int, at first: UInt64 = 0) {
    precondition(count > 0, "a memory has at least one byte")
    guard let start = calloc(count, 1) else { fatalError("no room for \(count) bytes of memory") }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    addresses = first..<first + UInt64(count)
  }

  deinit { free(bytes.baseAddress) }

  /// The bytes at `range`, which has to be inside.
  public subscript(range: Range<UInt64>) -> UnsafeMutableRawBufferPointer {
    precondition(
      addresses.lowerBound <= range.lowerBound && range.upperBound <= addresses.upperBound,
      "\(range) is not inside the memory's \(addresses)")
    let from = Int(range.lowerBound - addresses.lowerBound)
    return UnsafeMutableRawBufferPointer(rebasing: bytes[from..<from + range.count])
  }

  /// The byte at `address`.
  public subscript(address: UInt64) -> UInt8 {
    get { self[address..<address + 1][0] }
    set { self[address..<address + 1][0] = newValue }
  }

  /// Copies of `count` bytes from `address` on.
  public func read(_ count: Int, at address: UInt64) -> [UInt8] {
    Array(self[address..<address + UInt64(count)])
  }

  /// Writes bytes from `address` on.
  public func write(_ contents: some Collection<UInt8>, at address: UInt64) {
    self[address..<address + UInt64(contents.count)].copyBytes(from: contents)
  }

  /// The integer at `address`, low byte first.
  public func load<Integer: FixedWidthInteger & BitwiseCopyable>(
    _: Integer.Type = Integer.self, at address: UInt64
  ) -> Integer {
    let size = UInt64(MemoryLayout<Integer>.size)
    return Integer(littleEndian: self[address..<address + size].loadUnaligned(as: Integer.self))
  }

  /// Writes an integer at `address`, low byte first.
  public func store<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ value: Integer, at address: UInt64
  ) {
    let size = UInt64(MemoryLayout<Integer>.size)
    self[address..<address + size].storeBytes(of: value.littleEndian, as: Integer.self)
  }
}
