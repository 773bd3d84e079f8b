/// A colour that captions name.
package enum ObjectColour: String, Sendable, CaseIterable, Codable {
  case red
  case orange
  case yellow
  case green
  case blue
  case purple
  case pink
  case brown
  case white
  case black
  case grey

  /// What the colour looks like in white light, sRGB.
  var rgb: RGB {
    switch self {
    case .red: RGB(0.84, 0.12, 0.13)
    case .orange: RGB(0.96, 0.51, 0.09)
    case .yellow: RGB(0.97, 0.83, 0.16)
    case .green: RGB(0.20, 0.62, 0.22)
    case .blue: RGB(0.14, 0.36, 0.86)
    case .purple: RGB(0.52, 0.22, 0.72)
    case .pink: RGB(0.97, 0.52, 0.70)
    case .brown: RGB(0.47, 0.29, 0.15)
    case .white: RGB(0.95, 0.95, 0.94)
    case .black: RGB(0.10, 0.10, 0.12)
    case .grey: RGB(0.55, 0.56, 0.58)
    }
  }
}
