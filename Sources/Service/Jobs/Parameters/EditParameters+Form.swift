extension EditParameters {
  /// Reads and validates the text fields of a multipart form.
  ///
  /// Numbers and booleans arrive as text; objects as JSON text or as `expand[left]` parts.
  /// Throws every violation, unknown fields by name.
  package init(form fields: [String: String]) throws(InvalidParameters) {
    var json: [String: JSONValue] = [:]
    var nested: [String: [String: JSONValue]] = [:]
    for (key, text) in fields {
      if let (object, member) = bracketed(key) {
        nested[object, default: [:]][member] = Name(rawValue: object)?.nestedValue(text)
      } else {
        json[key] = Name(rawValue: key)?.formValue(text) ?? .string(text)
      }
    }
    for (object, members) in nested {
      var merged = members
      if case .object(let whole)? = json[object] { merged.merge(whole) { part, _ in part } }
      json[object] = .object(merged)
    }
    try self.init(json: json)
  }
}

extension EditParameters.Name {
  /// The value that `text` stands for, left as text where it stands for none: reading then says so.
  fileprivate func formValue(_ text: String) -> JSONValue {
    switch self {
    case .count, .steps, .seed, .maskGrow, .maskFeather, .resolution, .quality,
      .priority, .guidanceScale, .strength, .maskThreshold, .context, .returned, .minimumScore,
      .retries, .previews:
      numberValue(text)
    case .maskInvert, .seamRepair:
      ["true": .boolean(true), "1": true, "false": false, "0": false][text] ?? .string(text)
    case .expand, .metadata, .select:
      (try? JSONText.decode(JSONValue.self, from: text)) ?? .string(text)
    case .task, .prompt, .negativePrompt, .sampler, .maskSemantics, .maskResize, .holeFill,
      .outputFormat, .deadline, .belowMinimumScore:
      .string(text)
    }
  }

  fileprivate func nestedValue(_ text: String) -> JSONValue {
    self == .expand || self == .select ? numberValue(text) : .string(text)
  }
}

/// Decimal notation only: Swift would also read hexadecimal, `nan` and `inf`.
private func numberValue(_ text: String) -> JSONValue {
  guard text.utf8.allSatisfy("0123456789+-.eE".utf8.contains) else { return .string(text) }
  if let integer = Int64(text) { return .integer(integer) }
  if let number = Double(text), number.isFinite { return .number(number) }
  return .string(text)
}

/// `expand[left]` as ("expand", "left").
private func bracketed(_ key: String) -> (object: String, member: String)? {
  guard key.hasSuffix("]"), let open = key.firstIndex(of: "["), open != key.startIndex else {
    return nil
  }
  return (String(key[..<open]), String(key[key.index(after: open)...].dropLast()))
}
