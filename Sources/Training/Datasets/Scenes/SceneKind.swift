/// Where a scene plays.
package enum SceneKind: String, Sendable, CaseIterable, Codable {
  case meadow
  case mountains
  case desert
  case snow
  case beach
  case sea
  case street
  case room
  /// A flat picture without depth: overlapping shapes, or tiles.
  case leaves
  case tiles
  case photograph

  /// The kinds that have a sky and a ground.
  static let landscapes: [SceneKind] = [
    .meadow, .mountains, .desert, .snow, .beach, .sea, .street, .room,
  ]

  /// Whether an object of this place can be there.
  func takes(_ place: ObjectPlace) -> Bool {
    switch self {
    case .sea: place != .ground
    case .room: place != .water
    case .leaves, .tiles, .photograph: true
    default: place != .water
    }
  }

  /// What a caption without an object says.
  var phrase: String {
    switch self {
    case .meadow: "a meadow"
    case .mountains: "mountains"
    case .desert: "a desert"
    case .snow: "a snowy field"
    case .beach: "a beach"
    case .sea: "the sea"
    case .street: "a street"
    case .room: "a room"
    case .leaves: "a pattern of overlapping shapes"
    case .tiles: "tiles"
    case .photograph: "a photograph"
    }
  }

  /// How a caption says that an object is there; nil where nothing more is known of the place.
  func phrase(for place: ObjectPlace) -> String? {
    switch (self, place) {
    case (.photograph, _): nil
    case (.room, _): "in a room"
    case (.leaves, _), (.tiles, _): "on \(phrase)"
    case (_, .sky): "over \(phrase)"
    case (.mountains, _), (.desert, _): "in \(self == .desert ? "a desert" : "the mountains")"
    default: "on \(phrase)"
    }
  }
}

/// The time and the weather of a scene.
package enum Daylight: String, Sendable, CaseIterable, Codable {
  case day
  case overcast
  case sunset
  case night

  /// How a caption says it; an ordinary day is not mentioned.
  var phrase: String? {
    switch self {
    case .day: nil
    case .overcast: "on a grey day"
    case .sunset: "at sunset"
    case .night: "at night"
    }
  }
}
