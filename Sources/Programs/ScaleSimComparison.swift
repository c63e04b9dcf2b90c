import Networks

/// SCALE-Sim's figures beside the model's: what must be equal, and what each difference is made of.
public struct ScaleSimComparison {
  /// Figures of all layers that belong together.
  public struct Table {
    /// What it compares, and the equations that must hold.
    public let title: String
    /// Its columns behind the layer's name.
    public let header: [String]
    /// A line for each layer.
    public let rows: [Row]
  }

  /// The figures of one layer.
  public struct Row {
    public let layer: String
    public let figures: [Int]
    /// What is left of SCALE-Sim's figure in each equation; zeros where all hold.
    public let residues: [Int]
    public var isExplained: Bool { residues.allSatisfy { $0 == 0 } }
  }

  public let tables: [Table]
  public var isExplained: Bool { tables.allSatisfy { $0.rows.allSatisfy(\.isExplained) } }

  /// - Throws: `ProgramFailure` where the report is not of the model's layers.
  public init(_ model: ScaleSimModel, _ report: ScaleSimReport) throws {
    guard model.layers.count == report.layers.count else {
      throw ProgramFailure(
        "SCALE-Sim's reports have \(report.layers.count) layers, and the network has "
          + "\(model.layers.count)")
    }
    let pairs = zip(model.layers, report.layers).map { Pair(own: $0, theirs: $1, model.shape) }
    func table(
      _ title: String, _ header: [String], _ row: (Pair) -> (figures: [Int], residues: [Int])
    ) -> Table {
      Table(
        title: title, header: header,
        rows: pairs.map { pair in
          let (figures, residues) = row(pair)
          return Row(layer: pair.own.name, figures: figures, residues: residues)
        })
    }
    tables = [
      table(
        "Cycles: SCALE-Sim = law - 1 = machine + fill - 1 - drain - operand - stall",
        ["F", "T", "SCALE-Sim", "law", "machine", "fill", "drain", "operand", "stall"],
        { $0.cycles }),
      table(
        "Ifmap reads: SCALE-Sim = law = act.word = W act.read - unused + padding",
        ["SCALE-Sim", "law", "act.word", "act.read", "unused", "padding"], { $0.inputs }),
      table(
        "Filter reads: SCALE-Sim = law = weight.word = C weight.beat - idle",
        ["SCALE-Sim", "law", "weight.word", "weight.beat", "idle"], { $0.filters }),
      table(
        "Ofmap writes: SCALE-Sim = law + sides = result.word + sides",
        ["SCALE-Sim", "law", "result.word", "sides"], { $0.outputs }),
    ]
  }

  /// A layer here and there.
  private struct Pair {
    let own: ScaleSimModel.Layer
    let theirs: ScaleSimReport.Layer
    let shape: AcceleratorShape

    init(own: ScaleSimModel.Layer, theirs: ScaleSimReport.Layer, _ shape: AcceleratorShape) {
      (self.own, self.theirs, self.shape) = (own, theirs, shape)
    }

    var cycles: (figures: [Int], residues: [Int]) {
      let law = own.law
      let machine = own.counts("cycle.total")
      let fill = law.folds * (shape.rows + shape.columns - 2)
      let drain = 2 * shape.rows + shape.columns - 2 + shape.latency
      let operand = own.counts("cycle.stall.operand")
      let stall = own.counts("cycle.stall.drain")
      return (
        [law.folds, law.steps, theirs.cycles, law.cycles, machine, fill, drain, operand, stall],
        [
          theirs.cycles - (law.cycles - 1),
          theirs.cycles - (machine + fill - 1 - drain - operand - stall), theirs.stallCycles,
        ]
      )
    }

    var inputs: (figures: [Int], residues: [Int]) {
      let law = own.law
      let pass = own.pass
      let words = own.counts.total("act.word")
      let reads = own.counts.total("act.read")
      // Zeros that only the array sees, and channels of a place that a tap does not have.
      let padding = law.columnFolds * (pass.positions * pass.steps - pass.elementsOfImage)
      let unused =
        law.columnFolds * (pass.readsOfImage * shape.placeChannels - pass.elementsOfImage)
      return (
        [theirs.inputReads, law.inputReads, words, reads, unused, padding],
        [
          theirs.inputReads - law.inputReads, theirs.inputReads - words,
          theirs.inputReads - (shape.placeChannels * reads - unused + padding),
        ]
      )
    }

    var filters: (figures: [Int], residues: [Int]) {
      let law = own.law
      let words = own.counts("weight.word")
      let beats = own.counts("weight.beat")
      let idle =
        law.rowFolds * law.steps * (law.columnFolds * shape.columns - own.pass.channels)
      return (
        [theirs.filterReads, law.filterReads, words, beats, idle],
        [
          theirs.filterReads - law.filterReads, theirs.filterReads - words,
          theirs.filterReads - (shape.columns * beats - idle),
        ]
      )
    }

    var outputs: (figures: [Int], residues: [Int]) {
      let law = own.law
      let words = own.counts.total("result.word")
      let sides = law.folds * (shape.rows + shape.columns)
      return (
        [theirs.outputWrites, law.outputWrites, words, sides],
        [
          theirs.outputWrites - (law.outputWrites + sides), theirs.outputWrites - (words + sides),
        ]
      )
    }
  }
}

extension PassGeometry {
  /// Activations that an image's rows get from the buffer for one column block.
  fileprivate var elementsOfImage: Int { takesWindows ? positions * steps : insideProducts }
}
