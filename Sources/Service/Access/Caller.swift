/// Who asks: the key of a request, or everybody where there are no keys.
package struct Caller: Sendable {
  /// For logs; nil without a key.
  package let keyID: String?
  /// Whose jobs its jobs are.
  package let owner: String
  package let scopes: Set<Scope>
  /// Jobs that the owner may have queued and running; nil is no limit.
  package let jobsInFlight: Int?

  package init(_ key: APIKey) {
    keyID = key.id
    owner = key.owner
    scopes = key.scopes
    jobsInFlight = key.quota.jobsInFlight
  }

  private init(owner: String, scopes: Set<Scope>) {
    keyID = nil
    self.owner = owner
    self.scopes = scopes
    jobsInFlight = nil
  }

  /// Everybody, where no keys are configured; no admin, so that keys' jobs stay theirs if the file
  /// is left out once.
  package static let everybody = Caller(owner: "local", scopes: [.edit, .read])

  /// May do nothing and owns nothing: no owner has an empty name.
  package static let nobody = Caller(owner: "", scopes: [])

  /// Whether jobs of `owner` are there for this caller.
  package func sees(_ owner: String) -> Bool {
    scopes.contains(.admin) || owner == self.owner
  }

  /// Whose jobs a list shows; nil is everybody's.
  package var listedOwner: String? { scopes.contains(.admin) ? nil : owner }
}
