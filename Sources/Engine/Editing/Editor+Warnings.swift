import Imaging

extension Editor {
  /// What the caller should know about this edit, one sentence each.
  func warnings(
    _ canvas: Canvas, _ text: TextReading, _ settings: ResolvedSettings
  ) -> [String] {
    var warnings = canvas.picture.notes.map(\.sentence)
    if text.isPromptTruncated {
      warnings.append("The prompt is longer than the text encoder reads; its end was cut.")
    }
    if text.isNegativePromptTruncated {
      warnings.append("The negative prompt is longer than the text encoder reads; its end was cut.")
    }
    if !model.knows(settings.prompt) {
      warnings.append(
        "The prompt names nothing of this model's vocabulary (see /v1/models); expect a plausible "
          + "fill at best.")
    }
    return warnings
  }
}

extension PictureNote {
  var sentence: String {
    switch self {
    case .convertedFromCMYK: "The picture was converted from CMYK to sRGB."
    case .convertedFromGreyProfile: "The grey picture was converted from its profile to sRGB."
    case .profileIgnored:
      "The picture's colour profile cannot be used; its numbers were read as sRGB."
    }
  }
}

extension EditorModel {
  /// Whether a prompt names something of the model's vocabulary; true for models without one.
  func knows(_ prompt: String) -> Bool {
    let words = settings.vocabulary.flatMap { [$0.name] + $0.synonyms }
    guard !words.isEmpty, !prompt.isEmpty else { return true }
    if prompt == settings.backgroundPrompt { return true }
    let padded = " " + prompt.lowercased().map { $0.isLetter ? $0 : " " } + " "
    return words.contains { padded.contains(" \($0.lowercased()) ") }
  }
}
