extension EditParameters {
  /// Reads and validates the fields of a JSON body, pictures taken out before.
  ///
  /// `null` counts as absent. Throws every violation, unknown fields by name.
  package init(json fields: [String: JSONValue]) throws(InvalidParameters) {
    let violations = read(fields)
    let wrong = Set(violations.map(\.pointer))
    let all = violations + validate().filter { !wrong.contains($0.pointer) }
    guard all.isEmpty else { throw InvalidParameters(all) }
  }

  /// The fields as JSON; absent ones are left out, so equal parameters give equal JSON.
  package var json: [String: JSONValue] {
    var fields: [String: JSONValue] = [:]
    for name in Name.allCases {
      fields[name.rawValue] = value(of: name)
    }
    return fields
  }

  private init(reading fields: [String: JSONValue]) throws(InvalidParameters) {
    let violations = read(fields)
    guard violations.isEmpty else { throw InvalidParameters(violations) }
  }

  private mutating func read(_ fields: [String: JSONValue]) -> [ParameterViolation] {
    var violations: [ParameterViolation] = []
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
      guard let name = Name(rawValue: key) else {
        violations.append(.unknown(key))
        continue
      }
      do throws(Mismatch) {
        try set(name, to: value)
      } catch {
        violations.append(ParameterViolation(path: [key] + error.path, detail: error.detail))
      }
    }
    return violations
  }

  private mutating func set(_ name: Name, to value: JSONValue) throws(Mismatch) {
    switch name {
    case .task: task = try value.asChoice(Task.self)
    case .prompt: prompt = try value.asText()
    case .negativePrompt: negativePrompt = try value.asText()
    case .expand: expand = try value.asExpansion()
    case .count: count = try value.asInteger()
    case .returned: returned = try value.asInteger()
    case .select: select = try value.asWeights()
    case .minimumScore: minimumScore = try value.asNumber()
    case .retries: retries = try value.asInteger()
    case .belowMinimumScore: belowMinimumScore = try value.asChoice(BelowMinimum.self)
    case .steps: steps = try value.asInteger()
    case .guidanceScale: guidanceScale = try value.asNumber()
    case .sampler: sampler = try value.asChoice(Sampler.self)
    case .strength: strength = try value.asNumber()
    case .seed: seed = try value.asSeed()
    case .maskSemantics: maskSemantics = try value.asChoice(MaskSemantics.self)
    case .maskInvert: maskInvert = try value.asBoolean()
    case .maskThreshold: maskThreshold = try value.asNumber()
    case .maskGrow: maskGrow = try value.asInteger()
    case .maskFeather: maskFeather = try value.asInteger()
    case .maskResize: maskResize = try value.asChoice(MaskResize.self)
    case .resolution: resolution = try value.asInteger()
    case .context: context = try value.asContext()
    case .holeFill: holeFill = try value.asChoice(HoleFill.self)
    case .seamRepair: seamRepair = try value.asBoolean()
    case .outputFormat: outputFormat = try value.asChoice(OutputFormat.self)
    case .quality: quality = try value.asInteger()
    case .previews: previews = try value.asInteger()
    case .priority: priority = try value.asInteger()
    case .deadline: deadline = try value.asTimestamp()
    case .metadata: metadata = try value.asObject()
    }
  }

  private func value(of name: Name) -> JSONValue? {
    switch name {
    case .task: .string(task.rawValue)
    case .prompt: prompt.map(JSONValue.string)
    case .negativePrompt: negativePrompt.map(JSONValue.string)
    case .expand: expand.map(\.json)
    case .count: integer(count)
    case .returned: integer(returned)
    case .select: select.map(\.json)
    case .minimumScore: minimumScore.map(JSONValue.number)
    case .retries: integer(retries)
    case .belowMinimumScore: .string(belowMinimumScore.rawValue)
    case .steps: integer(steps)
    case .guidanceScale: guidanceScale.map(JSONValue.number)
    case .sampler: (sampler?.rawValue).map(JSONValue.string)
    case .strength: strength.map(JSONValue.number)
    case .seed: seed.map { .integer(Int64($0)) }
    case .maskSemantics: .string(maskSemantics.rawValue)
    case .maskInvert: .boolean(maskInvert)
    case .maskThreshold: .number(maskThreshold)
    case .maskGrow: integer(maskGrow)
    case .maskFeather: integer(maskFeather)
    case .maskResize: .string(maskResize.rawValue)
    case .resolution: integer(resolution)
    case .context: context.json
    case .holeFill: (holeFill?.rawValue).map(JSONValue.string)
    case .seamRepair: .boolean(seamRepair)
    case .outputFormat: .string(outputFormat.rawValue)
    case .quality: integer(quality)
    // Left out where nobody asked: requests of before hash to what they did.
    case .previews: previews == Defaults.previews ? nil : integer(previews)
    case .priority: integer(priority)
    case .deadline: (deadline?.rfc3339).map(JSONValue.string)
    case .metadata: metadata.map(JSONValue.object)
    }
  }
}

extension EditParameters: Codable {
  package init(from decoder: any Decoder) throws {
    try self.init(reading: decoder.singleValueContainer().decode([String: JSONValue].self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(json)
  }
}

extension ParameterViolation {
  static func unknown(_ field: String) -> ParameterViolation {
    let names = (EditParameters.Name.allCases.map(\.rawValue) + WebhookSubscription.Name.all)
      .joined(separator: ", ")
    return ParameterViolation(
      path: [field], detail: "is not a field of this version; remove it. Fields: \(names)")
  }
}

extension EditParameters.Expansion {
  fileprivate var json: JSONValue {
    let sides = [("left", left), ("top", top), ("right", right), ("bottom", bottom)]
    return .object(Dictionary(uniqueKeysWithValues: sides.map { ($0, .integer(Int64($1))) }))
  }
}

extension EditParameters.Weights {
  fileprivate var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: byJudge.map { ($0, .number($1)) }))
  }
}

extension EditParameters.Context {
  fileprivate var json: JSONValue {
    switch self {
    case .auto: "auto"
    case .full: "full"
    case .fraction(let value): .number(value)
    }
  }
}

private func integer(_ value: Int?) -> JSONValue? {
  value.map { .integer(Int64($0)) }
}
