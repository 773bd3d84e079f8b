/// Labels of a series in their canonical order, written as the exposition wants them.
struct LabelSet: Hashable {
  /// `stage="denoise",task="erase"`, names sorted, values escaped; empty without labels.
  let text: String

  init(_ labels: [(String, String)]) {
    var values: [String: String] = [:]
    for (name, value) in labels { values[Self.name(name)] = value }
    text = values.sorted { $0.key < $1.key }
      .map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
  }

  func with(bound: Double?) -> String {
    let bound = bound.map { "le=\"\(Exposition.number($0))\"" }
    let parts = [text, bound ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
  }

  /// A label name of letters, digits and underscores; `le` belongs to buckets.
  private static func name(_ name: String) -> String {
    let name = Exposition.identifier(name, allowsColon: false)
    return name == "le" || name.hasPrefix("__") ? "label_" + name : name
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
