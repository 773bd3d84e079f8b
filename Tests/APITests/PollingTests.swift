import HTTP
import HTTPTypes
import Jobs
import Testing

@testable import API

@Suite(.timeLimit(.minutes(1))) struct `Polling a job` {
  @Test func `tells every step of a running one, and alike what stands still`() async throws {
    let service = try TestService()
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
    let claimed = try #require(
      try await service.store.claim(worker: "test", lease: .seconds(600)))
    var sequence: Int64 = 0
    for step in 1...8 {
      let progress = JobProgress(
        stage: "denoise", step: step, steps: 8, candidate: 0, candidates: 1)
      #expect(try await service.store.report(progress, under: claimed.lease) == .held)
      let answer = try await service.call(.get, path)
      guard case .integer(let found)? = answer["sequence"] else { throw Missing() }
      #expect(answer["progress.step"] == .integer(Int64(step)) && found > sequence)
      sequence = found
    }
    let outcome = try await FakeWorker(store: service.store).outcome(of: claimed)
    _ = try await service.store.finish(claimed.lease, outcome)
    let answer = try await service.call(.get, path)
    let tag = try #require(answer.fields[.eTag])
    for _ in 0..<3 {
      let again = try await service.call(.get, path + "?wait=5")
      #expect(again.bytes == answer.bytes && again.status == 200)
      for field in [HTTPField.Name.eTag, .cacheControl, .contentType, .retryAfter] {
        #expect(again.fields[field] == answer.fields[field])
      }
      let known = try await service.call(.get, path, [.ifNoneMatch: tag])
      #expect(known.status == 304 && known.bytes.isEmpty && known.fields[.eTag] == tag)
    }
    guard case .found(let job) = try await service.store.job(try #require(JobID(answer.id)))
    else { throw Missing() }
    #expect(
      service.api.shown.answer(about: job.id, at: job.sequence) != nil, "nothing was kept")
    await service.store.close()
  }

  @Test func `of a queued one tells its place, which changes without an event`() async throws {
    let service = try TestService()
    let first = try await service.submit(try .inpaint()).id
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
    #expect(try await service.call(.get, path)["queue_position"] == 1)
    _ = try await service.call(.delete, "/v1/edits/\(first)")
    #expect(try await service.call(.get, path)["queue_position"] == 0)
  }

  @Test func `answers are kept within a limit, the newest of each job`() throws {
    let cache = DocumentCache(limit: 100)
    func answer(_ count: Int) -> DocumentCache.Answer {
      DocumentCache.Answer(
        response: Response(contentType: "a/b", [UInt8](repeating: 1, count: count)),
        tag: EntityTag("1"))
    }
    let ids = (0..<6).map { _ in JobID.random() }
    for id in ids { cache.keep(answer(20), about: id, at: 7) }
    let kept = ids.map { cache.answer(about: $0, at: 7) != nil }
    #expect(kept == [false, true, true, true, true, true])
    #expect(cache.answer(about: ids[5], at: 6) == nil && cache.answer(about: ids[5], at: 8) == nil)
    cache.keep(answer(10), about: ids[5], at: 6)
    #expect(cache.answer(about: ids[5], at: 7) != nil, "an older answer came later")
    cache.keep(answer(24), about: ids[5], at: 8)
    #expect(cache.answer(about: ids[5], at: 8) != nil && cache.answer(about: ids[1], at: 7) == nil)
    cache.keep(answer(26), about: ids[5], at: 9)
    #expect(cache.answer(about: ids[5], at: 9) == nil, "too large")
  }

  private struct Missing: Error {}
}
