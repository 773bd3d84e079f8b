/// What somebody, or an oracle, thought of candidates for one edit: one line of a preference file.
package struct Preference: Codable, Sendable, Hashable {
  package enum Task: String, Codable, Sendable, CaseIterable {
    case inpaint
    case outpaint
    case erase
  }

  /// Names the edit that was judged; the same for all who judged it.
  package var id: String
  package var prompt: String
  package var task: Task
  package var best: PictureReference
  package var worst: PictureReference
  /// Who judged: a person's pseudonym, or `oracle:` and what it looked at.
  package var annotator: String
  /// All candidates that were shown.
  package var candidates: [PictureReference]?
  /// Indices of `candidates`, the best first, the worst last.
  package var order: [Int]?
  /// The picture that was edited.
  package var source: PictureReference?
  /// White is edited.
  package var mask: PictureReference?
  /// When it was judged, ISO 8601 with time zone.
  package var time: String?
  /// What pictures have in common that must not be in training and held-out data both: `scene`,
  /// `photograph`, `object` and the like.
  package var clusters: [String: String]?

  package init(
    id: String, prompt: String, task: Task, best: PictureReference, worst: PictureReference,
    annotator: String, candidates: [PictureReference]? = nil, order: [Int]? = nil,
    source: PictureReference? = nil, mask: PictureReference? = nil, time: String? = nil,
    clusters: [String: String]? = nil
  ) {
    (self.id, self.prompt, self.task, self.best, self.worst) = (id, prompt, task, best, worst)
    (self.annotator, self.candidates, self.order) = (annotator, candidates, order)
    (self.source, self.mask, self.time, self.clusters) = (source, mask, time, clusters)
  }
}

/// Which picture is meant: a path relative to the file that names it, or the digest of its bytes,
/// written `sha256:` and 64 hexadecimal digits.
package enum PictureReference: Codable, Sendable, Hashable, CustomStringConvertible {
  case path(String)
  case sha256(String)

  package init(_ text: String) {
    self =
      text.hasPrefix("sha256:") ? .sha256(String(text.dropFirst("sha256:".count))) : .path(text)
  }

  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String {
    switch self {
    case .path(let path): path
    case .sha256(let digits): "sha256:\(digits)"
    }
  }

  /// What is wrong with it; nil if nothing is.
  var fault: String? {
    switch self {
    case .path(let path) where path.isInside: nil
    case .path(let path): "'\(path)' must be a path inside the file's folder"
    case .sha256(let digits)
    where digits.utf8.count == 64
      && digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }):
      nil
    case .sha256: "a digest has 64 hexadecimal digits in lower case"
    }
  }
}
