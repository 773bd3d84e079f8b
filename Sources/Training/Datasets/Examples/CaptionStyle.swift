/// How much of the truth a caption tells; noun, colour and relation are always told.
package struct CaptionStyle: Sendable, Hashable, Codable {
  package var saysSize: Bool
  package var saysScene: Bool

  package init(saysSize: Bool = true, saysScene: Bool = true) {
    self.saysSize = saysSize
    self.saysScene = saysScene
  }

  init(random: inout SplitMix) {
    saysSize = random.chance(0.5)
    saysScene = random.chance(0.5)
  }
}

extension SceneAttributes {
  /// The attributes as a sentence part: "a large red apple to the left of a tree on a meadow".
  package func caption(_ style: CaptionStyle = CaptionStyle()) -> String {
    guard let object else {
      return [scene.phrase, daylightPhrase].compactMap(\.self).joined(separator: " ")
    }
    let size = style.saysSize && self.size != .medium ? self.size.rawValue : nil
    var parts = [Self.withArticle([size, object.colour, object.noun])]
    if let relation, let reference {
      parts += [relation.phrase, Self.withArticle([reference.colour, reference.noun])]
    }
    if style.saysScene {
      parts += [scene.phrase(for: place), daylightPhrase].compactMap(\.self)
    }
    return parts.joined(separator: " ")
  }

  private var daylightPhrase: String? {
    SceneKind.landscapes.contains(scene) && scene != .room ? daylight.phrase : nil
  }

  private static func withArticle(_ words: [String?]) -> String {
    let text = words.compactMap(\.self).joined(separator: " ")
    let vowel = text.first.map { "aeiou".contains($0.lowercased()) } ?? false
    return (vowel ? "an " : "a ") + text
  }
}
