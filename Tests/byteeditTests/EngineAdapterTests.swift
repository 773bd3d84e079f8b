import Editing
import Foundation
import Imaging
import Jobs
import Locks
import Testing
import Workers

@testable import byteedit

struct EngineAdapterTests {
  /// A receipt with everything in it.
  private static let text = """
    {"adapters":[{"hash":"ab","name":"n","weight":0.75},{"hash":"cd","name":"m","weight":1}],\
    "blas_core":"Zen","build":"1 x","composite":true,"guidance_rescale":0,"guidance_scale":3.5,\
    "hole_fill":"push-pull","judges":[{"hash":"ef","judge":"aesthetic","model":"blip"}],\
    "kernel_set":"avx2","mask_feather":3,"mask_hash":"01","mask_resize":"max","model":"m",\
    "model_hash":"23","model_height":128,"model_width":136,"precision":"fp32",\
    "region":[1,2,30,40],"sampler":"ddim","seam_repair":false,"seed":4294967295,"steps":8,\
    "strength":0.1,"task":"inpaint","weights":"fp32"}
    """

  @Test func `a receipt as a value says what its text says`() throws {
    var receipt = try JSONText.decode(Receipt.self, from: Self.text)
    #expect(try receipt.text == Self.text)
    #expect(try JSONValue(receipt) == JSONText.decode(JSONValue.self, from: receipt.text))
    (receipt.adapters, receipt.judges) = (nil, nil)
    #expect(try JSONValue(receipt) == JSONText.decode(JSONValue.self, from: receipt.text))
  }

  @Test func `pictures come from the store only where no check left them`() throws {
    let samples = [UInt8](repeating: 255, count: 48)
    let file = try ImageEncoder.png(Picture(width: 4, height: 4, channels: 3, samples: samples))
    let hash = try BlobHash(of: file)
    let reads = Lock(0)
    let stored = StoredPicture(hash: hash) {
      reads.withLock { $0 += 1 }
      return file
    }
    let input = EditInput(
      parameters: try EditParameters(form: ["prompt": "x"]), seed: 1, image: stored, mask: stored)
    let cache = DecodedPictures(limit: 1 << 20)
    _ = try cache.picture(hash.text, for: .check, limits: ImageLimits()) { file }
    let pictures = KeptPictures(input, cache)
    #expect(pictures.digest == hash.text)
    #expect(try pictures.picture(limits: ImageLimits()).secondsBefore > 0)
    #expect(reads.withLock { $0 } == 0)
    let mask = try pictures.mask(MaskOptions(), width: 4, height: 4, limits: ImageLimits())
    #expect(mask?.content.share == 1 && mask?.secondsBefore == 0)
    #expect(reads.withLock { $0 } == 1)
    // What the store throws is passed on as it is.
    let lost = StoredPicture(hash: hash) { throw JobStoreError.blobMissing(hash) }
    let without = EditInput(parameters: input.parameters, seed: 1, image: lost, mask: nil)
    #expect(throws: JobStoreError.blobMissing(hash)) {
      try KeptPictures(without, DecodedPictures(limit: 0)).picture(limits: ImageLimits())
    }
  }
}
