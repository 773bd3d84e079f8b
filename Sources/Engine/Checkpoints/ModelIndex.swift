/// `model_index.json` of a diffusers folder: which pipeline, and which class plays each part.
package struct ModelIndex: Sendable, Equatable {
  /// A part's class and the library that defines it, such as `diffusers`, `AutoencoderKL`.
  package struct Component: Sendable, Equatable {
    package let library: String
    package let className: String
  }

  /// `_class_name`, such as `StableDiffusionInpaintPipeline`.
  package let pipeline: String
  /// The parts that are there; a part given as `[null, null]` is not.
  package let components: [String: Component]

  /// Reads the file's members; settings of the pipeline that are no parts are passed over.
  init(_ members: JSONObject, path: String) throws(CheckpointError) {
    guard case .string(let pipeline)? = members["_class_name"] else {
      throw .unexpectedJSON(path: path, key: "_class_name", reason: "must name a pipeline")
    }
    var components: [String: Component] = [:]
    for key in members.keys where !key.hasPrefix("_") {
      guard case .array(let pair)? = members[key] else { continue }
      switch (pair.count, pair.first, pair.last) {
      case (2, .null?, .null?): continue
      case (2, .string(let library)?, .string(let className)?):
        components[key] = Component(library: library, className: className)
      default:
        throw .unexpectedJSON(
          path: path, key: key, reason: "must be a pair of library and class, or two nulls")
      }
    }
    self.pipeline = pipeline
    self.components = components
  }
}
