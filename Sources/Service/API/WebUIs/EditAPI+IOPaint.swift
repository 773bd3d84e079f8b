import HTTP
import HTTPTypes
import Jobs

/// The part of IOPaint's API by which its clients edit pictures.
extension EditAPI {
  var iopaintRoutes: [Route] {
    [
      webUIRoute(
        .post, "/api/v1/inpaint", scope: .edit, names: IOPaintForm.names, inpaint),
      webUIRoute(.get, "/api/v1/model", scope: .read, iopaintModel),
      webUIRoute(.get, "/api/v1/samplers", scope: .read, iopaintSamplers),
    ]
  }

  /// Waits for the edit and answers with its picture; scores and receipts are at Content-Location.
  private func inpaint(_ request: Request) async throws -> Response {
    let (id, _, _) = try await accept(request) { [limits = configuration.images] in
      let form = try await webUIForm(of: request) { try IOPaintForm($0, limits: limits) }
      return (form.body, ())
    }
    let job = try await WaitedEdit(self, id, request).end()
    guard job.state == .succeeded, let best = job.result?.candidates.first else {
      throw WebUIError(job)
    }
    var response = Response(
      contentType: best.image.mediaType, try await store.read(best.image.hash))
    response.fields[.seed] = "\(best.seed)"
    response.fields[.contentLocation] = link("/v1/edits/\(id)")
    return response
  }

  private struct Model: Encodable {
    var name: String
    var path: String
    var modelType = "diffusers_sd_inpaint"
    var isSingleFileDiffusers = false
    /// Clients show their fields for prompts then; an edit without one erases.
    var needPrompt = true
    var controlnets: [String] = []
    var brushnets: [String] = []
    var supportStrength = true
    var supportOutpainting = true
    var supportLCMLoRA = false
    var supportControlNet = false
    var supportBrushNet = false
    var supportPowerPaint = false

    enum CodingKeys: String, CodingKey {
      case name
      case path
      case modelType = "model_type"
      case isSingleFileDiffusers = "is_single_file_diffusers"
      case needPrompt = "need_prompt"
      case controlnets
      case brushnets
      case supportStrength = "support_strength"
      case supportOutpainting = "support_outpainting"
      case supportLCMLoRA = "support_lcm_lora"
      case supportControlNet = "support_controlnet"
      case supportBrushNet = "support_brushnet"
      case supportPowerPaint = "support_powerpaint_v2"
    }
  }

  private func iopaintModel(_ request: Request) async throws -> Response {
    guard let model = try await catalogue().models.first else {
      throw WebUIError(
        status: .serviceUnavailable, detail: "no worker serves a model now: try again later")
    }
    return Response.json(Model(name: model.id, path: model.id))
  }

  private func iopaintSamplers(_ request: Request) async throws -> Response {
    Response.json(WebUISampler.all.compactMap(\.names.first))
  }
}
