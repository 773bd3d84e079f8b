/// An object with its place in a picture.
struct PlacedObject: Sendable {
  enum Source: Sendable, Hashable {
    /// A noun of the catalogue.
    case shape(String)
    /// A place in the sprite pack.
    case sprite(Int)
  }

  var source: Source
  /// Its name among the objects.
  var noun: String
  /// What captions call it instead, one of its synonyms.
  var word: String?
  var place: ObjectPlace
  var colour: ObjectColour?
  /// Its horizontal middle and its lowest point, in pixels.
  var x: Float
  var base: Float
  /// Its longer side in pixels.
  var size: Float
  /// Width over height.
  var aspect: Float
  var isMirrored: Bool
  var random: SplitMix

  var names: [String] { [noun, word].compactMap(\.self) }
  var width: Float { aspect >= 1 ? size : size * aspect }
  var height: Float { aspect >= 1 ? size / aspect : size }
  var attributes: ObjectAttributes {
    ObjectAttributes(noun: word ?? noun, colour: colour?.rawValue)
  }
}
