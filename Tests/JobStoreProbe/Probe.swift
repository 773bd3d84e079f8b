import Glibc
import JobStoreSQLite
import Jobs

/// A process of its own around a job store, for tests that kill it or watch its system calls.
///
///     JobStoreProbe submit DIR COUNT    accepts jobs, prints each id once it is promised
///     JobStoreProbe work DIR            claims, prints the id, and never finishes
///     JobStoreProbe end DIR COUNT       ends jobs that somebody wants to hear of, prints each id
///     JobStoreProbe bench DIR COUNT     times durable submits of 1, 16 and 100 clients
@main struct Probe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { throw Usage() }
    let store = try SQLiteJobStore(directory: arguments[2], settings: settings)
    switch arguments[1] {
    case "submit": try await submit(store, count: Int(arguments.last ?? "") ?? 1)
    case "work": try await work(store)
    case "end": try await end(store, count: Int(arguments.last ?? "") ?? 1)
    case "bench": try await bench(store, count: Int(arguments.last ?? "") ?? 1000)
    default: throw Usage()
    }
  }

  struct Usage: Error {}

  /// At once and unbuffered: whoever reads this may kill the process next.
  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }

  private static var settings: JobStoreSettings {
    var settings = JobStoreSettings()
    settings.queueLimit = .max
    return settings
  }

  private static func submit(_ store: SQLiteJobStore, count: Int) async throws {
    var parameters = EditParameters()
    parameters.prompt = "a red circle"
    for number in 0..<count {
      let picture = Array("picture \(number)".utf8)
      let image = try await store.put(picture, mediaType: "image/png")
      let submission = Submission(
        owner: "probe", parameters: parameters, seed: 1, image: image)
      guard case .accepted(let job) = try await store.submit(submission) else { throw Usage() }
      say("accepted \(job.id) \(image.hash)")
    }
    await store.close()
  }

  private static func bench(_ store: SQLiteJobStore, count: Int) async throws {
    for clients in [1, 16, 100] {
      let spent = try await ContinuousClock().measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for client in 0..<clients {
            group.addTask { try await send(store, client, count / clients) }
          }
          try await group.waitForAll()
        }
      }
      let rate = Double(count / clients * clients) / spent.inSeconds
      say("\(clients) clients: \(Int(rate)) submits per second, each with a picture of 100 kB")
    }
    await store.close()
  }

  private static func send(_ store: SQLiteJobStore, _ client: Int, _ count: Int) async throws {
    var parameters = EditParameters()
    parameters.prompt = "a red circle"
    for _ in 0..<count {
      var picture = [UInt8](repeating: UInt8(truncatingIfNeeded: client), count: 100_000)
      picture[0...7] =
        [UInt8](withUnsafeBytes(of: UInt64.random(in: 0 ... .max)) { Array($0) })[...]
      let image = try await store.put(picture, mediaType: "image/png")
      let submission = Submission(
        owner: "probe", parameters: parameters, seed: 1, image: image)
      guard case .accepted = try await store.submit(submission) else { throw Usage() }
    }
  }

  private static func end(_ store: SQLiteJobStore, count: Int) async throws {
    let image = try await store.put([1], mediaType: "image/png")
    let webhook = WebhookSubscription(url: try WebhookURL("https://example.org/hook"))
    let failure = Outcome.failed(JobError(code: "probe", detail: "ended"), isTransient: false)
    for _ in 0..<count {
      let submission = Submission(
        owner: "probe", parameters: EditParameters(), seed: 1, image: image, webhook: webhook)
      guard case .accepted = try await store.submit(submission),
        let claimed = try await store.claim(worker: "probe", lease: .seconds(60)),
        try await store.finish(claimed.lease, failure) == .written(.failed)
      else { throw Usage() }
      say("ended \(claimed.job.id)")
    }
    await store.close()
  }

  private static func work(_ store: SQLiteJobStore) async throws {
    while let claimed = try await store.claim(worker: "probe", lease: .seconds(3600)) {
      say("claimed \(claimed.job.id)")
    }
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}
