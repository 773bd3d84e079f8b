/// A noun that the generator can draw.
struct ObjectKind: Sendable {
  let name: String
  let place: ObjectPlace
  /// The colours it comes in; captions name the one that was drawn.
  let colours: [ObjectColour]
  /// Width in parts of its height: what is wide is drawn less high.
  let aspect: Float
  /// The parts from back to front, in -1...1, standing on y = -1.
  let parts: @Sendable (ObjectLook) -> [ObjectPart]

  init(
    _ name: String, _ place: ObjectPlace, _ colours: [ObjectColour],
    aspect: Float = 1, parts: @escaping @Sendable (ObjectLook) -> [ObjectPart]
  ) {
    self.name = name
    self.place = place
    self.colours = colours
    self.aspect = aspect
    self.parts = parts
  }
}

/// What varies between two objects of one kind.
struct ObjectLook: Sendable {
  /// The colour that the caption names, a little off.
  var main: RGB
  /// Free choices of the kind, such as a flower's number of petals.
  var random: SplitMix

  /// The main colour in another brightness.
  func main(_ level: Float) -> RGB {
    (main * level).clamped(lowerBound: .zero, upperBound: .one)
  }

  /// The main colour mixed with white.
  func pale(_ share: Float) -> RGB { mix(main, .one, share) }
}

/// Colours of things that have their own.
enum Hue {
  static let wood = RGB(0.46, 0.30, 0.17)
  static let darkWood = RGB(0.33, 0.21, 0.12)
  static let leaf = RGB(0.24, 0.56, 0.20)
  static let darkLeaf = RGB(0.13, 0.40, 0.18)
  static let steel = RGB(0.66, 0.69, 0.73)
  static let dark = RGB(0.13, 0.13, 0.15)
  static let glass = RGB(0.62, 0.80, 0.92)
  static let cream = RGB(0.96, 0.92, 0.80)
  static let white = RGB(0.95, 0.95, 0.94)
  static let gold = RGB(0.93, 0.73, 0.22)
  static let skin = RGB(0.95, 0.76, 0.60)
  static let beak = RGB(0.97, 0.62, 0.13)
  static let stone = RGB(0.62, 0.60, 0.57)
  static let pink = RGB(0.95, 0.62, 0.66)
  static let red = RGB(0.80, 0.14, 0.13)
  static let earth = RGB(0.36, 0.24, 0.16)
}
