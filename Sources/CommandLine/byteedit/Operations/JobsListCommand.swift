import ArgumentParser
import JobStoreSQLite
import Jobs

/// Lists jobs, newest first.
struct JobsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List jobs, newest first.")

  @OptionGroup var options: JobsOptions

  @Option(help: "Only jobs in this state; may be repeated.")
  var state: [JobState] = []

  @Option(help: "Only jobs of this owner.")
  var owner: String?

  @Option(help: "At most so many; 0 lists all.")
  var limit = 50

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func run() async throws {
    let listings = try await options.withStore { try await jobs($0) }.map(JobListing.init)
    print(options.json ? try JSONText.encode(listings) : JobListing.table(listings))
  }

  private func jobs(_ store: SQLiteJobStore) async throws -> [Job] {
    let limit = limit > 0 ? limit : Int.max
    var query = JobQuery(owner: owner, states: Set(state), limit: min(limit, 1000))
    var jobs: [Job] = []
    repeat {
      query.limit = min(limit - jobs.count, 1000)
      let page = try await store.jobs(query)
      jobs += page.jobs
      query.cursor = page.next
    } while query.cursor != nil && jobs.count < limit
    return jobs
  }
}

/// Shows one job with its history.
struct JobsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one job: parameters, prompt included, pictures, history.")

  @OptionGroup var options: JobsOptions
  @Argument(help: "The job's id.") var id: JobID

  func run() async throws {
    let details = try await options.withStore { store in
      JobDetails(
        try await store.existing(id), events: try await store.events(of: id, after: 0, limit: 1000),
        deliveries: try await store.deliveries(of: id))
    }
    print(options.json ? try JSONText.encode(details) : try details.text())
  }
}
