import Jobs
import Testing

@Suite struct `Moments` {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
      ("1969-12-31T23:59:59.5Z", -500), ("2026-05-04T03:02:01+02:30", 1_777_854_721_000),
      ("2026-05-04t03:02:01.123456z", 1_777_863_721_123),
      ("9999-12-31T23:59:59Z", 253_402_300_799_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ] as [(String, Int64)])
  func `a date-time is read`(text: String, milliseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z",
    "2026-05-04T24:00:00Z", "2026-05-04T03:02:01", "2026-05-04T03:02:01.Z",
    "2026-05-04T03:02:01Zx", "2026-05-04T03:02:01+25:00", "+026-05-04T03:02:01Z",
    "2026-05-32T00:00:00Z", "２026-05-04T03:02:01Z",
  ])
  func `what is no date-time is refused`(_ text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test func `written and read again it is the same moment`() {
    for day in stride(from: Int64(-719_528), to: 2_932_896, by: 97) {
      let moment = Timestamp(milliseconds: day * 86_400_000 + 12_345_678)
      #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
    }
  }

  @Test func `sums stop at the ends of the range`() {
    #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
    #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
    #expect(Timestamp(milliseconds: 0) + .seconds(Int64.max) == Timestamp(milliseconds: .max))
  }
}

@Suite struct `Names` {
  @Test func `a job id carries 128 bits and is told from junk`() {
    var generator = CountingGenerator()
    #expect(JobID(using: &generator).text == "edit_00000000000000000000000001")
    let ids = Set((0..<10000).map { _ in JobID.random() })
    #expect(ids.count == 10000)
    #expect(ids.allSatisfy { JobID($0.text) == $0 })
    for junk in ["", "edit_", "edit_0000000000000000000000000U", "edit_../../../etc/passwd/aaaa"] {
      #expect(JobID(junk) == nil)
    }
  }

  @Test func `a blob's hash is the SHA-256 of its bytes`() throws {
    #expect(
      try BlobHash(of: Array("abc".utf8)).text
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try BlobHash(of: []).text
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(BlobHash(String(repeating: "A", count: 64)) == nil)
    #expect(BlobHash("../" + String(repeating: "a", count: 61)) == nil)
  }

  @Test func `an idempotency key is visible ASCII of limited length`() {
    #expect(IdempotencyKey("8e03978e-40d5-43dd-bc93-6894a57f9324") != nil)
    for text in ["", "a b", "ä", "a\u{7f}", String(repeating: "k", count: 256)] {
      #expect(IdempotencyKey(text) == nil)
    }
  }
}

/// Yields 0 and then 1: the high and the low half of the number one.
private struct CountingGenerator: RandomNumberGenerator {
  private var upcoming: UInt64 = 0

  mutating func next() -> UInt64 {
    defer { upcoming += 1 }
    return upcoming
  }
}

@Suite struct `Queue arithmetic` {
  @Test func `a retry is asked for in half the time the queue takes, between 1 and 120 seconds`() {
    func answer(_ queued: Int, mean: Double?, workers: Int) -> Int {
      QueueStatistics(
        queued: queued, running: 0, oldestQueuedSeconds: 0, meanServiceSeconds: mean, limit: 64
      ).retryAfterSeconds(workers: workers)
    }
    #expect(answer(0, mean: nil, workers: 0) == 1)
    #expect(answer(20, mean: 3, workers: 2) == 15)
    #expect(answer(1_000_000, mean: 60, workers: 1) == 120)
  }

  @Test func `waiting makes up for priority`() {
    let settings = JobStoreSettings()
    let start = Timestamp(milliseconds: 0)
    let old = settings.rank(createdAt: start, priority: 0)
    #expect(settings.rank(createdAt: start + .seconds(59), priority: 1) < old)
    #expect(settings.rank(createdAt: start + .seconds(61), priority: 1) > old)
  }

  @Test func `progress is a share of all steps of all candidates`() {
    func fraction(_ step: Int, _ candidate: Int) -> Double {
      JobProgress(stage: "denoise", step: step, steps: 8, candidate: candidate, candidates: 2)
        .fraction
    }
    #expect(fraction(4, 0) == 0.25)
    #expect(fraction(8, 1) == 1)
    #expect(JobProgress(stage: "x", step: 1, steps: 0, candidate: 0, candidates: 0).fraction == 0)
  }
}
