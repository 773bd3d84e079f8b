/// All that the generator can draw.
package enum Catalogue {
  static let kinds: [ObjectKind] =
    ObjectKind.fruit + ObjectKind.plants + ObjectKind.buildings + ObjectKind.vehicles
    + ObjectKind.animals + ObjectKind.things + ObjectKind.forms

  /// The nouns, in the catalogue's order.
  package static var nouns: [String] { kinds.map(\.name) }

  private static let byName = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })

  static func kind(_ name: String) -> ObjectKind? { byName[name] }
}
