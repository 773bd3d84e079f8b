/// How a model wants to be used: `byteedit.json` beside `model_index.json`.
package struct ModelSettings: Sendable, Equatable {
  /// What stands in the hole of the picture that conditions the denoiser.
  package enum HoleFill: String, Sendable, CaseIterable {
    /// Zero in -1...1: the convention of the Stable Diffusion family.
    case grey
    /// A smooth continuation of the surroundings.
    case pushPull = "push-pull"
  }

  /// A thing that the model was taught to draw.
  package struct Term: Sendable, Equatable {
    package let name: String
    package let synonyms: [String]
    /// Where it is usually found: `ground` or `sky`.
    package let place: String?

    package init(name: String, synonyms: [String] = [], place: String? = nil) {
      self.name = name
      self.synonyms = synonyms
      self.place = place
    }
  }

  /// Width and height in pixels that the model was trained at; nothing where the file is silent.
  package var resolution: Int?
  package var steps: Int?
  package var guidanceScale: Double?
  /// The sampler's name as requests spell it.
  package var sampler: String?
  package var holeFill = HoleFill.grey
  /// How many of the text encoder's last layers the prompt does without.
  package var clipSkip: Int?
  /// Model pixels, height times width, above which the autoencoder saves memory; nothing where the
  /// file is silent.
  package var tilesAbove: Int?
  /// The prompt of an erase or outpaint that comes without one.
  package var backgroundPrompt: String?
  package var vocabulary: [Term] = []

  /// What holds for a folder without the file.
  package init() {}

  /// Reads the file's members; throws for an unknown key and for a value out of range.
  init(_ members: JSONObject, path: String) throws(CheckpointError) {
    let reader = SettingReader(members: members, path: path)
    for key in members.keys {
      switch key {
      case "resolution": resolution = try reader.integer(key, in: 8...8192)
      case "steps": steps = try reader.integer(key, in: 1...1000)
      case "guidance_scale": guidanceScale = try reader.number(key, in: 0...100)
      case "sampler": sampler = try reader.string(key)
      case "hole_fill": holeFill = try reader.choice(key)
      case "clip_skip": clipSkip = try reader.integer(key, in: 0...127)
      case "tiles_above": tilesAbove = try reader.integer(key, in: 0...1 << 40)
      case "background_prompt": backgroundPrompt = try reader.string(key)
      case "vocabulary": vocabulary = try reader.terms(key)
      default: throw reader.fault(key, "is unknown; remove it or update this program")
      }
    }
    if let resolution, resolution % 8 != 0 {
      throw reader.fault("resolution", "\(resolution) is no multiple of 8")
    }
  }
}

/// Reads single values of `byteedit.json` and names the key that is wrong.
private struct SettingReader {
  let members: JSONObject
  let path: String

  func fault(_ key: String, _ reason: String) -> CheckpointError {
    .invalidSetting(path: path, key: key, reason: reason)
  }

  private func wrong(_ key: String, _ wanted: String) -> CheckpointError {
    fault(key, "must be \(wanted), not \(members[key]?.summary ?? "nothing")")
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
    guard case .integer(let value)? = members[key], range.contains(value) else {
      throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double {
    let value: Double? =
      switch members[key] {
      case .integer(let integer)?: Double(integer)
      case .number(let number)?: number
      default: nil
      }
    guard let value, range.contains(value) else {
      throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func string(_ key: String) throws(CheckpointError) -> String {
    guard case .string(let value)? = members[key], !value.isEmpty, value.utf8.count <= 1000 else {
      throw wrong(key, "a text of 1 to 1000 bytes")
    }
    return value
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(CheckpointError) -> Choice where Choice.RawValue == String {
    guard case .string(let value)? = members[key], let choice = Choice(rawValue: value) else {
      throw wrong(key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  func terms(_ key: String) throws(CheckpointError) -> [ModelSettings.Term] {
    guard case .array(let elements)? = members[key] else { throw wrong(key, "a list") }
    var terms: [ModelSettings.Term] = []
    for element in elements {
      guard case .object(let members) = element else { throw fault(key, "must list objects") }
      terms.append(try SettingReader(members: members, path: path).term())
    }
    return terms
  }

  private func term() throws(CheckpointError) -> ModelSettings.Term {
    let known = ["name", "synonyms", "place"]
    if let unknown = members.keys.first(where: { !known.contains($0) }) {
      throw fault("vocabulary.\(unknown)", "is unknown; remove it or update this program")
    }
    var synonyms: [String] = []
    switch members["synonyms"] {
    case nil: break
    case .array(let elements)?:
      for element in elements {
        guard case .string(let text) = element else { throw wrong("synonyms", "a list of texts") }
        synonyms.append(text)
      }
    default: throw wrong("synonyms", "a list of texts")
    }
    return ModelSettings.Term(
      name: try string("name"), synonyms: synonyms,
      place: members["place"] == nil ? nil : try string("place"))
  }
}
