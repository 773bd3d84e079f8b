package import Imaging
import Layers

/// HPSv2: which picture people prefer for a prompt; a ViT-H/14 in open_clip's layout, inside
/// `state_dict`.
///
/// Source: Wu et al. 2023, section 4, and the hpsv2 package, whose score is the plain cosine.
package struct HPSv2Scorer: PictureScorer {
  private let matcher: CLIPMatcher

  package init(matcher: CLIPMatcher) { self.matcher = matcher }

  /// Opens the published file.
  /// - Parameter tokenizer: a folder with CLIP's vocabulary, which the file does not carry.
  package init(path: String, tokenizer: String) throws {
    matcher = try CLIPMatcher(path: path, tokenizer: tokenizer, activation: .gelu) {
      JudgePreprocessor.hpsv2(side: $0)
    }
  }

  package var name: String { "HPSv2 (\(matcher.model.configuration.variant))" }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    try matcher.cosine(picture, prompt: prompt)
  }
}
