/// A reader of bytes that cannot be trusted, as the fuzzer and the everyday tests drive it.
///
/// A new one is a file in this folder and a line in `FuzzTargets`; seeds go to `Fuzz/Corpus/NAME`,
/// words to `Fuzz/Dictionaries/NAME.txt`, a planted bug to `Fuzz/Planted/NAME.patch`.
package protocol FuzzTarget: AnyObject, SendableMetatype {
  static var name: String { get }
  /// The parser's own files, below `Sources`, whose coverage counts.
  static var sources: [String] { get }

  init() throws

  /// Reads an input; returns whatever the input holds.
  func read(_ input: [UInt8]) -> FuzzVerdict

  /// Cuts an input into parts that are changed one at a time.
  static func parts(of input: [UInt8]) -> [[UInt8]]
  /// Joins parts to an input whose lengths and checksums are right.
  static func whole(_ parts: [[UInt8]]) -> [UInt8]
  /// Whether an input may have a part twice, as a head may have a line.
  static var mayRepeatParts: Bool { get }
}

extension FuzzTarget {
  package static func parts(of input: [UInt8]) -> [[UInt8]] { [input] }
  package static func whole(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined()) }
  package static var mayRepeatParts: Bool { false }
}

/// What a reader made of an input.
package enum FuzzVerdict: Equatable {
  case accepted
  /// The message says what is wrong with the input.
  case refused(String)
  /// The reader accepted what it must not, or gave something else than it promises.
  case wrong(String)
}

/// All targets there are.
package enum FuzzTargets {
  package static let all: [any FuzzTarget.Type] = [
    SafetensorsTarget.self, AdapterTarget.self, ConfigurationTarget.self, JudgeTarget.self,
    TokenizerTarget.self, TorchTarget.self, WordPieceTarget.self, RequestHeadTarget.self,
    ChunkedTarget.self, MultipartTarget.self, JSONRequestTarget.self, PNGTarget.self,
    JPEGTarget.self, ServeTarget.self, WebhookTarget.self, ResponseTarget.self,
    TranslationTarget.self,
  ]

  /// The target of a name.
  package static func named(_ name: String) -> (any FuzzTarget.Type)? {
    all.first { $0.name == name }
  }
}
