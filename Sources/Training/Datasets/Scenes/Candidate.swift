/// An object that could be chosen.
struct Candidate {
  let source: PlacedObject.Source
  let noun: String
  let synonyms: [String]
  let place: ObjectPlace
  let colours: [ObjectColour]
  let aspect: Float

  init(_ kind: ObjectKind) {
    source = .shape(kind.name)
    synonyms = []
    (noun, place, colours, aspect) = (kind.name, kind.place, kind.colours, kind.aspect)
  }

  init(sprite: Int, of pack: SpritePack) {
    let sprite = (number: sprite, entry: pack.sprites[sprite])
    source = .sprite(sprite.number)
    synonyms = sprite.entry.synonyms
    (noun, place, colours) = (sprite.entry.name, sprite.entry.place, [])
    aspect = Float(sprite.entry.pixels.width) / Float(sprite.entry.pixels.height)
  }
}

extension Candidate {
  /// Names of groups whose members they may be called by.
  private static let groups: [Substring: Set<Substring>] = [
    "flower": ["tulip", "rose", "sunflower"], "ball": ["basketball"], "cherry": ["cherries"],
    "vehicle": ["car", "bus", "train", "bicycle"], "boat": ["sailboat"], "bird": ["duck", "owl"],
    "fruit": [
      "apple", "banana", "pear", "lemon", "orange", "cherry", "cherries", "strawberry",
      "pineapple", "watermelon",
    ],
  ]

  var names: [String] { [noun] + synonyms }

  /// Whether none of its names could be said of a thing with the other names: a pine tree is a
  /// tree, a tulip is a flower.
  func isApart(from names: [String]) -> Bool {
    let own = Self.words(self.names)
    let other = Self.words(names)
    guard own.isDisjoint(with: other) else { return false }
    return Self.groups.allSatisfy { group, members in
      !(own.contains(group) && !other.isDisjoint(with: members))
        && !(other.contains(group) && !own.isDisjoint(with: members))
    }
  }

  private static func words(_ names: [String]) -> Set<Substring> {
    Set(names.flatMap { $0.split { $0 == " " || $0 == "-" } })
  }
}
