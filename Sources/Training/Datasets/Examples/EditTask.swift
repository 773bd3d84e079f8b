/// What an example asks of an editor.
package enum EditTask: String, Sendable, CaseIterable, Codable {
  /// An object appears in a hole of about its size.
  case object
  /// An object and its shadow disappear.
  case erase
  /// The picture goes on beyond one to four sides.
  case outpaint
  /// Irregular or square holes anywhere are filled with what was there.
  case strokes

  /// How often each task is drawn, of 100.
  package static let shares: [(task: EditTask, percent: Double)] = [
    (.object, 35), (.erase, 25), (.outpaint, 25), (.strokes, 15),
  ]
}
