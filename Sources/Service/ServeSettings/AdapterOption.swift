import Foundation
package import Models

/// Adapters as options name them: `[NAME=]FILE[:WEIGHT]`, several with commas between.
package enum AdapterOption {
  /// Why a text names no adapter.
  package struct Fault: Error, CustomStringConvertible {
    package var description: String
  }

  package static func list(_ text: String, isMerged: Bool) throws(Fault) -> [AdapterSource] {
    var sources: [AdapterSource] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      sources.append(try source(String(part), isMerged: isMerged))
    }
    return sources
  }

  /// - Parameter text: without a name the file's own is taken, without its ending; without a weight,
  ///   1.
  package static func source(_ text: String, isMerged: Bool) throws(Fault) -> AdapterSource {
    var name: String?
    var path = text.trimmingCharacters(in: .whitespaces)
    // A folder's name may have an equals sign, an adapter's name has no slash.
    if let sign = path.firstIndex(of: "="), !path[..<sign].contains("/") {
      name = String(path[..<sign])
      path = String(path[path.index(after: sign)...])
    }
    var weight = 1.0
    if let colon = path.lastIndex(of: ":"),
      let number = Double(path[path.index(after: colon)...]), number.isFinite
    {
      weight = number
      path = String(path[..<colon])
    }
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let trimmed = (name ?? stem).trimmingCharacters(in: .whitespaces)
    guard !path.isEmpty, !trimmed.isEmpty, !trimmed.contains("/"), !trimmed.contains("=") else {
      throw Fault(
        description: "'\(text)' names no adapter; write FILE, NAME=FILE or NAME=FILE:WEIGHT, where"
          + " the name has neither / nor =")
    }
    return AdapterSource(name: trimmed, path: path, weight: weight, isMerged: isMerged)
  }

  /// What `list` reads as these.
  package static func text(_ sources: [AdapterSource]) -> String {
    sources.map { "\($0.name)=\($0.path):\($0.weight)" }.joined(separator: ",")
  }
}

extension ServeKey {
  /// A list of adapters, which are merged or not.
  static func adapters(_ name: String, isMerged: Bool, _ help: String) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      do throws(AdapterOption.Fault) {
        let others = configuration.adapters.filter { $0.isMerged != isMerged }
        configuration.adapters = others + (try AdapterOption.list(text, isMerged: isMerged))
      } catch {
        throw ServeConfigurationError(description: "\(name): \(error)")
      }
    } shown: { configuration in
      AdapterOption.text(configuration.adapters.filter { $0.isMerged == isMerged })
    }
  }
}
