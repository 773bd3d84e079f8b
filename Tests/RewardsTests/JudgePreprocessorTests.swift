import Checkpoints
import Imaging
import Rewards
import Tensors
import Testing

/// Pictures against Pillow, torchvision and transformers: see
/// `Scripts/fixtures/make_preprocessing.py`.
@Suite struct JudgePreprocessorTests {
  static let sources = [
    "odd", "even", "same", "one-side", "small", "one-pixel", "wide", "tall", "grey", "clear",
    "clear-same", "clear-small", "large",
  ]

  static let transforms: KeyValuePairs = [
    "open_clip": JudgePreprocessor.openCLIP(side: 16),
    "hpsv2": .hpsv2(side: 16),
    "clip": .clip(side: 16),
    "clip-small-crop": clip(.shortestSide(25), crop: (18, 14), .bilinear),
    "clip-large-crop": clip(.exact(width: 15, height: 12), crop: (18, 17), .lanczos3),
    "blip": .blip(side: 16),
  ]

  private static func clip(
    _ resize: JudgePreprocessor.Resize, crop: (width: Int, height: Int), _ filter: ResampleFilter
  ) -> JudgePreprocessor {
    var preprocessor = JudgePreprocessor.clip()
    preprocessor.resize = resize
    preprocessor.crop = .init(width: crop.width, height: crop.height)
    preprocessor.filter = filter
    return preprocessor
  }

  private func golden() throws -> SafetensorsFile {
    try SafetensorsFile(path: Fixtures.path("preprocessing.safetensors"))
  }

  /// One step of 8 bits in normalised numbers, of the channel with the smallest deviation.
  private static let step: Float = 1 / 255 / 0.26130258

  /// The largest difference, in steps of 8 bits.
  private func difference(
    _ preprocessor: JudgePreprocessor, _ source: String, _ transform: String
  ) throws -> Float {
    let golden = try golden()
    let pixels = try preprocessor(try golden.picture(source))
    let wanted = try golden.tensor("\(source):\(transform)")
    let shape = pixels.shape.extents
    guard shape.first == 1 else { return .infinity }
    return largestDifference(pixels.reshaped(Array(shape.dropFirst())), wanted) / Self.step
  }

  @Test(arguments: sources)
  func `pixels are the reference's`(source: String) throws {
    for (name, preprocessor) in Self.transforms {
      let difference = try difference(preprocessor, source, name)
      // All but the one on floats compute with 8 bits as Pillow does: nothing but the last
      // division is rounded otherwise.
      #expect(difference < (name == "hpsv2" ? 0.01 : 0.001), "\(name): \(difference) steps")
    }
  }

  @Test func `the published size is the reference's`() throws {
    let golden = try golden()
    let values = try JudgePreprocessor.openCLIP()(try golden.picture("large")).values
    let some = stride(from: 0, to: values.count, by: 13).map { values[$0] }
    let wanted = try golden.tensor("large:published")
    #expect(largestDifference(Tensor(some, shape: [some.count]), wanted) < 0.001 * Self.step)
    #expect(values.count == 224 * 224 * 3)
  }

  @Test func `every step matters`() throws {
    // What is done otherwise, and a picture on which it shows by more than one step of 8 bits.
    let faults: [(String, String, (inout JudgePreprocessor) -> Void)] = [
      ("odd", "open_clip", { $0.filter = .lanczos3 }),
      ("odd", "open_clip", { $0.resize = .exact(width: 16, height: 16) }),
      ("odd", "open_clip", { $0.mean.swapAt(0, 2) }),
      ("odd", "open_clip", { $0.deviation.swapAt(0, 2) }),
      ("clear", "open_clip", { $0.conversion = .first }),
      ("clear", "clip", { $0.conversion = .last }),
      ("one-side", "open_clip", { $0.centring = .down }),
      ("one-side", "clip", { $0.centring = .even }),
      ("small", "open_clip", { $0.arithmetic = .floats }),
    ]
    for (source, transform, change) in faults {
      var preprocessor = try #require(Self.transforms.first { $0.key == transform }?.value)
      #expect(try difference(preprocessor, source, transform) < 0.001)
      change(&preprocessor)
      #expect(try difference(preprocessor, source, transform) > 1, "\(source), \(transform)")
    }
  }

  @Test func `a picture of one row costs no more than its crop`() throws {
    let line = FloatImage(repeating: 0.5, width: 1 << 20, height: 1, channels: 3)
    #expect(try JudgePreprocessor.openCLIP()(line).shape == [1, 224, 224, 3])
  }

  @Test func `pictures of other channels are refused`() {
    let picture = FloatImage(repeating: 0.5, width: 4, height: 4, channels: 2)
    #expect(throws: ImagingError.self) { try JudgePreprocessor.clip()(picture) }
  }

  // MARK: Configuration

  private func read(_ text: String) throws -> JudgePreprocessor {
    let value = try Array(text.utf8).withUnsafeBytes {
      try JSONParser.parse($0, limits: .configuration)
    }
    guard case .object(let members) = value else { return .clip() }
    return try JudgePreprocessor(members, path: "preprocessor_config.json")
  }

  @Test func `a processor's file is read`() throws {
    #expect(try read("{}") == .clip())
    #expect(
      try read(
        """
        {"feature_extractor_type": "CLIPFeatureExtractor", "crop_size": 336, "size": 336,
         "do_center_crop": true, "resample": 3, "image_mean": [0.48145466, 0.4578275, 0.40821073]}
        """) == .clip(side: 336))
    #expect(
      try read(
        """
        {"image_processor_type": "BlipImageProcessor", "size": {"height": 384, "width": 384},
         "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_pad": null}
        """) == .blip())
    var plain = JudgePreprocessor.clip()
    (plain.resize, plain.crop) = (nil, nil)
    (plain.mean, plain.deviation) = ([0, 0, 0], [1, 1, 1])
    #expect(
      try read(#"{"do_resize": false, "do_center_crop": false, "do_normalize": false}"#) == plain)
  }

  @Test(arguments: [
    #"{"image_processor_type": "ViTImageProcessor"}"#, #"{"do_rescale": false}"#,
    #"{"rescale_factor": 0.1}"#, #"{"resample": 0}"#, #"{"size": {"longest_edge": 9}}"#,
    #"{"size": 0}"#, #"{"crop_size": "big"}"#, #"{"image_std": [1, 1]}"#,
    #"{"image_std": [0, 1, 1]}"#, #"{"do_resize": 1}"#,
  ])
  func `what would change pixels unknown is refused`(text: String) {
    #expect(throws: RewardError.self) { try read(text) }
  }
}
