import Tensors

/// What a training state keeps beside its tensors, as the texts of a safetensors header.
struct StateTexts {
  let step: Int
  let position: Int
  let generator: TorchGenerator
  /// Nil where no average is kept.
  let averageStep: Int?
  let averageDecay: Double

  private enum Key: String {
    case format
    case step
    case position
    case averageStep = "average.step"
    /// Bits of a double, hexadecimal.
    case averageDecay = "average.decay"
    /// 624 words of eight hexadecimal digits.
    case generatorWords = "generator.words"
    case generatorPosition = "generator.position"
    /// Bits of a double, hexadecimal, where a value waits.
    case generatorSpare = "generator.spare"
  }

  init(_ state: TrainingState) {
    step = state.step
    position = state.position
    generator = state.generator
    averageStep = state.average?.step
    averageDecay = state.average?.decay ?? 0
  }

  var metadata: [String: String] {
    let drawn = generator.state
    var texts: [Key: String] = [
      .format: TrainingState.format, .step: String(step), .position: String(position),
      .generatorWords: drawn.words.map { Hexadecimal.text(UInt64($0), digits: 8) }.joined(),
      .generatorPosition: String(drawn.position),
    ]
    texts[.generatorSpare] = drawn.spare.map { Hexadecimal.text($0.bitPattern, digits: 16) }
    if let averageStep {
      texts[.averageStep] = String(averageStep)
      texts[.averageDecay] = Hexadecimal.text(averageDecay.bitPattern, digits: 16)
    }
    return Dictionary(uniqueKeysWithValues: texts.map { ($0.key.rawValue, $0.value) })
  }

  init(_ metadata: [String: String], path: String) throws(OptimizerError) {
    func fault(_ reason: String) -> OptimizerError { .damagedState(path: path, reason: reason) }
    func count(_ key: Key) throws(OptimizerError) -> Int {
      guard let count = metadata[key.rawValue].flatMap({ Int($0) }), count >= 0 else {
        throw fault("its \(key.rawValue) is no whole number")
      }
      return count
    }
    func double(_ key: Key) throws(OptimizerError) -> Double? {
      guard let text = metadata[key.rawValue] else { return nil }
      guard let bits = Hexadecimal.values(text, digits: 16), bits.count == 1 else {
        throw fault("its \(key.rawValue) is no number")
      }
      return Double(bitPattern: bits[0])
    }
    guard metadata[Key.format.rawValue] == TrainingState.format else {
      throw fault("its format is \(metadata[Key.format.rawValue] ?? "not given")")
    }
    step = try count(.step)
    position = try count(.position)
    let words = Hexadecimal.values(metadata[Key.generatorWords.rawValue] ?? "", digits: 8) ?? []
    guard
      let generator = TorchGenerator(
        state: .init(
          words: words.map { UInt32(truncatingIfNeeded: $0) },
          position: try count(.generatorPosition), spare: try double(.generatorSpare)))
    else { throw fault("no random generator can be in its state") }
    self.generator = generator
    averageStep = metadata[Key.averageStep.rawValue] == nil ? nil : try count(.averageStep)
    averageDecay = try double(.averageDecay) ?? 0
  }
}

/// Numbers as hexadecimal digits of a fixed width.
enum Hexadecimal {
  static func text(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Nil for other characters, or a length that is no multiple of `digits` (16 at most).
  static func values(_ text: String, digits: Int) -> [UInt64]? {
    guard text.utf8.count % digits == 0 else { return nil }
    var values: [UInt64] = []
    var value: UInt64 = 0
    for (index, character) in text.enumerated() {
      guard let digit = character.hexDigitValue else { return nil }
      value = value << 4 | UInt64(digit)
      guard index % digits == digits - 1 else { continue }
      values.append(value)
      value = 0
    }
    return values
  }
}
