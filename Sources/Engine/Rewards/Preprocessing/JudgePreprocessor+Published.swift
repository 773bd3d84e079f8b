import Imaging

/// The transforms that published scorers come with.
extension JudgePreprocessor {
  /// OpenAI's `clip.load` and open_clip's evaluation: shorter side, centre, RGB.
  ///
  /// CLIPScore and the aesthetic heads use it.
  package static func openCLIP(side: Int = 224) -> JudgePreprocessor {
    JudgePreprocessor(resize: .shortestSide(side), crop: CropSize(width: side, height: side))
  }

  /// ImageReward's, which is CLIP's at 224 pixels.
  package static let imageReward = openCLIP()

  /// transformers' `CLIPImageProcessor` (the one on Pillow), as PickScore uses it.
  package static func clip(side: Int = 224) -> JudgePreprocessor {
    var preprocessor = openCLIP(side: side)
    (preprocessor.conversion, preprocessor.centring) = (.first, .down)
    return preprocessor
  }

  /// transformers' `BlipImageProcessor` (the one on Pillow): squeezed into the square.
  package static func blip(side: Int = 384) -> JudgePreprocessor {
    var preprocessor = JudgePreprocessor(resize: .exact(width: side, height: side))
    preprocessor.conversion = .first
    return preprocessor
  }

  /// HPSv2's: floats first, the longer side, black bars.
  ///
  /// Antialiased, as torchvision does since 0.17.
  package static func hpsv2(side: Int = 224) -> JudgePreprocessor {
    var preprocessor = JudgePreprocessor(resize: .longestSide(side))
    preprocessor.arithmetic = .floats
    return preprocessor
  }
}
