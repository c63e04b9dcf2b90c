import ArgumentParser
import Foundation
import Images
import Networks

/// Images of tasks, with or without labels.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images and labels of tasks: safetensors, as golden/README.md describes.", valueName: "file"))
  var vectors: String?
  @Option(
    help: ArgumentHelp(
      "Images of a task: IDX, npy or PNG; may be repeated. A network of one task needs no name.",
      valueName: "task=file"))
  var images: [String] = []
  @Option(
    help: ArgumentHelp("Labels of these images: IDX or npy.", valueName: "task=file"))
  var labels: [String] = []
  @Flag(help: "Put zeros around images that are smaller than the network's.")
  var pad = false

  func validate() throws {
    guard (vectors == nil) == !images.isEmpty else {
      throw ValidationError("name the images: either with --vectors or with --images")
    }
    guard vectors == nil || labels.isEmpty && !pad else {
      throw ValidationError("--labels and --pad go with --images; --vectors has labels of its own")
    }
  }

  /// The first `limit` images of each task.
  ///
  /// - Throws: `NetworkError`, `ImageError` or `UsageError`, one sentence each.
  func load(for network: some MultiTaskNetwork, limit: Int = .max) throws -> Vectors {
    if let vectors {
      return Vectors(
        tasks: try Vectors.load(vectors, for: network).tasks.map { $0.first(limit) })
    }
    let labels = try files(self.labels, "--labels", of: network)
    let images = try files(self.images, "--images", of: network)
    if let task = labels.keys.first(where: { images[$0] == nil }) {
      throw UsageError("there are labels of task \(network.tasks[task]), but no images")
    }
    return Vectors(
      tasks: try network.tasks.indices.map { task in
        guard let path = images[task] else { return TaskVectors() }
        let given = try ImageFile.read(path, channels: network.layers[0].inputChannels)
          .images(for: network, path: path, pads: pad)
        return TaskVectors(
          images: given,
          labels: try labels[task].map { path in
            try ImageFile.read(path, channels: 1)
              .labels(count: given.count, classes: network.classes(of: task), path: path)
          }
        ).first(limit)
      })
  }

  /// The file of each task.
  private func files(
    _ words: [String], _ option: String, of network: some MultiTaskNetwork
  ) throws -> [Int: String] {
    var files: [Int: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let task: Int
      if parts.count == 2 {
        task = try network.index(ofTask: String(parts[0]))
      } else if network.tasks.count == 1 {
        task = 0
      } else {
        throw UsageError(
          "\(option) is '\(word)' and must be task=file, with a task of "
            + network.tasks.joined(separator: ", "))
      }
      guard files.updateValue(String(parts.last!), forKey: task) == nil else {
        throw UsageError("\(option) names two files for task \(network.tasks[task])")
      }
    }
    return files
  }
}

extension TaskVectors {
  /// The first `limit` images, with their labels.
  fileprivate func first(_ limit: Int) -> TaskVectors {
    TaskVectors(images: Array(images.prefix(limit)), labels: labels.map { Array($0.prefix(limit)) })
  }
}
