import Checkpoints
import Tensors

extension TrainingState {
  static let format = "byteedit training state 1"

  /// The parts of a state, by the prefix of their tensors' names.
  private enum Part: String {
    case parameters = "parameters/"
    case firstMoments = "first moments/"
    case secondMoments = "second moments/"
    case average = "average/"
  }

  /// Keeps everything in one file: written beside the target, synchronised, then renamed, so that
  /// there is a whole state at any time.
  package func save(to path: String) throws(OptimizerError) {
    let parts: [(Part, Parameters?)] = [
      (.parameters, parameters), (.firstMoments, optimizer.firstMoments),
      (.secondMoments, optimizer.secondMoments), (.average, average?.parameters),
    ]
    var tensors: [String: Tensor] = [:]
    for (part, values) in parts {
      for (name, tensor) in values?.byName ?? [:] { tensors[part.rawValue + name] = tensor }
    }
    var texts = StateTexts(self).metadata
    texts[StateDigest.key] = try StateDigest.text(of: tensors, texts, path: path)
    do {
      try SafetensorsWriter.write(tensors, to: path, metadata: texts)
    } catch {
      throw .checkpoint(error)
    }
  }

  /// Reads a state and checks that it is whole; throws where it is not.
  /// - Parameter settings: the recipe's, as before.
  package init(
    from path: String, settings: AdamW.Settings = AdamW.Settings()
  ) throws(OptimizerError) {
    let (tensors, metadata) = try Self.contents(of: path)
    let texts = try StateTexts(metadata, path: path)
    try StateDigest.check(tensors, metadata, path: path)
    let parameters = Self.part(.parameters, of: tensors)
    let average = Self.part(.average, of: tensors)
    let moments = [Part.firstMoments, .secondMoments].map { Self.part($0, of: tensors) }
    let isAveraged = texts.averageStep != nil
    guard moments.allSatisfy(parameters.matches),
      isAveraged ? average.matches(parameters) : average.names.isEmpty,
      tensors.count == parameters.names.count * (isAveraged ? 4 : 3)
    else {
      throw .damagedState(path: path, reason: "its parts do not fit each other")
    }
    self.init(
      parameters: parameters,
      optimizer: AdamW(
        settings: settings, step: texts.step, firstMoments: moments[0],
        secondMoments: moments[1]),
      average: texts.averageStep.map {
        MovingAverage(average, decay: texts.averageDecay, step: $0)
      },
      generator: texts.generator, position: texts.position)
  }

  private static func contents(
    of path: String
  ) throws(OptimizerError) -> (tensors: [String: Tensor], metadata: [String: String]) {
    do throws(CheckpointError) {
      let file = try SafetensorsFile(path: path)
      var tensors: [String: Tensor] = [:]
      for name in file.names { tensors[name] = try file.tensor(name) }
      return (tensors, file.metadata)
    } catch {
      throw .checkpoint(error)
    }
  }

  private static func part(_ part: Part, of tensors: [String: Tensor]) -> Parameters {
    var found: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(part.rawValue) {
      found[String(name.dropFirst(part.rawValue.count))] = tensor
    }
    return Parameters(found)
  }
}
