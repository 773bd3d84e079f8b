/// Why a recipe cannot run; `description` says what to do.
package enum RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  case invalidSetting(name: String, reason: String)
  /// A folder holds what other settings made.
  case otherSettings(path: String)
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .invalidSetting(let name, let reason): "\(name): \(reason)"
    case .otherSettings(let path):
      "\(path): this folder was made with other settings; repeat those, or name another folder"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    }
  }
}
