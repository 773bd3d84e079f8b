/// Where the main object is, seen from the other one.
package enum ObjectRelation: String, Sendable, CaseIterable, Codable {
  case left
  case right
  case above
  case below

  package var phrase: String {
    switch self {
    case .left: "to the left of"
    case .right: "to the right of"
    case .above: "above"
    case .below: "below"
    }
  }

  package var opposite: ObjectRelation {
    switch self {
    case .left: .right
    case .right: .left
    case .above: .below
    case .below: .above
    }
  }
}

/// How large an object is in the picture; a medium one is not called anything.
package enum ObjectSize: String, Sendable, CaseIterable, Codable {
  case small
  case medium
  case large

  /// - Parameter share: the object's longer side in parts of the picture's.
  init(share: Float) {
    self = share < 0.26 ? .small : share < 0.46 ? .medium : .large
  }
}

/// An object in words.
package struct ObjectAttributes: Sendable, Hashable, Codable {
  package var noun: String
  /// Nil for a sprite, whose colour its name may carry.
  package var colour: String?

  package init(noun: String, colour: String?) {
    self.noun = noun
    self.colour = colour
  }
}

/// What is true of a picture; captions say some of it and nothing else.
package struct SceneAttributes: Sendable, Hashable, Codable {
  package var object: ObjectAttributes?
  package var size: ObjectSize
  package var place: ObjectPlace
  /// Of the main object to the second one.
  package var relation: ObjectRelation?
  package var reference: ObjectAttributes?
  package var scene: SceneKind
  package var daylight: Daylight

  package init(
    object: ObjectAttributes? = nil, size: ObjectSize = .medium, place: ObjectPlace = .ground,
    relation: ObjectRelation? = nil, reference: ObjectAttributes? = nil, scene: SceneKind,
    daylight: Daylight = .day
  ) {
    self.object = object
    self.size = size
    self.place = place
    self.relation = relation
    self.reference = reference
    self.scene = scene
    self.daylight = daylight
  }

  package var noun: String? { object?.noun }
  package var colour: String? { object?.colour }
}
