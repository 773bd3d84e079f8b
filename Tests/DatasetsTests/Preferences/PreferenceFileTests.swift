import TestSupport
import Testing

@testable import Datasets

@Suite struct PreferenceFileTests {
  static func preference(
    _ id: String, best: String = "a.png", worst: String = "b.png", annotator: String = "ann",
    candidates: [String]? = nil, order: [Int]? = nil, clusters: [String: String]? = nil
  ) -> Preference {
    Preference(
      id: id, prompt: "an apple", task: .inpaint, best: PictureReference(best),
      worst: PictureReference(worst), annotator: annotator,
      candidates: candidates?.map(PictureReference.init), order: order, clusters: clusters)
  }

  private static let digest = String(repeating: "0123456789abcdef", count: 4)

  @Test func `what is written is read again, and the same bytes are written`() throws {
    let folder = try ScratchFolder()
    var whole = Self.preference(
      "1", candidates: ["c.png", "a.png", "b.png"], order: [1, 0, 2],
      clusters: ["scene": "7", "first_object": "apple"])
    whole.source = .sha256(Self.digest)
    whole.mask = .path("masks/ü.png")
    whole.time = "2026-11-24T15:00:00Z"
    let preferences = [whole, Self.preference("2")]
    let path = "\(folder.path)/p.jsonl"
    try PreferenceFile.write(preferences, to: path)
    let first = try FileBytes(path: path).read(0..<FileBytes(path: path).size)
    #expect(try PreferenceFile.read(path) == preferences)
    try PreferenceFile.write(try PreferenceFile.read(path), to: path)
    #expect(try FileBytes(path: path).read(0..<first.count) == first)
    #expect(String(decoding: first, as: UTF8.self).contains("\"sha256:0123"))
  }

  @Test func `the plain form of the page is read`() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      "p.jsonl",
      #"{"id": "1", "prompt": "p", "best": "x/a.png", "worst": "b.png", "annotator": "me", "#
        + #""task": "erase", "weather": "fine"}"# + "\n")
    let read = try PreferenceFile.read(path)
    #expect(read.map(\.best) == [.path("x/a.png")])
    #expect(read.map(\.task) == [.erase])
  }

  @Test(arguments: [
    (#"{"id": "1"}"#, "\"prompt\" is missing"),
    (#"{"id": 1, "prompt": "p"}"#, "\"id\" must be a String"),
    ("[]", "line 2"),
    ("{", "no JSON object"),
  ])
  func `a broken line is refused with its number`(_ line: String, _ reason: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("p.jsonl", "\n\(line)\n")
    let error = try failure { () throws(DatasetError) in try PreferenceFile.read(path) }
    #expect(error.description.contains("line 2"))
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func `contradictions are found`() {
    typealias Case = (Preference, String)
    var timed = Self.preference("1")
    timed.time = "yesterday"
    var erase = Self.preference("1")
    (erase.task, erase.prompt) = (.erase, "")
    var bare = Self.preference("")
    bare.prompt = ""
    bare.annotator = ""
    #expect(erase.faults.isEmpty)
    #expect(bare.faults.count == 3)
    let cases: [Case] = [
      (Self.preference("1", worst: "a.png"), "the same picture"),
      (Self.preference("1", best: "../a.png"), "inside the file's folder"),
      (Self.preference("1", best: "/a.png"), "inside the file's folder"),
      (Self.preference("1", best: "sha256:12"), "64 hexadecimal digits"),
      (Self.preference("1", candidates: ["a.png", "c.png"]), "among candidates"),
      (Self.preference("1", candidates: ["a.png", "b.png", "a.png"]), "twice"),
      (Self.preference("1", candidates: ["a.png", "b.png"], order: [0]), "every candidate once"),
      (Self.preference("1", candidates: ["a.png", "b.png"], order: [1, 0]), "begin with best"),
      (Self.preference("1", order: [0]), "needs candidates"),
      (timed, "time 'yesterday'"),
      (Self.preference("1", clusters: ["scene": ""]), "empty name"),
    ]
    for (preference, reason) in cases {
      #expect(preference.faults.contains { $0.contains(reason) }, "\(reason)")
    }
  }

  @Test func `the validator finds every fault of a file, missing pictures and double votes`() throws
  {
    let folder = try ScratchFolder()
    try folder.write("a.png", "x")
    try folder.write("b.png", "x")
    let path = "\(folder.path)/p.jsonl"
    try PreferenceFile.write(
      [
        Self.preference("1"), Self.preference("1"), Self.preference("1", annotator: "bob"),
        Self.preference("2", best: "none.png"),
      ], to: path)
    let problems = try PreferenceFile.problems(in: path).map(\.description)
    #expect(problems.count == 2)
    #expect(problems.first?.contains("judged 1 in line 1 too") == true)
    #expect(problems.last?.contains("there is no none.png") == true)
    #expect(throws: DatasetError.self) { try PreferenceFile.read(path, checksFiles: true) }
    #expect(try PreferenceFile.read(path).count == 4)
  }

  @Test func `mutated files are refused or sound`() throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/p.jsonl"
    try PreferenceFile.write(
      [Self.preference("1", candidates: ["a.png", "b.png"], order: [0, 1])], to: path)
    let sound = try FileBytes(path: path).read(0..<FileBytes(path: path).size)
    var generator = SplitMix(seed: 3)
    var accepted = 0
    for _ in 0..<2000 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        if Bool.random(using: &generator) {
          bytes[at] = UInt8.random(in: 0...255, using: &generator)
        } else {
          bytes.remove(at: at)
        }
      }
      try folder.write("p.jsonl", bytes)
      guard let read = try? PreferenceFile.read(path) else { continue }
      accepted += 1
      #expect(read.allSatisfy { $0.faults.isEmpty })
    }
    #expect((20..<1900).contains(accepted))
  }
}
