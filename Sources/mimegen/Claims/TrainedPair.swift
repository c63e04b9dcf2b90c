import Cosimulation
import Energy
import Golden
import Mapping
import Networks
import Programs
import Verilated

/// A trained MIME network and the conventional one for the same tasks, with the golden model's activations.
struct TrainedPair {
  /// The model's file.
  let name: String
  let pair: DesignPair
  /// What the conventional network is.
  let conventionalName: String
  /// The parent and the tasks that run, as memory holds them.
  let stored: [Int]
  let settings: ClaimSettings

  var mime: ScenarioEngine { pair.mime }

  /// The assumptions that every row of it has.
  func assumptions(_ machine: AcceleratorSizes, _ mode: TaskMode) -> [(name: String, value: String)]
  {
    [
      ("network", name), ("conventional", conventionalName),
      ("tasks", pair.mimeTasks.map { mime.network.tasks[$0].name }.joined(separator: ",")),
      ("task_mode", mode.rawValue), ("images_per_task", "\(pair.images)"),
      ("batch_images", "\(min(pair.mimeTasks.count, mode == .singular ? pair.images : .max))"),
      ("array", machine.arrayText),
    ]
  }

  /// The inferences of all images of `plan`, and its network.
  static func activity(_ plan: AcceleratorPlan) throws -> Activity {
    let sources = plan.batches.flatMap(\.batch.images)
    let (golden, vectors) = (plan.golden, plan.vectors)
    let inferences = try concurrently(sources.count) { number in
      let source = sources[number]
      return golden.infer(vectors.tasks[source.task].images[source.image], task: source.task)
    }
    let known = Dictionary(uniqueKeysWithValues: zip(sources, inferences))
    return .exact(plan.model) { batch in
      GoldenMaps(
        images: batch.images.map { vectors.tasks[$0.task].images[$0.image] },
        inferences: batch.images.map { known[$0]! })
    }
  }
}
