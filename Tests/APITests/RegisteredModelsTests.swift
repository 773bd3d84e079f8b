import API
import HTTP
import HTTPTypes
import Jobs
import Logging
import Observability
import Testing

@Suite struct `An API process that loads no model` {
  private func catalogue(_ judges: [String], kernelSet: String) -> ModelCatalogue {
    let model = ModelDescription(
      id: "fake", hash: "00", createdAt: Jobs.Timestamp(milliseconds: 1_767_225_600_000),
      weights: "fp32", tasks: ["inpaint"], resolution: 64, steps: 8, guidanceScale: 3,
      sampler: "ddim", holeFill: "push-pull", vocabulary: ["cat"], notes: "Does nothing.")
    return ModelCatalogue(
      models: [model],
      judges: judges.map {
        JudgeDescription(judge: $0, model: "fake", hash: "01", calibration: "held_out")
      }, kernelSet: kernelSet, blasCore: "none")
  }

  private func register(
    _ catalogue: ModelCatalogue, _ id: String, in store: any JobStore
  ) async throws {
    let value = try JSONText.decode(JSONValue.self, from: JSONText.encode(catalogue))
    try await store.register(id, description: .object([RegisteredModels.key: value]))
  }

  @Test func `lists what living workers registered, and the judges that all of them have`()
    async throws
  {
    let service = try TestService()
    try await register(
      catalogue(["aesthetic", "coherence"], kernelSet: "avx2"), "w1", in: service.store)
    try await register(catalogue(["coherence"], kernelSet: "neon"), "w2", in: service.store)
    try await service.store.register("old", description: ["models": ["fake"]])
    let models = RegisteredModels(service.store, silence: .seconds(30))
    let joined = try await models.catalogue()
    #expect(joined.models.map(\.id) == ["fake"] && joined.models.first?.vocabulary == ["cat"])
    #expect(joined.judges.map(\.judge) == ["coherence"])
    #expect(joined.kernelSet == "avx2, neon" && joined.blasCore == "none")
    await service.store.close()
  }

  @Test func `lists nothing where no worker lives, and accepts all the same`() async throws {
    let service = try TestService()
    let api = EditAPI(
      configuration: APIConfiguration(),
      surroundings: .init(
        store: service.store, models: nil,
        access: AccessControl(
          policy: .everybody, logger: Logger(label: "test"), metrics: PrometheusRegistry()),
        health: Health(), metrics: PrometheusRegistry(), logger: Logger(label: "test")))
    let head = RequestHead(
      method: .get, target: RequestTarget(path: "/v1/models", query: nil), fields: [:],
      framing: .none)
    let listed = try await Answer(
      await api.handler()(Request(head: head, body: RequestBody(bytes: []))))
    #expect(listed.status == 200 && listed["data"] == .array([]))
    var form = try TestForm.inpaint()
    form.add("select[aesthetic]", "1")
    var fields = HTTPFields()
    fields[.contentType] = form.contentType
    let submit = RequestHead(
      method: .post, target: RequestTarget(path: "/v1/edits", query: nil), fields: fields,
      framing: .length(form.bytes.count))
    let answer = try await Answer(
      await api.handler()(Request(head: submit, body: RequestBody(bytes: form.bytes))))
    #expect(answer.status == 202)
    let scores = RequestHead(
      method: .post, target: RequestTarget(path: "/v1/scores", query: nil), fields: fields,
      framing: .length(form.bytes.count))
    let refused = try await Answer(
      await api.handler()(Request(head: scores, body: RequestBody(bytes: form.bytes))))
    #expect(refused.status == 404)
    await service.store.close()
  }

  @Test func `answers its operators alone where it only works`() async throws {
    let service = try TestService()
    let handler = service.api.managementHandler()
    for (path, status) in [("/livez", 200), ("/metrics", 200), ("/v1/edits", 404)] {
      let head = RequestHead(
        method: .get, target: RequestTarget(path: path, query: nil), fields: [:], framing: .none)
      let answer = try await Answer(
        await handler(Request(head: head, body: RequestBody(bytes: []))))
      #expect(answer.status == status)
    }
    await service.store.close()
  }
}
