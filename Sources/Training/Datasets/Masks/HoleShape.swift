/// The kinds of holes.
///
/// Source: ByteEdit (Ren et al. 2024), section 4: global, irregular strokes, squares, outpainting,
/// instances randomly dilated, and combinations.
package enum HoleShape: String, Sendable, CaseIterable, Codable {
  case whole
  case strokes
  case squares
  case sides
  case box
  case instance
  case combination
}
