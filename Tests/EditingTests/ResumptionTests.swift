import Digests
import Tensors
import Testing

@testable import Editing

/// An edit that was stopped goes on by its checkpoint as if nothing had happened.
@Suite struct ResumptionTests {
  private struct Stop: Error {}

  private func request() -> EditRequest {
    let hole = Hole(width: 100, height: 80, boxes: [(30, 20, 40, 35)])
    var request = Fixture.request(
      image: Scene.png(width: 100, height: 80), mask: hole.png, seed: 5)
    (request.count, request.steps, request.previews) = (3, 4, 2)
    return request
  }

  /// Every checkpoint that the edit offers, and what it tells but for times.
  private func run(
    _ request: EditRequest, from checkpoint: [UInt8]? = nil, stoppingAt limit: Int = .max
  ) throws -> (candidates: [[UInt8]]?, checkpoints: [[UInt8]], events: [EditEvent]) {
    var checkpoints: [[UInt8]] = []
    var events: [EditEvent] = []
    let resumption = EditResumption(from: checkpoint) { make in
      checkpoints.append(make())
      if checkpoints.count == limit { throw Stop() }
    }
    do {
      let result = try Fixture.editor().edit(
        request,
        onEvent: { event in
          if case .stage = event { return }
          events.append(event)
        }, resumption: resumption)
      return (result.candidates.map(\.bytes), checkpoints, events)
    } catch is Stop {
      return (nil, checkpoints, events)
    }
  }

  @Test func `from every step on gives the same pictures and tells the same`() throws {
    let whole = try run(request())
    #expect(whole.checkpoints.count == 12)
    for steps in 1...12 {
      let stopped = try run(request(), stoppingAt: steps)
      #expect(stopped.candidates == nil)
      let resumed = try run(request(), from: stopped.checkpoints.last)
      #expect(resumed.candidates == whole.candidates, "stopped after \(steps) steps")
      #expect(resumed.events.first == .resumed(answers: steps))
      #expect(Array(resumed.events.dropFirst()) == whole.events)
      #expect(resumed.checkpoints == Array(whole.checkpoints.dropFirst(steps)))
    }
  }

  @Test func `of another edit begins anew`() throws {
    let checkpoint = try #require(try run(request(), stoppingAt: 6).checkpoints.last)
    let changes: [(inout EditRequest) -> Void] = [
      { $0.prompt += "!" }, { $0.negativePrompt = "dark" }, { $0.seed += 1 }, { $0.steps = 5 },
      { $0.image = Scene.png(width: 100, height: 81) },
      { $0.mask = Hole(width: 100, height: 80, boxes: [(31, 20, 40, 35)]).png },
    ]
    for (number, change) in changes.enumerated() {
      var other = request()
      change(&other)
      if number == 4 { other.mask = Hole(width: 100, height: 81, boxes: [(30, 20, 40, 35)]).png }
      let fresh = try run(other)
      let found = try run(other, from: checkpoint)
      #expect(found.candidates == fresh.candidates && found.events == fresh.events, "\(number)")
    }
  }

  @Test func `that is damaged is passed over`() throws {
    let checkpoint = try #require(try run(request(), stoppingAt: 2).checkpoints.last)
    let fingerprint = String(decoding: checkpoint[16..<80], as: UTF8.self)
    #expect(EditCheckpoint(checkpoint, of: fingerprint)?.answers.map(\.count) == [2])
    var generator = SeededGenerator(11)
    for round in 0..<2000 {
      var bytes = checkpoint
      switch round % 3 {
      case 0: bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8(round % 8)
      case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      default: bytes.append(contentsOf: bytes.prefix(1 + round % 70))
      }
      #expect(EditCheckpoint(bytes, of: fingerprint) == nil, "round \(round)")
    }
    var flipped = checkpoint
    flipped[200] ^= 1
    let fresh = try run(request())
    #expect(try run(request(), from: flipped).events == fresh.events)
  }

  @Test func `with numbers that promise too much is passed over`() throws {
    let fingerprint = String(repeating: "a", count: 64)
    let tensor = Tensor([1, 2, 3, 4], shape: [1, 1, 2, 2])
    let sound = EditCheckpoint(fingerprint: fingerprint, answers: [[tensor], []])
    #expect(EditCheckpoint(sound.encoded, of: fingerprint)?.answers[0][0].values == tensor.values)
    for word in 0..<6 {
      var bytes = Array(sound.encoded.dropLast(64))
      for byte in 0..<4 { bytes[80 + 4 * word + byte] = 0xff }
      let digest = Array(SHA256.hexadecimal(of: bytes).utf8)
      #expect(EditCheckpoint(bytes + digest, of: fingerprint) == nil, "word \(word)")
    }
  }
}
