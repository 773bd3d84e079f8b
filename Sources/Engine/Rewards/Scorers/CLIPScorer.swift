package import Imaging
package import Layers

/// CLIPScore: how well a picture fits a text by CLIP's cosine.
///
/// Source: Hessel et al. 2021, section 3; `w = 2.5`, and the prefix of their code.
package struct CLIPScorer: PictureScorer {
  /// One picture's result; scores of different variants cannot be compared.
  package struct Result: Sendable, Equatable {
    /// Such as `ViT-B/32`.
    package let variant: String
    /// Between the embeddings, -1...1.
    package let cosine: Double
    /// The score of the paper, 2.5 · max(cosine, 0).
    package let clipScore: Double
  }

  package static let weight = 2.5

  private let matcher: CLIPMatcher
  /// Stands before every text.
  package var prefix = "A photo depicts "

  package init(matcher: CLIPMatcher) { self.matcher = matcher }

  /// Opens ViT-B/32, on which the paper's numbers stand, or another CLIP: see `CLIPMatcher`.
  package init(path: String, tokenizer: String? = nil, activation: Activation? = nil) throws {
    matcher = try CLIPMatcher(path: path, tokenizer: tokenizer, activation: activation) {
      JudgePreprocessor.openCLIP(side: $0)
    }
  }

  package var variant: String { matcher.model.configuration.variant }
  package var name: String { "CLIPScore (\(variant))" }

  package func result(_ picture: FloatImage, prompt: String) throws -> Result {
    let cosine = try matcher.cosine(picture, prompt: prefix + prompt)
    return Result(
      variant: variant, cosine: cosine, clipScore: Self.weight * max(cosine, 0))
  }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    try result(picture, prompt: prompt).clipScore
  }
}
