import Recipes

/// A run of a recipe on the command line: it stops at signals and shows its progress.
enum TrainingSession {
  static func run(
    _ recipe: any Recipe, _ plan: RunPlan, in folder: RunFolder, isQuiet: Bool
  ) throws {
    let signals = StopSignals()
    let bar = TrainingProgress(isQuiet: isQuiet)
    var run = TrainingRun(recipe, plan: plan, in: folder)
    switch try run(onProgress: bar.show, shouldStop: { signals.wereSent }) {
    case .finished(let table):
      bar.finish("written to \(folder.judge)")
      print(table.markdown)
    case .stopped(let step):
      bar.finish("stopped after update \(step); --resume goes on")
    }
  }
}
