import Access
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs

/// The part of AUTOMATIC1111's API by which its clients edit pictures.
extension EditAPI {
  var stableDiffusionRoutes: [Route] {
    [
      webUIRoute(
        .post, "/sdapi/v1/img2img", scope: .edit, names: StableDiffusionForm.names, imageToImage),
      webUIRoute(.get, "/sdapi/v1/progress", scope: .read, progress),
      webUIRoute(.post, "/sdapi/v1/interrupt", scope: .edit, interrupt),
      webUIRoute(.get, "/sdapi/v1/options", scope: .read, options),
      webUIRoute(.get, "/sdapi/v1/samplers", scope: .read, samplers),
      webUIRoute(.get, "/sdapi/v1/sd-models", scope: .read, checkpoints),
    ]
  }

  // MARK: Edits

  private struct Images: Encodable {
    var images: [String]
    var parameters: [String: JSONValue]
    /// JSON inside a text, as the original has it.
    var info: String
  }

  private struct Info: Encodable {
    var prompt: String
    var negativePrompt: String
    var seed: UInt32
    var allSeeds: [UInt32]
    var width: Int
    var height: Int
    var steps: JSONValue?
    /// The native answer: scores, receipts, preserved pixels.
    var byteedit: JobDocument

    enum CodingKeys: String, CodingKey {
      case prompt
      case negativePrompt = "negative_prompt"
      case seed
      case allSeeds = "all_seeds"
      case width
      case height
      case steps
      case byteedit
    }
  }

  private func imageToImage(_ request: Request) async throws -> Response {
    let (id, _, form) = try await accept(request) {
      let form = try await webUIForm(of: request, StableDiffusionForm.init)
      return (form.body, form)
    }
    let job = try await WaitedEdit(self, id, request).end()
    guard job.state == .succeeded, let result = job.result else {
      throw WebUIError(job)
    }
    var images: [String] = []
    let shown = form.sendsImages ? result.candidates.map(\.image) : []
    for image in shown + (form.includesInitImages ? [job.image] : []) {
      images.append(Data(try await store.read(image.hash)).base64EncodedString())
    }
    let document = try await document(of: job)
    let info = Info(
      prompt: job.parameters.prompt ?? "", negativePrompt: job.parameters.negativePrompt ?? "",
      seed: job.seed, allSeeds: result.candidates.map(\.seed),
      width: result.candidates.first?.width ?? 0, height: result.candidates.first?.height ?? 0,
      steps: job.parameters.json["steps"], byteedit: document)
    var response = Response.json(
      Images(
        images: images, parameters: document.parameters, info: try JSONText.encode(info)))
    response.fields[.contentLocation] = link("/v1/edits/\(id)")
    return response
  }

  // MARK: Progress

  private struct Progress: Encodable {
    struct State: Encodable {
      var skipped = false
      var interrupted = false
      var job = ""
      var jobCount = 0
      var samplingStep = 0
      var samplingSteps = 0

      enum CodingKeys: String, CodingKey {
        case skipped
        case interrupted
        case job
        case jobCount = "job_count"
        case samplingStep = "sampling_step"
        case samplingSteps = "sampling_steps"
      }
    }

    var progress = 0.0
    /// Seconds, by the pace so far.
    var etaRelative = 0.0
    var state = State()
    var currentImage: String?
    var textinfo: String?

    enum CodingKeys: String, CodingKey {
      case progress
      case etaRelative = "eta_relative"
      case state
      case currentImage = "current_image"
      case textinfo
    }
  }

  /// How far the oldest running edit of this kind is.
  private func progress(_ request: Request) async throws -> Response {
    let jobs = try await marked(request.caller)
    var answer = Progress()
    answer.state.jobCount = jobs.count
    guard let job = jobs.last(where: { $0.state == .running }), let progress = job.progress else {
      return Response.json(answer)
    }
    answer.progress = progress.fraction
    answer.state.job = job.id.text
    answer.state.interrupted = job.cancelRequested
    (answer.state.samplingStep, answer.state.samplingSteps) = (progress.step, progress.steps)
    if let started = job.startedAt, progress.fraction > 0 {
      let spent = SystemWallClock().now().seconds(since: started)
      answer.etaRelative = max(0, spent / progress.fraction - spent)
    }
    return Response.json(answer)
  }

  /// Cancels the caller's edits of this kind, and nobody else's.
  private func interrupt(_ request: Request) async throws -> Response {
    for job in try await marked(request.caller) { _ = try await store.cancel(job.id) }
    return Response.json([String: String]())
  }

  /// The caller's jobs that came this way and have not ended, newest first.
  private func marked(_ caller: Caller) async throws -> [Job] {
    let page = try await store.jobs(
      JobQuery(owner: caller.owner, states: [.queued, .running], limit: configuration.pageLimit))
    return page.jobs.filter { $0.parameters.metadata?[StableDiffusionForm.mark] == true }
  }

  // MARK: Lists

  private func options(_ request: Request) async throws -> Response {
    Response.json([
      "sd_model_checkpoint": try await catalogue().models.first?.id ?? "", "samples_format": "png",
    ])
  }

  private func samplers(_ request: Request) async throws -> Response {
    struct Entry: Encodable {
      var name: String
      var aliases: [String]
      var options: [String: String] = [:]
    }
    return Response.json(
      WebUISampler.all.map {
        Entry(name: $0.names[0], aliases: Array($0.names.dropFirst()))
      })
  }

  private func checkpoints(_ request: Request) async throws -> Response {
    struct Entry: Encodable {
      var title: String
      var modelName: String
      var hash: String
      var sha256: String
      var filename: String

      enum CodingKeys: String, CodingKey {
        case title
        case modelName = "model_name"
        case hash
        case sha256
        case filename
      }
    }
    return Response.json(
      try await catalogue().models.map { model in
        let short = String(model.hash.prefix(10))
        return Entry(
          title: "\(model.id) [\(short)]", modelName: model.id, hash: short, sha256: model.hash,
          filename: model.id)
      })
  }
}
