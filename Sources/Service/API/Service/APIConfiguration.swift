package import Imaging
package import Jobs
package import Sockets

/// What the API is told from outside; sizes in bytes.
package struct APIConfiguration: Sendable {
  package var images = ImageLimits()
  package var formBody = 64 << 20
  package var jsonBody = 32 << 20
  package var jsonDepth = 32
  /// The longest time a request waits for a job, whatever it asks for.
  package var maximumWait = Duration.seconds(60)
  package var pageLimit = 100
  /// What links are built from, such as `https://edit.example.org`; nil makes them relative.
  package var publicURL: String?
  /// Where bodies over 1 MiB are kept while they arrive.
  package var spoolDirectory = "/tmp"
  /// Threads that check pictures, and as many that check masks; each may hold one decoded picture.
  package var checkers = 1
  /// Submissions that arrive or are checked at one time, in all and from one address; a whole
  /// backend may be one address.
  package var submissions = 128
  package var submissionsPerAddress = 64
  /// Proxies whose word on a client's address is taken.
  package var trustedProxies: [NetworkRange] = []
  /// What of the server's limits `/v1/models` tells, by name.
  package var connectionLimits: [String: Int] = [:]
  /// A worker not heard of for so long does not count as alive.
  package var workerSilence = Duration.seconds(30)

  /// A stream of events says so often that it lives, where nothing happens.
  package var eventHeartbeat = Duration.seconds(15)

  /// Whether an OpenAI-shaped request may name any model and get the default one: clients that know
  /// only OpenAI's names work unchanged.
  package var takesAnyModel = true
  /// The longest time a request in another service's form waits for its pictures.
  package var longestEdit = Duration.seconds(600)
  /// What stands against a webhook's URL, as a field's problem; `nil` for one that is fine.
  package var webhookRefusal: @Sendable (WebhookURL) -> String? = { _ in
    "is not to be had here: this service delivers no webhooks"
  }
  /// Of the service, for `/v2`.
  package var version = ""

  package init() {}
}
