extension Signal {
  /// Only a name, or a word of a memory, can be sliced in Verilog.
  private var isName: Bool {
    switch expression {
    case .reference, .word: return true
    default: return false
    }
  }

  private mutating func requireName(_ base: Signal, _ what: String) {
    if !base.isName {
      problems.append("\(what) is taken of \(base.text), which has no name; declare a wire for it")
    }
  }

  /// Bit `index`.
  public subscript(index: Nat) -> Signal {
    var result = Signal(.slice(self, from: index, isBit: true), .bit, from: [self])
    result.requireName(self, "a bit")
    result.requireInside(self, from: index, width: 1)
    return result
  }

  /// The bit that `index`, a signal of `indexWidth(width)` bits, names.
  public subscript(index: Signal) -> Signal { element(at: index, width: 1) }

  /// Bits `from ..< from + width`, unsigned.
  public func slice(from: Nat, width: Nat) -> Signal {
    var result = Signal(.slice(self, from: from, isBit: false), bits(width), from: [self])
    result.requireName(self, "a slice")
    result.requireInside(self, from: from, width: width)
    return result
  }

  /// Element `index` of a packed vector of elements of `shape`.
  public func element(_ index: Nat, _ shape: Shape) -> Signal {
    let part = slice(from: index * shape.width, width: shape.width)
    return shape.isSigned ? part.asSigned : part
  }

  /// Element `index`, a signal, of a packed vector of elements of `width` bits.
  ///
  /// `index` counts elements; one past the end reads undefined bits, as in Verilog.
  public func element(at index: Signal, width: Nat) -> Signal {
    var result = Signal(.element(self, index: index), bits(width), from: [self, index])
    result.requireName(self, "an element")
    if index.shape.isSigned {
      result.problems.append("the index \(index.text) is signed; use `asUnsigned`")
    }
    if width.difference(from: 1) == 0 {
      result.requireIndexWidth(index, of: self.width, "the index \(index.text) of \(text)")
    }
    return result
  }

  /// An index has the bits that all its values take, which is what linters ask for.
  mutating func requireIndexWidth(_ index: Signal, of count: Nat, _ what: String) {
    let wanted = indexWidth(count)
    let room =
      wanted.difference(from: 0).map { Self.bitsText(.literal($0)) }
      ?? "\(VerilogExpression.text(clog2(count))) bits, at least 1"
    require(
      index.width == wanted,
      "\(what) has \(index.widthText), and takes \(room); extend or truncate it")
  }

  private mutating func requireInside(_ base: Signal, from: Nat, width: Nat) {
    let first = VerilogExpression.text(from)
    let last = VerilogExpression.text(from + width - 1)
    require(1 <= width, "a slice of \(base.text) has \(Self.bitsText(width)), and takes at least 1")
    let what = first == last ? "bit \(first)" : "bits \(first) to \(last)"
    let sentence =
      "\(what) of \(base.text) \(first == last ? "is" : "are") outside its \(base.widthText)"
    require(0 <= from, sentence)
    require(from + width <= base.width, sentence)
  }

  /// The same value in `width` bits: sign or zero extended.
  public func extended(to width: Nat) -> Signal {
    if width.difference(from: self.width) == 0 { return self }
    var result = Signal(
      .widened(self), Shape(width: width, isSigned: shape.isSigned), from: [self])
    if shape.isSigned, signBit == nil {
      result.problems.append(
        "\(text) is signed and has no name, so its sign bit cannot be repeated; declare a wire for it"
      )
    }
    result.require(
      self.width <= width,
      "\(text) with \(widthText) is extended to fewer bits (\(Self.bitsText(width)))")
    return result
  }

  /// The low `width` bits; the value changes where they do not hold it.
  public func truncated(to width: Nat) -> Signal {
    if width.difference(from: self.width) == 0 { return self }
    let part = slice(from: 0, width: width)
    return shape.isSigned ? part.asSigned : part
  }

  /// The signal `count` times side by side; unsigned.
  public func repeated(_ count: Nat) -> Signal {
    var result = Signal(.repeated(self, count: count), bits(count * width), from: [self])
    result.require(
      1 <= count, "\(text) is repeated \(VerilogExpression.text(count)) times, and at least once")
    return result
  }

  /// The same bits, read as two's complement.
  public var asSigned: Signal {
    shape.isSigned ? self : Signal(.cast(self), Shape(width: width, isSigned: true), from: [self])
  }

  /// The same bits, read as unsigned.
  public var asUnsigned: Signal {
    shape.isSigned ? Signal(.cast(self), Shape(width: width, isSigned: false), from: [self]) : self
  }

  /// The sign bit, where it can be written: of a name, a slice of a name, or a cast of those.
  var signBit: Signal? {
    switch expression {
    case .reference, .word: return self[width - 1]
    case .slice(let base, let from, let isBit):
      return isBit ? self : base[from + width - 1]
    case .cast(let inner): return inner.signBit
    case .constant: return zero(.bit)
    case .unary(.bitNot, let inner):
      if case .constant = inner.expression { return Signal(.constant(1), .bit) }
      return nil
    default: return nil
    }
  }

  /// The copy of this signal in another iteration of the generate loops around its declaration,
  /// by their indices, outermost first.
  public func at(_ indices: Nat...) -> Signal {
    guard case .reference(let declaration, at: nil) = expression else {
      var result = self
      result.problems.append("`at` is asked of \(text), which is not a declared name")
      return result
    }
    let loops = declaration.scope.filter { $0.index != nil }.count
    var result = Signal(.reference(declaration, at: indices), shape, from: [self])
    if loops != indices.count {
      result.problems.append(
        "`at` names \(indices.count) indices of \(text), which stands inside \(loops) loops")
    }
    return result
  }
}
