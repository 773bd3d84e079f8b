import Glibc
package import Imaging

/// PickScore: which picture people prefer for a prompt; a ViT-H/14 in transformers' layout.
///
/// Source: Kirstain et al. 2023, section 4; the learned factor times the cosine.
package struct PickScorer: PictureScorer {
  private let matcher: CLIPMatcher
  private let factor: Double

  package init(matcher: CLIPMatcher) {
    self.matcher = matcher
    factor = exp(Double(matcher.model.logitScale.values[0]))
  }

  /// Opens the published folder.
  ///
  /// - Parameter tokenizer: the folder has none of its own; name that of
  ///   `laion/CLIP-ViT-H-14-laion2B-s32B-b79K`.
  package init(path: String, tokenizer: String? = nil) throws {
    self.init(
      matcher: try CLIPMatcher(path: path, tokenizer: tokenizer, activation: nil) {
        side throws(RewardError) in
        try JudgePreprocessor(folder: tokenizer ?? path) ?? .clip(side: side)
      })
  }

  package var name: String { "PickScore (\(matcher.model.configuration.variant))" }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    factor * (try matcher.cosine(picture, prompt: prompt))
  }
}
