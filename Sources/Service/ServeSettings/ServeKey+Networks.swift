import Sockets

extension ServeKey {
  /// Ranges of addresses, with commas between.
  static func networks(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, [NetworkRange]> & Sendable,
    _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      do {
        configuration[keyPath: path] = try text.split(separator: ",").map { item in
          try NetworkRange(String(item.drop { $0 == " " }.prefix { $0 != " " }))
        }
      } catch let error as NetworkRange.Malformed {
        throw ServeConfigurationError(description: "\(name): \(error)")
      }
    } shown: {
      $0[keyPath: path].map(\.description).joined(separator: ",")
    }
  }
}
