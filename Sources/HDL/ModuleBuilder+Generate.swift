extension ModuleBuilder {
  /// Copies of `body` for `index` in `0..<count`.
  ///
  /// - Returns: what `body` does: a signal that every copy declares, of which `at` names one.
  @discardableResult
  public func forEach<Result>(
    _ label: String, index: String, count: Nat, file: StaticString = #fileID, line: Int = #line,
    _ body: (Nat) -> Result
  ) -> Result {
    let location = Location(file, line)
    take(label, location)
    if scope.contains(where: { $0.index == index }) {
      report("the loop index `\(index)` is the index of a loop around it; choose another", location)
    }
    takeIndex(index, isGenerate: true, location)
    ranges.add(index, from: 0, through: count - 1)
    let (items, result) = nest(ScopeStep(label: label, index: index)) { body(.index(index)) }
    ranges.removeLast()
    add(
      .forEach(
        GenerateLoop(label: label, index: index, count: count, body: items, location: location)))
    return result
  }

  /// Copies of `body` for every cell of a grid: two loops, the rows outside.
  ///
  /// - Returns: what `body` does: a signal that every cell declares, of which `at` names one.
  @discardableResult
  public func forEach<Result>(
    row rowLabel: String, _ rowIndex: String, _ rows: Nat, column columnLabel: String,
    _ columnIndex: String, _ columns: Nat, file: StaticString = #fileID, line: Int = #line,
    _ body: (Cell) -> Result
  ) -> Result {
    forEach(rowLabel, index: rowIndex, count: rows, file: file, line: line) { r in
      forEach(columnLabel, index: columnIndex, count: columns, file: file, line: line) { c in
        body(Cell(row: r, column: c, rows: rows, columns: columns))
      }
    }
  }

  /// `then` only where `condition` holds at elaboration; the label names the block.
  ///
  /// - Returns: what `then` does: signals for other blocks that are built under the same condition.
  @discardableResult
  public func given<Result>(
    _ condition: Condition, _ label: String, file: StaticString = #fileID, line: Int = #line,
    _ then: () -> Result
  ) -> Result {
    let location = Location(file, line)
    take(label, location)
    let (items, result) = nest(ScopeStep(label: label, index: nil), then)
    add(
      .given(
        GenerateIf(
          condition: condition, then: .init(label: label, body: items), otherwise: nil,
          location: location)))
    return result
  }

  /// `then` where `condition` holds at elaboration, else `otherwise`; the labels name the blocks.
  ///
  /// - Returns: what `then` does: signals for other blocks that are built under the same condition.
  @discardableResult
  public func given<Result>(
    _ condition: Condition, _ label: String, else elseLabel: String,
    file: StaticString = #fileID, line: Int = #line, _ then: () -> Result,
    else otherwise: () -> Void
  ) -> Result {
    let location = Location(file, line)
    take(label, location)
    take(elseLabel, location)
    let (thenItems, result) = nest(ScopeStep(label: label, index: nil), then)
    let (elseItems, _) = nest(ScopeStep(label: elseLabel, index: nil), otherwise)
    add(
      .given(
        GenerateIf(
          condition: condition, then: .init(label: label, body: thenItems),
          otherwise: .init(label: elseLabel, body: elseItems), location: location)))
    return result
  }

  /// Names signals that nothing reads, on purpose.
  public func unused(
    _ name: String, _ signals: Signal..., file: StaticString = #fileID, line: Int = #line
  ) {
    let location = Location(file, line)
    take("unused_" + name, location)
    for signal in signals { check(signal, location) }
    add(.unused(name: "unused_" + name, signals, location))
  }

  /// A comment of its own line.
  public func comment(_ text: String) { add(.comment(text)) }
}

/// A place in a grid of copies, and the ways to its neighbours.
public struct Cell: Sendable {
  /// Index of the row, 0 at the north edge.
  public let row: Nat
  /// Index of the column, 0 at the west edge.
  public let column: Nat
  let rows: Nat
  let columns: Nat

  /// Whether the cell is at that edge of the grid.
  public var isNorthEdge: Condition { row == 0 }
  /// Whether the cell is in the last row.
  public var isSouthEdge: Condition { row == rows - 1 }
  /// Whether the cell is in column 0.
  public var isWestEdge: Condition { column == 0 }
  /// Whether the cell is in the last column.
  public var isEastEdge: Condition { column == columns - 1 }

  /// The neighbour's copy of a signal that every cell declares. At an edge there is none: ask
  /// inside `given`.
  public func north(_ signal: Signal) -> Signal { signal.at(row - 1, column) }
  /// The copy of the cell one row further; there is none at the south edge.
  public func south(_ signal: Signal) -> Signal { signal.at(row + 1, column) }
  /// The copy of the cell one column back; there is none at the west edge.
  public func west(_ signal: Signal) -> Signal { signal.at(row, column - 1) }
  /// The copy of the cell one column further; there is none at the east edge.
  public func east(_ signal: Signal) -> Signal { signal.at(row, column + 1) }
}
