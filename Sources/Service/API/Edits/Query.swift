import HTTP
import Jobs

/// The query of a request; names that mean nothing are refused.
struct Query {
  let items: QueryItems

  init(_ request: Request, allowed: Set<String>) throws(APIError) {
    do throws(HTTPError) {
      items = try QueryItems(request.head.target.query)
    } catch {
      throw .transport(error)
    }
    var seen: Set<String> = []
    for (name, _) in items.items {
      guard allowed.contains(name) else {
        let names = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
        throw Self.error(name, "is not a parameter here; leave it out. Parameters: \(names)")
      }
      guard seen.insert(name).inserted else {
        throw Self.error(name, "is there more than once: send it once")
      }
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let text = items[name] else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
      range.contains(value)
    else {
      throw Self.error(
        name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// One state, or several with commas between.
  func states(_ name: String) throws(APIError) -> Set<JobState> {
    guard let text = items[name] else { return [] }
    var states: Set<JobState> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let state = JobState(rawValue: String(word)) else {
        let names = JobState.allCases.map(\.rawValue).joined(separator: ", ")
        throw Self.error(name, "must be some of \(names), with commas between")
      }
      states.insert(state)
    }
    return states
  }

  func cursor(_ name: String) throws(APIError) -> JobCursor? {
    guard let text = items[name] else { return nil }
    guard let cursor = JobCursor(text) else {
      throw Self.error(name, "must be next_cursor of the page before")
    }
    return cursor
  }

  private static func error(_ name: String, _ detail: String) -> APIError {
    .invalidField("?\(name)", detail)
  }
}
