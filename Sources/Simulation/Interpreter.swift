/// Runs batches over the words of all values.
///
/// A batch is one loop over instructions of one operation, so that nothing is decoded inside it.
struct Interpreter {
  let values: UnsafeMutablePointer<UInt64>
  let instructions: UnsafePointer<Instruction>
  let wide: WideInterpreter

  func run(_ batches: [Batch]) {
    for batch in batches { run(batch) }
  }

  @inline(__always)
  private func each(
    _ range: Range<Int>, _ body: (Instruction, UnsafeMutablePointer<UInt64>) -> UInt64
  ) {
    let values = values
    var i = range.lowerBound
    while i < range.upperBound {
      let instruction = instructions[i]
      values[Int(instruction.target)] = body(instruction, values)
      i &+= 1
    }
  }

  private func run(_ batch: Batch) {
    let range = batch.range
    switch batch.operation {
    case .copy: each(range) { $1[$0.a] }
    case .and: each(range) { $1[$0.a] & $1[$0.b] }
    case .or: each(range) { $1[$0.a] | $1[$0.b] }
    case .xor: each(range) { $1[$0.a] ^ $1[$0.b] }
    case .not: each(range) { ~$1[$0.a] & $0.mask }
    case .add: each(range) { ($1[$0.a] &+ $1[$0.b]) & $0.mask }
    case .subtract: each(range) { ($1[$0.a] &- $1[$0.b]) & $0.mask }
    case .multiply: each(range) { ($1[$0.a] &* $1[$0.b]) & $0.mask }
    case .multiplySigned:
      each(range) { i, v in
        let a = Self.signed(v[i.a], UInt64(i.c & 63))
        let b = Self.signed(v[i.b], UInt64(i.c >> 8))
        return UInt64(bitPattern: a &* b) & i.mask
      }
    case .equal: each(range) { $1[$0.a] == $1[$0.b] ? 1 : 0 }
    case .notEqual: each(range) { $1[$0.a] != $1[$0.b] ? 1 : 0 }
    case .less: each(range) { $1[$0.a] < $1[$0.b] ? 1 : 0 }
    case .lessOrEqual: each(range) { $1[$0.a] <= $1[$0.b] ? 1 : 0 }
    case .lessSigned:
      each(range) { i, v in
        Int64(bitPattern: v[i.a] &<< UInt64(i.c)) < Int64(bitPattern: v[i.b] &<< UInt64(i.c))
          ? 1 : 0
      }
    case .lessOrEqualSigned:
      each(range) { i, v in
        Int64(bitPattern: v[i.a] &<< UInt64(i.c)) <= Int64(bitPattern: v[i.b] &<< UInt64(i.c))
          ? 1 : 0
      }
    case .shiftLeft: each(range) { $1[$0.b] < 64 ? ($1[$0.a] &<< $1[$0.b]) & $0.mask : 0 }
    case .shiftRight: each(range) { $1[$0.b] < 64 ? $1[$0.a] &>> $1[$0.b] : 0 }
    case .shiftRightSigned:
      each(range) { i, v in
        let a = Self.signed(v[i.a], UInt64(i.c))
        return UInt64(bitPattern: a &>> Int64(Swift.min(v[i.b], 63))) & i.mask
      }
    case .mux: each(range) { $1[$0.c] != 0 ? $1[$0.a] : $1[$0.b] }
    case .slice: each(range) { $1[$0.a] &>> UInt64($0.c) & $0.mask }
    case .extend:
      each(range) { UInt64(bitPattern: Self.signed($1[$0.a], UInt64($0.c))) & $0.mask }
    case .join: each(range) { $1[$0.a] &<< UInt64($0.c) | $1[$0.b] }
    case .insert:
      each(range) { $1[$0.a] & ~($0.mask &<< UInt64($0.c)) | $1[$0.b] &<< UInt64($0.c) }
    case .element:
      each(range) { i, v in
        let (low, overflow) = v[i.b].multipliedReportingOverflow(by: UInt64(i.c))
        return overflow || low > 63 ? 0 : v[i.a] &>> low & i.mask
      }
    case .anyBit: each(range) { $1[$0.a] != 0 ? 1 : 0 }
    case .allBits: each(range) { $1[$0.a] == $0.mask ? 1 : 0 }
    case .parity: each(range) { UInt64($1[$0.a].nonzeroBitCount & 1) }
    case .word:
      each(range) {
        $1[$0.b] < $0.mask ? $1[UInt32(truncatingIfNeeded: UInt64($0.a) &+ $1[$0.b])] : 0
      }
    case .wide: for i in range { wide.run(Int(instructions[i].a)) }
    }
  }

  /// The number that the low `64 - distance` bits stand for.
  @inline(__always)
  private static func signed(_ word: UInt64, _ distance: UInt64) -> Int64 {
    Int64(bitPattern: word &<< distance) &>> Int64(distance)
  }
}

extension UnsafeMutablePointer<UInt64> {
  @inline(__always)
  fileprivate subscript(place: UInt32) -> UInt64 { self[Int(place)] }
}
