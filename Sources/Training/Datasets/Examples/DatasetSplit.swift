/// A part of the endless data that shares nothing with the other parts.
///
/// Parts differ by the stream of random numbers, by the pairs of noun and scene that occur
/// together, and by the photographs.
package struct DatasetSplit: Sendable, Hashable {
  package enum Part: String, Sendable, CaseIterable {
    case any
    case seen
    case heldOut
  }

  package var name: String
  /// The stream of random numbers.
  package var stream: Int
  /// Which pairs of noun and kind of scene occur.
  package var combinations: Part
  /// Which photographs occur.
  package var photographs: Part

  package init(name: String, stream: Int, combinations: Part, photographs: Part) {
    self.name = name
    self.stream = stream
    self.combinations = combinations
    self.photographs = photographs
  }

  package static let training = DatasetSplit(
    name: "training", stream: 0, combinations: .seen, photographs: .seen)
  /// New scenes of what training knows.
  package static let validation = DatasetSplit(
    name: "validation", stream: 1, combinations: .seen, photographs: .heldOut)
  /// New scenes for the last word.
  package static let test = DatasetSplit(
    name: "test", stream: 2, combinations: .seen, photographs: .heldOut)
  /// Objects in kinds of scenes where training never saw them.
  package static let combinations = DatasetSplit(
    name: "combinations", stream: 3, combinations: .heldOut, photographs: .heldOut)

  package static let all = [training, validation, test, combinations]

  /// One pair in eight is held out.
  func takes(noun: String, scene: SceneKind) -> Bool {
    combinations.takes(Self.number("\(noun)/\(scene.rawValue)") % 8 == 0)
  }

  /// One photograph in five is held out.
  package func takes(photograph: String) -> Bool {
    photographs.takes(Self.number(photograph) % 5 == 0)
  }

  /// FNV-1a: the same number for the same text everywhere.
  private static func number(_ text: String) -> UInt64 {
    let sum = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    // The low bits of the plain sum hardly mix.
    return ((sum ^ (sum >> 29)) &* 0xbf58_476d_1ce4_e5b9) >> 32
  }
}

extension DatasetSplit.Part {
  fileprivate func takes(_ isHeldOut: Bool) -> Bool {
    switch self {
    case .any: true
    case .seen: !isHeldOut
    case .heldOut: isHeldOut
    }
  }
}
