package import Jobs
import Locks

/// What the workers of other processes serve, as they registered it in the store.
package final class RegisteredModels: Sendable {
  /// The key of a worker's description under which its catalogue stands.
  package static let key = "catalogue"
  /// How long an answer is good for: submissions shall not each ask the store.
  private static let validity = Duration.seconds(1)

  private let store: any JobStore
  private let silence: Duration
  private let latest = Lock<(catalogue: ModelCatalogue, read: ContinuousClock.Instant)?>(nil)

  /// - Parameter silence: a worker not heard of for so long serves nothing.
  package init(_ store: any JobStore, silence: Duration) {
    self.store = store
    self.silence = silence
  }

  package func catalogue() async throws -> ModelCatalogue {
    let known = latest.withLock { $0 }
    if let known, known.read + Self.validity > .now { return known.catalogue }
    let workers = try await store.workers(seenWithin: silence)
    let catalogue = ModelCatalogue(joining: try workers.compactMap(Self.catalogue))
    latest.withLock { $0 = (catalogue, .now) }
    return catalogue
  }

  /// `nil` for a worker of a version that registered none.
  private static func catalogue(of worker: WorkerRecord) throws -> ModelCatalogue? {
    guard case .object(let fields) = worker.description, let value = fields[key] else { return nil }
    return try JSONText.decode(ModelCatalogue.self, from: JSONText.encode(value))
  }
}

extension ModelCatalogue {
  /// Every model that one of them serves, and the judges that all of them have: whoever takes the
  /// job can score it.
  init(joining catalogues: [ModelCatalogue]) {
    var models: [ModelDescription] = []
    for model in catalogues.flatMap(\.models)
    where !models.contains(where: { $0.id == model.id && $0.hash == model.hash }) {
      models.append(model)
    }
    let judges = (catalogues.first?.judges ?? []).filter { judge in
      catalogues.allSatisfy { $0.judges.contains(judge) }
    }
    func names(_ path: KeyPath<ModelCatalogue, String>) -> String {
      Set(catalogues.map { $0[keyPath: path] }).sorted().joined(separator: ", ")
    }
    self.init(
      models: models, judges: judges, kernelSet: names(\.kernelSet), blasCore: names(\.blasCore))
  }
}
