import Checkpoints
import Optimizers

extension JudgeRecipe {
  /// The recipe that trains the judge.
  package func make(
    _ configuration: RecipeConfiguration, _ sources: TrainingSources
  ) throws -> any Recipe {
    switch self {
    case .aesthetic: try AestheticRecipe(configuration, sources)
    case .alignment: try AlignmentRecipe(configuration, sources)
    case .coherence: try CoherenceRecipe(configuration, sources)
    }
  }
}

extension Recipe {
  /// The held-out table of the judge that a run's folder holds, computed again.
  package func table(of folder: RunFolder, samples: Int = 600) throws -> HeldOutTable {
    try evaluate(try WeightStore(folder: folder.judge), samples: samples)
  }
}
