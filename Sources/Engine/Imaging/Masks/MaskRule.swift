/// Where a mask's meaning came from.
package enum MaskRule: String, Sendable, Hashable {
  /// Transparent pixels are edited.
  case alpha
  /// White pixels are edited.
  case luma
  /// The pixels added around the picture are edited.
  case border
}
