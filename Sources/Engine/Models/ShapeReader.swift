/// Reads sizes off the shapes of a checkpoint that has no configuration beside it.
struct ShapeReader {
  let shapes: [String: [Int]]
  let path: String

  /// Channels of one head in the published models.
  private static let headWidth = 64

  private func shape(_ name: String, rank: Int) throws(ModelError) -> [Int] {
    guard let shape = shapes[name], shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
      let found = shapes[name].map { "has shape \($0)" } ?? "is missing"
      throw .inconsistent(path: path, key: name, reason: "\(found), \(rank) axes are expected")
    }
    return shape
  }

  /// How many numbered parts there are: the first number without the tensor.
  private func count(_ name: (Int) -> String) -> Int {
    var count = 0
    while shapes[name(count)] != nil { count += 1 }
    return count
  }

  private func heads(_ width: Int) -> Int {
    width % Self.headWidth == 0 ? width / Self.headWidth : 1
  }

  /// What a linear layer gives.
  func outputs(_ name: String) throws(ModelError) -> Int {
    try shape("\(name).weight", rank: 2)[0]
  }

  func visionTransformer(_ name: String) throws(ModelError) -> VisionTransformerConfiguration {
    let kernel = try shape("\(name).patch_embed.proj.weight", rank: 4)
    let tokens = try shape("\(name).pos_embed", rank: 3)[1]
    let hasClassToken = shapes["\(name).cls_token"] != nil
    let grid = Int(Double(tokens - (hasClassToken ? 1 : 0)).squareRoot())
    let inner = try shape("\(name).blocks.0.mlp.fc1.weight", rank: 2)[0]
    guard grid > 0, grid * grid + (hasClassToken ? 1 : 0) == tokens else {
      throw .inconsistent(
        path: path, key: "\(name).pos_embed", reason: "has \(tokens) places, which fill no square")
    }
    return VisionTransformerConfiguration(
      imageSize: grid * kernel[2], patchSize: kernel[2], width: kernel[0], innerWidth: inner,
      layers: count { "\(name).blocks.\($0).norm1.weight" }, heads: heads(kernel[0]),
      hasClassToken: hasClassToken)
  }

  func bert(_ name: String, imageWidth: Int) throws(ModelError) -> BERTConfiguration {
    let words = try shape("\(name).embeddings.word_embeddings.weight", rank: 2)
    let positions = try shape("\(name).embeddings.position_embeddings.weight", rank: 2)
    let inner = try shape("\(name).encoder.layer.0.intermediate.dense.weight", rank: 2)
    return BERTConfiguration(
      vocabularySize: words[0], width: words[1], innerWidth: inner[0],
      layers: count { "\(name).encoder.layer.\($0).output.dense.weight" }, heads: heads(words[1]),
      positions: positions[0], imageWidth: imageWidth)
  }
}
