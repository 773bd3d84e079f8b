import API
import Compute
import Editing
import Jobs
import Rewards

extension ModelCatalogue {
  /// The one model that this process serves.
  init(_ editor: Editor) {
    self.init(
      models: [ModelDescription(editor.model)],
      judges: editor.judges.all.map(JudgeDescription.init),
      kernelSet: KernelSet.active.rawValue,
      blasCore: BLAS.coreName)
  }
}

extension ModelDescription {
  init(_ model: EditorModel) {
    let words = model.settings.vocabulary.map(\.name)
    self.init(
      id: model.name, hash: model.hash, createdAt: SystemWallClock().now(),
      weights: model.storage.rawValue, tasks: EditTask.allCases.map(\.rawValue),
      resolution: model.resolution,
      steps: model.defaultSteps, guidanceScale: model.defaultGuidanceScale,
      sampler: model.defaultSampler, holeFill: model.settings.holeFill.rawValue,
      vocabulary: words,
      notes: words.isEmpty
        ? "Takes any prompt."
        : "Draws what its vocabulary names; anything else gives a plausible fill at best.")
  }
}

extension JudgeDescription {
  init(_ judge: Judge) {
    self.init(
      judge: judge.kind.rawValue, model: judge.identity.name, hash: judge.identity.hash,
      calibration: judge.calibration.quantiles == nil ? "normal" : "held_out")
  }
}

extension JSONValue {
  /// What a worker with this model registers.
  init(_ editor: Editor) throws {
    let catalogue = try JSONText.encode(ModelCatalogue(editor))
    self = .object([
      "models": .array([.string(editor.model.name)]), "model_hash": .string(editor.model.hash),
      "kernel_set": .string(KernelSet.active.rawValue), "build": .string(editor.build),
      RegisteredModels.key: try JSONText.decode(JSONValue.self, from: catalogue),
    ])
  }
}
