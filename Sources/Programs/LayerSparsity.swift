/// What the statistical model knows of a layer's activations.
public struct LayerSparsity: Sendable, Equatable {
  /// A task's share of zeros.
  public struct Task: Sendable, Equatable {
    /// Of the activations that products read, padding left out, the fraction that is zero.
    public var zeroFraction: Double
    /// Of the layer's results, the fraction below its threshold.
    public var maskedFraction: Double

    public init(zeroFraction: Double, maskedFraction: Double = 0) {
      self.zeroFraction = zeroFraction
      self.maskedFraction = maskedFraction
    }
  }

  /// By the task's number; nil where nothing is known of it.
  public var tasks: [Task?]
  /// The zeros that rows have in common, where they were measured: of the layer, or of each task
  /// where tasks run by themselves.
  public var joint: [JointZeros]

  public init(tasks: [Task?], joint: [JointZeros] = []) {
    self.tasks = tasks
    self.joint = joint
  }
}

/// The zeros that the rows of a tile have in common, measured for one shape of rows.
public struct JointZeros: Sendable, Equatable {
  /// Tiles with as many rows in use.
  public struct Group: Sendable, Equatable {
    public let rows: Int
    /// Of all steps, the fraction that is issued.
    public let issuedFraction: Double
    /// Words by the number of steps that are issued of them; nil where only the mean is known.
    public var histogram: [Int]?

    public init(rows: Int, issuedFraction: Double, histogram: [Int]? = nil) {
      self.rows = rows
      self.issuedFraction = issuedFraction
      self.histogram = histogram
    }
  }

  /// By the task's number: of its rows' steps, the fraction that is issued; nil where no image of it
  /// was measured.
  public var issuedFractions: [Double?]
  /// By rows in use, those of full tiles first.
  public var groups: [Group]

  /// Of the activations of the map that two neighbouring rows of a tile read in one step, the fraction
  /// of which both are zero; nil where there were none, or it is not known.
  public var neighboursZero: Double?
  /// Cycles that a tile gains from the order of tiles, where these are of one word; nil where they are
  /// not, or it is not known.
  public var gainsPerTile: Double?

  public init(
    issuedFractions: [Double?], groups: [Group], neighboursZero: Double? = nil,
    gainsPerTile: Double? = nil
  ) {
    self.issuedFractions = issuedFractions
    self.groups = groups
    self.neighboursZero = neighboursZero
    self.gainsPerTile = gainsPerTile
  }

  /// The group of tiles with `rows` rows in use, or the one nearest to it.
  func group(rows: Int) -> Group {
    groups.min { abs($0.rows - rows) < abs($1.rows - rows) }!
  }
}

/// What the statistical model takes the common zeros of a tile's rows to be.
public enum ZeroAssumption: String, Sendable, CaseIterable {
  /// Each activation is zero by itself, with its layer's and task's probability.
  case independent
  /// Their measured mean.
  case mean
  /// Their measured mean, and for cycles the measured histogram of issued steps of a word.
  case histogram
}
