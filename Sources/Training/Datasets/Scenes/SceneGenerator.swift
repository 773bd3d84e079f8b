/// Endless examples drawn from numbers: scenes, objects, holes and captions.
///
/// Stands alone; sprites and photographs join in where they are given. The same seed and number
/// give the same example on every machine.
package struct SceneGenerator: Dataset {
  /// Pixels of a side.
  package let side: Int
  package let seed: UInt64
  package let split: DatasetSplit
  package let sprites: SpritePack?
  package let photographs: PhotographFolder?
  /// Which tasks occur, and how often.
  package let tasks: [(task: EditTask, percent: Double)]
  /// How often a photograph is the background, and a flat pattern; the rest are drawn scenes.
  package let photographShare: Double
  package let patternShare: Double
  /// The photographs that the split takes.
  let takenPhotographs: [Int]

  /// - Parameters:
  ///   - side: 32 ... 1024 pixels.
  ///   - tasks: shares of the tasks; those of the recipe if not given.
  ///   - photographShare: of the backgrounds, 0...1; 0.3 where a folder is given.
  ///   - patternShare: of overlapping shapes and tilings, 0...1.
  package init(
    side: Int = 128, seed: UInt64 = 0, split: DatasetSplit = .training,
    sprites: SpritePack? = nil, photographs: PhotographFolder? = nil,
    tasks: [(task: EditTask, percent: Double)] = EditTask.shares,
    photographShare: Double? = nil, patternShare: Double = 0.15
  ) throws(DatasetError) {
    guard (32...1024).contains(side) else {
      throw .invalidSetting(name: "side", reason: "\(side) pixels; 32 to 1024 can be drawn")
    }
    guard tasks.contains(where: { $0.percent > 0 }) else {
      throw .invalidSetting(name: "tasks", reason: "no task has a share; give at least one")
    }
    self.side = side
    self.seed = seed
    self.split = split
    self.sprites = sprites
    self.photographs = photographs
    self.tasks = tasks
    self.photographShare = photographs == nil ? 0 : photographShare ?? 0.3
    self.patternShare = min(patternShare, 1 - self.photographShare)
    let all = photographs?.names ?? []
    let taken = all.indices.filter { split.takes(photograph: all[$0]) }
    takenPhotographs = taken.isEmpty ? Array(all.indices) : taken
  }

  package var count: Int? { nil }

  package func example(at index: Int) throws(DatasetError) -> EditExample {
    try check(index)
    return try SceneRenderer(generator: self).example(plan(at: index))
  }

  /// What example `index` will show.
  package func plan(at index: Int) -> ScenePlan {
    let random = SplitMix(seed: seed).stream(split.stream).stream(index)
    var choices = random.stream(0)
    let task = tasks[choices.choice(weights: tasks.map(\.percent))].task
    var planning = ScenePlanning(generator: self, task: task, random: random)
    return planning.plan(name: "\(seed)-\(split.name)-\(index)")
  }
}
