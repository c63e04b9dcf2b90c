/// What a network's images and classes are, whether its numbers are integers or real.
public protocol MultiTaskNetwork: Sendable {
  /// The hidden layers, in order.
  var layers: [Layer] { get }
  var tasks: [String] { get }
  /// The format of stored images.
  var input: ActivationFormat { get }
  /// The fully connected layer that gives a task's logits; its outputs are the classes.
  func head(of task: Int) -> Layer
}

extension Model: MultiTaskNetwork {}
extension FloatModel: MultiTaskNetwork {}

extension MultiTaskNetwork {
  /// The number of a task.
  ///
  /// - Throws: `NetworkError` that names the network's tasks.
  public func index(ofTask name: String) throws(NetworkError) -> Int {
    guard let index = tasks.firstIndex(of: name) else {
      throw NetworkError(
        "there is no task '\(name)'; the network's tasks are \(tasks.joined(separator: ", "))")
    }
    return index
  }

  public func classes(of task: Int) -> Int { head(of: task).outputChannels }
}
