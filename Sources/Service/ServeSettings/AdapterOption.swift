import Foundation
package import Models

/// Adapters as options name them: `[NAME=]FILE[:WEIGHT]`, several with commas between.
///
/// Signs are looked for among scalars: behind a sign a combining mark would make another character of
/// the two.
package enum AdapterOption {
  /// Why a text names no adapter.
  package struct Fault: Error, CustomStringConvertible {
    package var description: String
  }

  package static func list(_ text: String, isMerged: Bool) throws(Fault) -> [AdapterSource] {
    var sources: [AdapterSource] = []
    for part in text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false) {
      sources.append(try source(String(part), isMerged: isMerged))
    }
    return sources
  }

  /// - Parameter text: without a name the file's own is taken, without its ending; without a weight,
  ///   1.
  package static func source(_ text: String, isMerged: Bool) throws(Fault) -> AdapterSource {
    var name: String?
    // A folder's name may have an equals sign, an adapter's name has no slash.
    var scalars = text.trimmingCharacters(in: .whitespaces).unicodeScalars
    if let sign = scalars.firstIndex(of: "="), !scalars[..<sign].contains("/") {
      name = String(scalars[..<sign])
      scalars.removeSubrange(...sign)
    }
    var weight = 1.0
    if let colon = scalars.lastIndex(of: ":"),
      let number = Double(String(scalars[colon...].dropFirst())), number.isFinite
    {
      weight = number
      scalars.removeSubrange(colon...)
    }
    let path = String(scalars)
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let trimmed = (name ?? stem).trimmingCharacters(in: .whitespaces)
    guard !path.isEmpty, !trimmed.isEmpty,
      !trimmed.unicodeScalars.contains(where: { $0 == "/" || $0 == "=" })
    else {
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
