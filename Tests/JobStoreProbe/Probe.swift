import Glibc
import JobStoreSQLite
import Jobs

/// A process of its own around a job store, for tests that kill it or watch its system calls.
///
///     JobStoreProbe submit DIR COUNT    accepts jobs, prints each id once it is promised
///     JobStoreProbe work DIR            claims, prints the id, and never finishes
@main struct Probe {
  static func main() async throws {
    setvbuf(stdout, nil, _IOLBF, 0)
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { throw Usage() }
    let store = try SQLiteJobStore(directory: arguments[2], settings: settings)
    switch arguments[1] {
    case "submit": try await submit(store, count: Int(arguments.last ?? "") ?? 1)
    case "work": try await work(store)
    default: throw Usage()
    }
  }

  struct Usage: Error {}

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
      print("accepted \(job.id) \(image.hash)")
    }
    await store.close()
  }

  private static func work(_ store: SQLiteJobStore) async throws {
    while let claimed = try await store.claim(worker: "probe", lease: .seconds(3600)) {
      print("claimed \(claimed.job.id)")
    }
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}
