import Editing
import Jobs

extension JSONValue {
  /// What `Receipt.text` says.
  init(_ receipt: Receipt) {
    var members: [String: JSONValue] = [
      "model": .string(receipt.model), "model_hash": .string(receipt.modelHash),
      "build": .string(receipt.build), "kernel_set": .string(receipt.kernelSet),
      "blas_core": .string(receipt.blasCore), "precision": .string(receipt.precision),
      "weights": .string(receipt.weights), "task": .string(receipt.task),
      "seed": .integer(Int64(receipt.seed)), "sampler": .string(receipt.sampler),
      "steps": .integer(Int64(receipt.steps)), "guidance_scale": JSONValue(receipt.guidanceScale),
      "guidance_rescale": JSONValue(receipt.guidanceRescale),
      "strength": JSONValue(receipt.strength), "model_width": .integer(Int64(receipt.modelWidth)),
      "model_height": .integer(Int64(receipt.modelHeight)),
      "region": .array(receipt.region.map { .integer(Int64($0)) }),
      "mask_hash": .string(receipt.maskHash), "mask_feather": .integer(Int64(receipt.maskFeather)),
      "mask_resize": .string(receipt.maskResize), "hole_fill": .string(receipt.holeFill),
      "seam_repair": .boolean(receipt.seamRepair), "composite": .boolean(receipt.composite),
    ]
    members["adapters"] = receipt.adapters.map { adapters in
      .array(
        adapters.map {
          ["name": .string($0.name), "hash": .string($0.hash), "weight": JSONValue($0.weight)]
        })
    }
    members["judges"] = receipt.judges.map { judges in
      .array(
        judges.map {
          ["judge": .string($0.judge), "model": .string($0.model), "hash": .string($0.hash)]
        })
    }
    self = .object(members)
  }

  /// A whole number is one, as where JSON is read.
  private init(_ number: Double) {
    self = Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }
}
