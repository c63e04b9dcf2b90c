/// What an exporter says of a network beside its graph, as entries of the model's metadata.
extension Graph {
  /// The key of the tasks' names, with commas between.
  static let tasksKey = "mimegen.tasks"
  /// That of the tasks that store no thresholds.
  static let reluTasksKey = "mimegen.relu_tasks"
  /// That of the input scale, in double precision.
  static let inputScaleKey = "mimegen.input_scale"

  private func names(_ key: String) -> [String]? {
    entry(key)?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private func entry(_ key: String) -> String? {
    file.model.metadataProps.first { $0.key == key }?.value
  }

  var taskNames: [String]? { names(Self.tasksKey) }

  /// The numbers of the tasks that store no thresholds.
  var reluTasks: [Int] {
    let relu = names(Self.reluTasksKey) ?? []
    return (taskNames ?? []).indices.filter { relu.contains(taskNames?[$0] ?? "") }
  }

  var inputScale: Double? { entry(Self.inputScaleKey).flatMap(Double.init) }
}
