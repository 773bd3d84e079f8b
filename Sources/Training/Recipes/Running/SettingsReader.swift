import Foundation

/// Reads settings over their defaults: what a document does not name stays as it is, what it names
/// must be known.
enum SettingsReader {
  /// - Parameter document: a JSON object; nested objects stand for nested settings.
  static func read<Settings: Codable>(
    _ document: Data, over defaults: Settings
  ) throws(RecipeError) -> Settings {
    do {
      let known = try object(JSONEncoder().encode(defaults))
      let merged = try merge(object(document), into: known, path: "")
      return try JSONDecoder().decode(
        Settings.self, from: JSONSerialization.data(withJSONObject: merged))
    } catch let error as RecipeError {
      throw error
    } catch let DecodingError.typeMismatch(type, context) {
      throw .invalidSetting(name: name(context), reason: "must be a value of the kind \(type)")
    } catch let DecodingError.dataCorrupted(context) {
      throw .invalidSetting(
        name: name(context), reason: "cannot be read: \(context.debugDescription)")
    } catch {
      throw .invalidSetting(name: "document", reason: "is no JSON object: \(error)")
    }
  }

  private static func name(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }

  private static func object(_ data: Data) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw RecipeError.invalidSetting(name: "document", reason: "must be an object")
    }
    return object
  }

  private static func merge(
    _ given: [String: Any], into known: [String: Any], path: String
  ) throws(RecipeError) -> [String: Any] {
    var merged = known
    for (key, value) in given {
      guard let old = known[key] else {
        throw .invalidSetting(
          name: path + key,
          reason: "is unknown; there are \(known.keys.sorted().joined(separator: ", "))"
        )
      }
      switch (old as? [String: Any], value as? [String: Any]) {
      case (let old?, let value?):
        merged[key] = try merge(value, into: old, path: "\(path)\(key).")
      case (nil, nil): merged[key] = value
      default:
        throw .invalidSetting(
          name: path + key, reason: "is a group on one side and a value on the other")
      }
    }
    return merged
  }
}
