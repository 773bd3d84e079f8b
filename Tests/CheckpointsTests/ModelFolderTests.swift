import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ModelFolderTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(
      "model_index.json",
      """
      {"_class_name": "StableDiffusionInpaintPipeline", "_diffusers_version": "0.42.1",
       "requires_safety_checker": false, "safety_checker": [null, null],
       "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
       "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
       "vae": ["diffusers", "AutoencoderKL"]}
      """)
    for part in ["text_encoder", "unet", "vae"] {
      try folder.write("\(part)/config.json", "{\"part\": \"\(part)\"}")
    }
    try folder.write("scheduler/scheduler_config.json", "{}")
    try folder.write("tokenizer/vocab.json", "{}")
    try weights("text_encoder/model.safetensors", ["t": 1])
    try weights("unet/diffusion_pytorch_model.safetensors", ["u": 2])
    try weights("vae/diffusion_pytorch_model.safetensors", ["v": 3])
  }

  private func weights(_ name: String, _ values: [String: Float]) throws {
    try SafetensorsWriter.write(
      values.mapValues { Tensor([$0], shape: [1]) }, to: "\(folder.path)/\(name)")
  }

  private func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
  }

  private func value(_ part: String, _ name: String, variant: String? = nil) throws -> Float? {
    var store = try ModelFolder(path: folder.path, variant: variant).weights(of: part)
    return try store.take(name, shape: [1]).values.first
  }

  // MARK: Parts

  @Test func `a folder is read`() throws {
    let model = try ModelFolder(path: folder.path + "/")
    #expect(model.index.pipeline == "StableDiffusionInpaintPipeline")
    #expect(model.index.components.count == 5)
    #expect(model.index.components["vae"]?.className == "AutoencoderKL")
    #expect(model.settings == ModelSettings())
    #expect(model.settings.holeFill == .grey)
    #expect(try model.configuration(of: "vae")["part"] == .string("vae"))
    #expect(try model.configuration(of: "scheduler").count == 0)
    #expect(try value("unet", "u") == 2)
  }

  @Test(arguments: ["model_index.json", "unet", "tokenizer"])
  func `a folder without one of its parts is refused`(part: String) throws {
    try remove(part)
    #expect(throws: CheckpointError.self) { try ModelFolder(path: folder.path) }
  }

  @Test func `a folder without weights is refused, pickles with a hint`() throws {
    try remove("unet/diffusion_pytorch_model.safetensors")
    var error = #expect(throws: CheckpointError.self) { try value("unet", "u") }
    #expect(error?.description.contains("has no weights") == true)
    try folder.write("unet/diffusion_pytorch_model.bin", "x")
    error = #expect(throws: CheckpointError.self) { try value("unet", "u") }
    #expect(error?.description.contains("pickle") == true)
  }

  // MARK: Variants and shards

  @Test func `the fp16 variant is taken when asked for, or when there is no other`() throws {
    try weights("unet/diffusion_pytorch_model.fp16.safetensors", ["u": 16])
    #expect(try value("unet", "u") == 2)
    #expect(try value("unet", "u", variant: "fp16") == 16)
    try remove("unet/diffusion_pytorch_model.safetensors")
    #expect(try value("unet", "u") == 16)
    #expect(try value("unet", "u", variant: "bf16") == 16)
  }

  private func shard(_ map: String) throws {
    try remove("unet/diffusion_pytorch_model.safetensors")
    try weights("unet/part-1.safetensors", ["a": 1])
    try weights("unet/part-2.safetensors", ["b": 2])
    try folder.write(
      "unet/diffusion_pytorch_model.safetensors.index.json",
      "{\"metadata\": {\"total_size\": 8}, \"weight_map\": \(map)}")
  }

  @Test func `shards are joined`() throws {
    try shard(#"{"a": "part-1.safetensors", "b": "part-2.safetensors"}"#)
    #expect(try value("unet", "a") == 1)
    #expect(try value("unet", "b") == 2)
    let names = try ModelFolder(path: folder.path).digest().files.map(\.path)
    #expect(names.contains("unet/part-1.safetensors"))
    #expect(names.contains("unet/diffusion_pytorch_model.safetensors.index.json"))
  }

  @Test(
    arguments: [
      #"{"a": "part-2.safetensors", "b": "part-2.safetensors"}"#, #"{"a": "absent.safetensors"}"#,
      #"{"a": 1}"#, #"{}"#, #"[]"#,
      #"{"a": "part-1.safetensors", "a": "part-1.safetensors"}"#,
    ])
  func `an index that does not fit its shards is refused`(map: String) throws {
    try shard(map)
    #expect(throws: CheckpointError.self) { try value("unet", "a") }
  }

  @Test(
    arguments: [
      "../vae/diffusion_pytorch_model.safetensors", "/etc/x.safetensors", "..", ".safetensors",
      "a/../part-1.safetensors", "part-1.safetensors\\u0000", "config.json", "",
    ])
  func `an index cannot name files elsewhere`(name: String) throws {
    try shard("{\"a\": \"\(name)\"}")
    let error = #expect(throws: CheckpointError.self) { try value("unet", "a") }
    guard case .escapingPath = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  // MARK: Settings

  @Test func `settings are read`() throws {
    try folder.write(
      "byteedit.json",
      """
      {"resolution": 128, "steps": 8, "guidance_scale": 2.5, "sampler": "ddim",
       "hole_fill": "push-pull", "background_prompt": "background", "clip_skip": 1,
       "tiles_above": 589824,
       "vocabulary": [{"name": "car", "synonyms": ["auto"], "place": "ground"}, {"name": "star"}]}
      """)
    let settings = try ModelFolder(path: folder.path).settings
    #expect(settings.resolution == 128 && settings.steps == 8 && settings.guidanceScale == 2.5)
    #expect(settings.sampler == "ddim" && settings.holeFill == .pushPull)
    #expect(settings.backgroundPrompt == "background")
    #expect(settings.clipSkip == 1 && settings.tilesAbove == 589_824)
    #expect(
      settings.vocabulary == [
        .init(name: "car", synonyms: ["auto"], place: "ground"),
        .init(name: "star", synonyms: [], place: nil),
      ])
  }

  @Test(
    arguments: [
      (#"{"resolutoin": 128}"#, "resolutoin"), (#"{"resolution": 0}"#, "resolution"),
      (#"{"resolution": 100}"#, "resolution"), (#"{"resolution": "128"}"#, "resolution"),
      (#"{"steps": 0}"#, "steps"), (#"{"steps": 1.5}"#, "steps"),
      (#"{"guidance_scale": -1}"#, "guidance_scale"), (#"{"sampler": 1}"#, "sampler"),
      (#"{"hole_fill": "black"}"#, "hole_fill"),
      (#"{"background_prompt": ""}"#, "background_prompt"),
      (#"{"clip_skip": -1}"#, "clip_skip"), (#"{"tiles_above": true}"#, "tiles_above"),
      (#"{"vocabulary": ["car"]}"#, "vocabulary"), (#"{"vocabulary": [{"nam": "car"}]}"#, "nam"),
      (#"{"vocabulary": [{}]}"#, "name"),
      (#"{"vocabulary": [{"name": "car", "synonyms": [1]}]}"#, "synonyms"),
      (#"[]"#, "must be an object"),
      (#"{"steps": 1, "steps": 2}"#, "steps"),
    ])
  func `a wrong setting is refused by its key`(text: String, key: String) throws {
    try folder.write("byteedit.json", text)
    let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: folder.path) }
    #expect(error?.description.contains(key) == true)
    #expect(error?.description.contains("byteedit.json") == true)
  }

  // MARK: Digest

  @Test func `the hash is that of the file list`() throws {
    let digest = try ModelFolder(path: folder.path).digest()
    #expect(
      digest.files.map(\.path) == [
        "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
        "text_encoder/model.safetensors", "tokenizer/vocab.json", "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors", "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
      ])
    // echo -n '{}' | sha256sum
    let empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    #expect(digest.files.first { $0.path == "tokenizer/vocab.json" }?.hash == empty)
    #expect(digest.hash.count == 64)
  }

  @Test func `the hash changes with every byte that is read and with nothing else`() throws {
    let before = try ModelFolder(path: folder.path).hash()
    try folder.write("README.md", "x")
    try folder.write("unet/notes.txt", "x")
    try weights("unet/diffusion_pytorch_model.fp16.safetensors", ["u": 16])
    #expect(try ModelFolder(path: folder.path).hash() == before)
    try folder.write("tokenizer/merges.txt", "")
    let withMerges = try ModelFolder(path: folder.path).hash()
    #expect(withMerges != before)
    try weights("vae/diffusion_pytorch_model.safetensors", ["v": 3.5])
    #expect(try ModelFolder(path: folder.path).hash() != withMerges)
    #expect(try ModelFolder(path: folder.path, variant: "fp16").hash() != withMerges)
  }
}
