import Models

/// An adapter that one edit asks for, by its name.
package struct AdapterChoice: Sendable, Equatable {
  package var name: String
  /// `nil` is the weight that the adapter was loaded with.
  package var weight: Double?

  package init(name: String, weight: Double? = nil) {
    self.name = name
    self.weight = weight
  }
}

/// The adapters of a loaded model.
struct EditorAdapters: Sendable {
  struct Choosable: Sendable {
    let adapter: Adapter
    let weight: Double
  }

  /// Part of the weights of every edit.
  private(set) var merged: [Receipt.Adapter] = []
  private var choosable: [String: Choosable] = [:]

  /// Reads the files; throws for a name given twice.
  static func files(
    _ sources: [AdapterSource]
  ) throws -> [(source: AdapterSource, file: AdapterFile)] {
    var names: Set<String> = []
    return try sources.map { source in
      guard names.insert(source.name).inserted else {
        throw EditError.model("two adapters are called '\(source.name)'; give each its own name")
      }
      guard source.weight.isFinite else {
        throw EditError.model("the weight of the adapter '\(source.name)' must be a number")
      }
      return (source, try AdapterFile(path: source.path))
    }
  }

  init(
    _ files: [(source: AdapterSource, file: AdapterFile)], for networks: EditorNetworks
  ) throws(ModelError) {
    for (source, file) in files {
      guard !source.isMerged else {
        merged.append(.init(name: source.name, hash: file.hash, weight: source.weight))
        continue
      }
      choosable[source.name] = Choosable(
        adapter: try networks.adapter(file), weight: source.weight)
    }
  }

  /// The adapters that a request names, in its order.
  /// - Throws: `EditError.invalidRequest` for a name that is not there, or twice.
  func chosen(_ choices: [AdapterChoice]) throws(EditError) -> [ChosenAdapter] {
    var chosen: [ChosenAdapter] = []
    for choice in choices {
      guard let found = choosable[choice.name] else {
        let names = choosable.keys.sorted()
        throw .invalidRequest(
          field: "adapters",
          detail: "'\(choice.name)' is not loaded; there "
            + (names.isEmpty ? "are none" : "are " + names.joined(separator: ", ")))
      }
      guard !chosen.contains(where: { $0.name == choice.name }) else {
        throw .invalidRequest(field: "adapters", detail: "'\(choice.name)' is named twice")
      }
      let weight = choice.weight ?? found.weight
      guard weight.isFinite else {
        throw .invalidRequest(
          field: "adapters", detail: "the weight of '\(choice.name)' must be a number")
      }
      chosen.append(ChosenAdapter(name: choice.name, adapter: found.adapter, weight: weight))
    }
    return chosen
  }
}

/// An adapter as one edit uses it.
struct ChosenAdapter: Sendable {
  let name: String
  let adapter: Adapter
  let weight: Double
}

extension EditorModel {
  /// The pipeline with an edit's adapters beside its layers.
  func pipeline(with adapters: [ChosenAdapter]) throws(ModelError) -> InpaintingPipeline {
    guard !adapters.isEmpty else { return pipeline }
    var adapted = pipeline
    adapted.networks = try pipeline.networks.adapted(by: adapters.map { ($0.adapter, $0.weight) })
    return adapted
  }

  /// What changed the weights of an edit, merged adapters first; nothing where none did.
  func receipt(of adapters: [ChosenAdapter]) -> [Receipt.Adapter]? {
    let all =
      self.adapters.merged
      + adapters.map { .init(name: $0.name, hash: $0.adapter.hash, weight: $0.weight) }
    return all.isEmpty ? nil : all
  }
}
