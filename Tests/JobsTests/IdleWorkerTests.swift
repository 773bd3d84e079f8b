import Jobs
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A worker that waits` {
  private let notifier = ChangeNotifier()

  private func job() throws -> ClaimedJob {
    let parameters = EditParameters()
    let image = BlobReference(hash: try BlobHash(of: [1]), byteCount: 1, mediaType: "image/png")
    let now = Timestamp(milliseconds: 0)
    let job = Job(
      id: .random(), owner: "o", state: .running, parameters: parameters, seed: 1, image: image,
      mask: nil, attempt: 1, maxAttempts: 3, createdAt: now, runAt: now, startedAt: now,
      finishedAt: nil, sequence: 2, cancelRequested: false, progress: nil, result: nil, error: nil,
      traceparent: nil, webhook: nil)
    return ClaimedJob(job: job, lease: Lease(job: job.id, token: 1))
  }

  @Test func `is reserved once, and gets what it is handed`() async throws {
    let worker = notifier.idleWorker("w", lease: .seconds(5))
    let reserved = try #require(notifier.reserveIdleWorker())
    #expect(reserved.id == "w" && reserved.lease == .seconds(5))
    #expect(notifier.reserveIdleWorker() == nil)
    let job = try job()
    reserved.hand(job)
    await worker.wait(timeout: .seconds(60))
    #expect(await worker.leave() == job)
    notifier.discard(worker)
    #expect(notifier.waiting == 0)
  }

  @Test func `whose time ends while a claim is written still gets the job`() async throws {
    let worker = notifier.idleWorker("w", lease: .seconds(5))
    let reserved = try #require(notifier.reserveIdleWorker())
    await worker.wait(timeout: .zero)
    async let left = worker.leave()
    try await Task.sleep(for: .milliseconds(20))
    let job = try job()
    reserved.hand(job)
    #expect(await left == job)
  }

  @Test func `goes without a job where none was claimed after all`() async throws {
    let worker = notifier.idleWorker("w", lease: .seconds(5))
    let reserved = try #require(notifier.reserveIdleWorker())
    reserved.hand(nil)
    await worker.wait(timeout: .seconds(60))
    #expect(await worker.leave() == nil)
  }

  @Test func `is not reserved once it has left`() async {
    let worker = notifier.idleWorker("w", lease: .seconds(5))
    #expect(await worker.leave() == nil)
    #expect(notifier.reserveIdleWorker() == nil)
    notifier.discard(worker)
  }

  @Test func `is woken by work like any other`() async {
    let worker = notifier.idleWorker("w", lease: .seconds(5))
    notifier.workArrived()
    await worker.wait(timeout: .seconds(60))
    #expect(await worker.leave() == nil)
    #expect(notifier.waiting == 0)
  }
}
