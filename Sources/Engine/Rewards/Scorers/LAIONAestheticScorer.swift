import Checkpoints
package import Imaging
package import Layers
package import Models

/// LAION's aesthetic predictor, about 1 to 10: a head on the embeddings of a CLIP, ViT-L/14 for the
/// published ones.
package struct LAIONAestheticScorer: PictureScorer {
  private let vision: CLIPVisionModel
  private let head: LAIONAestheticHead
  private let preprocessor: JudgePreprocessor
  private let variant: String

  /// Throws where the head reads embeddings of another width.
  /// - Parameter variant: of the CLIP, such as `ViT-L/14`.
  package init(
    vision: CLIPVisionModel, head: LAIONAestheticHead, variant: String
  ) throws(RewardError) {
    guard vision.configuration.projection == head.width else {
      throw .unusable(
        path: "aesthetic head",
        reason: "it reads embeddings of width \(head.width), \(variant) gives "
          + "\(vision.configuration.projection); name the CLIP that it was trained on")
    }
    (self.vision, self.head, self.variant) = (vision, head, variant)
    preprocessor = .openCLIP(side: vision.configuration.imageSize)
  }

  /// Opens the head's file and the CLIP that it reads.
  package init(head: String, clip: String, activation: Activation? = nil) throws {
    let checkpoint = try CLIPCheckpoint(path: clip, activation: activation)
    try self.init(
      vision: try checkpoint.visionModel(),
      head: try LAIONAestheticHead(weights: try WeightStore(judge: head)),
      variant: checkpoint.configuration.variant)
  }

  package var name: String { "LAION aesthetic (\(variant))" }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    let embedding = try vision(pixels: try preprocessor(picture))
    return Double(try head(embedding).values[0])
  }
}
