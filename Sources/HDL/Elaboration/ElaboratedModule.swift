/// Values for the parameters of a module; what is not named takes its default.
public typealias Configuration = [String: Int]

/// A module at concrete parameter values, its generate blocks unrolled: its nets and what drives
/// which of their bits. Its instances are elaborated modules again, equal ones the same value.
///
/// The second interpreter of the language beside `VerilogPrinter`: the checks read it, and the
/// simulator.
package final class ElaboratedModule {
  package struct Net {
    package let declaration: Declaration
    let block: Int
    package let width: Int
    /// Words of a memory; 0 for other names.
    package let depth: Int
  }

  /// Bits `low ..< low + width` of a net.
  package struct Bits: Equatable {
    // Large designs have millions of them.
    private let netNumber: Int32
    private let lowBit: Int32
    private let bitCount: Int32

    init(net: Int, low: Int, width: Int) {
      netNumber = Int32(truncatingIfNeeded: net)
      lowBit = Int32(clamping: low)
      bitCount = Int32(clamping: width)
    }

    package var net: Int { Int(netNumber) }
    package var low: Int { Int(lowBit) }
    package var width: Int { Int(bitCount) }
    package var range: Range<Int> { low..<low + width }

    func overlaps(_ other: Bits) -> Bool {
      net == other.net && low < other.low + other.width && other.low < low + width
    }
  }

  /// One driver of some bits.
  struct Driver {
    let target: Bits
    private let firstRead: Int32
    private let endRead: Int32
    /// The process that drives a register, a memory, or a net of `drive`; -1 for an assignment.
    /// Inside a process the last assignment counts, so that one may drive a bit in several places.
    let process: Int32
    let isClocked: Bool
    let location: Location

    init(_ target: Bits, reads: Range<Int>, process: Int, isClocked: Bool, _ location: Location) {
      self.target = target
      firstRead = Int32(reads.lowerBound)
      endRead = Int32(reads.upperBound)
      self.process = Int32(process)
      self.isClocked = isClocked
      self.location = location
    }

    /// What it reads in the same cycle, as a range of `reads`; empty for a register.
    var reads: Range<Int> { Int(firstRead)..<Int(endRead) }
  }

  package struct Assignment {
    package let target: Bits
    package let value: Node
  }

  /// What a clock edge does.
  package struct Process {
    package struct Update {
      package let net: Int
      /// The bits that the process assigns.
      package let ranges: [Range<Int>]
      package let reset: Node?
      package let next: Node
    }
    package struct Write {
      package let memory: Int
      package let condition: Node
      package let address: Node
      package let low: Int
      package let value: Node
    }
    package let clock: Node
    package let reset: Node?
    package let isAsynchronous: Bool
    package let enable: Node?
    package let updates: [Update]
    package let writes: [Write]
  }

  package struct ElaboratedInstance {
    package let path: String
    package let module: ElaboratedModule
    package let inputs: [(net: Int, value: Node)]
    package let outputs: [(target: Bits, net: Int)]
  }

  package struct ElaboratedProperty {
    package let kind: Property.Kind
    package let path: String
    package let condition: Node
    package let clock: Node
    package let reset: Node?
  }

  package struct ElaboratedEvent {
    package let path: String
    package let pulse: Node
    package let clock: Node
  }

  package let module: Module
  package let values: Configuration
  package internal(set) var nets: [Net] = []
  var blocks = BlockTable()
  var drivers: [Driver] = []
  var reads: [Bits] = []
  var used = UsedBits()
  /// Names of the nets that stand for ports of instances, after the module's own nets.
  var portNets: [(path: String, width: Int)] = []
  /// What the outputs depend on in the same cycle: bits of an output, and bits of inputs.
  var dependencies: [(output: Bits, inputs: [Bits])] = []

  package internal(set) var assignments: [Assignment] = []
  package internal(set) var processes: [Process] = []
  package internal(set) var instances: [ElaboratedInstance] = []
  package internal(set) var properties: [ElaboratedProperty] = []
  package internal(set) var events: [ElaboratedEvent] = []

  init(_ module: Module, _ values: Configuration) {
    self.module = module
    self.values = values
  }

  /// The number of ports; their nets come first, in order.
  package var portCount: Int { module.ports.count }

  /// The name of a net inside the module, with the generate blocks around it.
  package func path(of net: Int) -> String {
    if net >= nets.count { return portNets[net - nets.count].path }
    return blocks.path(of: nets[net].block) + nets[net].declaration.name
  }

  func width(of net: Int) -> Int {
    net < nets.count ? nets[net].width : portNets[net - nets.count].width
  }

  func location(of net: Int) -> Location { nets[net].declaration.location }
}

/// The bits of nets that something reads.
struct UsedBits {
  private var words: [UInt64] = []
  private var start: [Int32] = []
  private var widths: [Int32] = []

  init() {}

  init(_ nets: [ElaboratedModule.Net]) {
    start.reserveCapacity(nets.count)
    widths.reserveCapacity(nets.count)
    var next = 0
    for net in nets {
      start.append(Int32(next))
      widths.append(Int32(net.width))
      next += (net.width + 63) / 64
    }
    words = Array(repeating: 0, count: next)
  }

  /// Marks the bits that exist; what is out of range is reported where it stands.
  mutating func insert(_ bits: ElaboratedModule.Bits) {
    let first = Int(start[bits.net])
    let end = Swift.min(bits.low + bits.width, Int(widths[bits.net]))
    var bit = Swift.max(0, bits.low)
    while bit < end {
      let count = Swift.min(64 - bit % 64, end - bit)
      let mask: UInt64 = count == 64 ? .max : (1 << UInt64(count) - 1) << UInt64(bit % 64)
      words[first + bit / 64] |= mask
      bit += count
    }
  }

  /// The bits of a net that are not marked, those side by side together.
  func gaps(_ net: Int) -> [Range<Int>] {
    let first = Int(start[net])
    let width = Int(widths[net])
    var gaps: [Range<Int>] = []
    for word in 0..<(width + 63) / 64 {
      let count = Swift.min(64, width - 64 * word)
      if words[first + word] == (count == 64 ? .max : 1 << UInt64(count) - 1) { continue }
      for bit in 64 * word..<64 * word + count
      where words[first + word] >> UInt64(bit % 64) & 1 == 0 {
        if let last = gaps.last, last.upperBound == bit {
          gaps[gaps.count - 1] = last.lowerBound..<bit + 1
        } else {
          gaps.append(bit..<bit + 1)
        }
      }
    }
    return gaps
  }
}

/// The copies of a module's generate blocks, and where their nets begin.
struct BlockTable {
  private struct Block {
    let parent: Int
    let label: String
    /// -1 for the block of a `given`.
    let index: Int
    var firstNet = 0
    /// Where its children are in `children`.
    let firstChild: Int
  }

  private var blocks: [Block] = []
  /// For each child of a block: its first copy, and how many there are.
  private var children: [(first: Int, count: Int)] = []

  /// Adds the copies of `block` of `layout`, as one child of `parent`.
  mutating func add(
    _ layout: Layout.Block, copies: Int, child: Int, of parent: Int, isLoop: Bool
  ) {
    if parent >= 0 {
      children[blocks[parent].firstChild + child] = (blocks.count, copies)
    }
    for index in 0..<copies {
      blocks.append(
        Block(
          parent: parent, label: layout.label, index: isLoop ? index : -1,
          firstChild: children.count))
      for _ in layout.childBlocks { children.append((0, 0)) }
    }
  }

  mutating func setFirstNet(_ net: Int, of block: Int) { blocks[block].firstNet = net }

  func firstNet(of block: Int) -> Int { blocks[block].firstNet }

  /// The copy `index` of a child; nil where it does not exist.
  func child(_ child: Int, _ index: Int, of block: Int) -> Int? {
    let (first, count) = children[blocks[block].firstChild + child]
    return index >= 0 && index < count ? first + index : nil
  }

  /// The labels of a block and those around it, each with a dot.
  func path(of block: Int) -> String {
    guard block > 0 else { return "" }
    let step = blocks[block]
    let index = step.index < 0 ? "" : "[\(step.index)]"
    return path(of: step.parent) + "\(step.label)\(index)."
  }
}
