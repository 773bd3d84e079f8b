/// What a request to score a picture asks for, pictures aside.
///
/// Its fields mean what they mean in an edit, with the same ranges.
package struct ScoreParameters: Sendable, Hashable {
  /// What the picture should show; without it alignment has nothing to say.
  package var prompt: String? { edit.prompt }
  package var select: EditParameters.Weights? { edit.select }
  package var resolution: Int? { edit.resolution }
  package var context: EditParameters.Context { edit.context }
  /// Whether the coherence judge's map shall be sent, too.
  package private(set) var heatMap = false
  /// How the mask is read, with the rest of an edit's fields at their defaults.
  package let edit: EditParameters

  private typealias Name = EditParameters.Name
  private static let shared: [Name] = [
    .prompt, .select, .resolution, .context, .maskSemantics, .maskInvert, .maskThreshold, .maskGrow,
  ]
  /// The wire name of every field.
  package static let names = shared.map(\.rawValue) + [heatMapName]
  private static let heatMapName = "heat_map"

  /// Reads and validates the fields of a JSON body, pictures taken out before.
  package init(json fields: [String: JSONValue]) throws(InvalidParameters) {
    let heatMap = fields[Self.heatMapName] ?? .null
    var violations = Self.unknown(fields.keys)
    if case .boolean(let value) = heatMap {
      self.heatMap = value
    } else if heatMap != .null {
      violations.append(Self.notBoolean)
    }
    edit = try Self.edit(violations) { () throws(InvalidParameters) in
      try EditParameters(json: Self.known(fields).merging(["task": "erase"]) { $1 })
    }
  }

  /// Reads and validates the text fields of a form.
  package init(form fields: [String: String]) throws(InvalidParameters) {
    var violations = Self.unknown(fields.keys)
    switch fields[Self.heatMapName] {
    case nil, "false", "0": heatMap = false
    case "true", "1": heatMap = true
    default: violations.append(Self.notBoolean)
    }
    edit = try Self.edit(violations) { () throws(InvalidParameters) in
      try EditParameters(form: Self.known(fields).merging(["task": "erase"]) { $1 })
    }
  }

  /// An erasing edit: the task that takes these fields and needs no other.
  private static func edit(
    _ violations: [ParameterViolation],
    _ read: () throws(InvalidParameters) -> EditParameters
  ) throws(InvalidParameters) -> EditParameters {
    do throws(InvalidParameters) {
      let edit = try read()
      guard violations.isEmpty else { throw InvalidParameters(violations) }
      return edit
    } catch {
      let more = error.violations.filter { !violations.contains($0) }
      throw InvalidParameters(violations + more)
    }
  }

  private static func known<Value>(_ fields: [String: Value]) -> [String: Value] {
    fields.filter { key, _ in shared.contains { $0.rawValue == base(key) } }
  }

  private static func unknown(_ keys: some Sequence<String>) -> [ParameterViolation] {
    keys.filter { !names.contains(base($0)) }.sorted().map { key in
      ParameterViolation(
        path: [base(key)],
        detail: "is not a field here; remove it. Fields: \(names.joined(separator: ", "))")
    }
  }

  private static let notBoolean = ParameterViolation(
    path: [heatMapName], detail: "must be true or false")

  /// `select` of `select[aesthetic]`.
  private static func base(_ key: String) -> String {
    guard key.hasSuffix("]"), let open = key.firstIndex(of: "["), open != key.startIndex else {
      return key
    }
    return String(key[..<open])
  }
}
