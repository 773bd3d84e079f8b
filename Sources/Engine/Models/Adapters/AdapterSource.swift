/// An adapter that a model is loaded with.
package struct AdapterSource: Sendable, Equatable {
  /// What requests and receipts call it.
  package var name: String
  package var path: String
  /// How strong it is where a request does not say; negative turns it round.
  package var weight: Double
  /// Part of the weights of every edit; otherwise there for the requests that name it.
  package var isMerged: Bool

  package init(name: String, path: String, weight: Double = 1, isMerged: Bool = false) {
    self.name = name
    self.path = path
    self.weight = weight
    self.isMerged = isMerged
  }
}
