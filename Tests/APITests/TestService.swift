import API
import Access
import Foundation
import HTTP
import HTTPTypes
import Imaging
import JobStoreSQLite
import Jobs
import Logging
import Observability
import Sockets
import TestSupport

/// The API over a store in a temporary folder, with a fake worker, called without sockets.
final class TestService: Sendable {
  let store: SQLiteJobStore
  let health = Health()
  let api: EditAPI
  private let handler: Handler
  private let scratch: ScratchFolder

  init(
    settings: JobStoreSettings = JobStoreSettings(), judges: [String] = [],
    scoring: (any PictureScoring)? = nil, policy: AccessPolicy? = nil,
    time: any TimeSource = SystemTime(),
    logger: Logger = Logger(label: "test"),
    configure: (inout APIConfiguration) -> Void = { _ in }
  ) throws {
    scratch = try ScratchFolder()
    store = try SQLiteJobStore(directory: scratch.path, settings: settings)
    var configuration = APIConfiguration()
    configure(&configuration)
    let model = ModelDescription(
      id: "fake", hash: "00", createdAt: Jobs.Timestamp(milliseconds: 1_767_225_600_000),
      weights: "fp32", tasks: ["inpaint"], resolution: 64, steps: 8, guidanceScale: 3,
      sampler: "ddim",
      holeFill: "push-pull", vocabulary: ["cat"], notes: "Does nothing.")
    let metrics = PrometheusRegistry()
    api = EditAPI(
      configuration: configuration,
      surroundings: .init(
        store: store,
        models: ModelCatalogue(
          models: [model],
          judges: judges.map {
            JudgeDescription(judge: $0, model: "fake", hash: "01", calibration: "held_out")
          }, kernelSet: "plain", blasCore: "none"),
        scoring: scoring,
        access: AccessControl(
          policy: policy ?? .thisMachine(publicURL: nil), logger: logger, metrics: metrics,
          time: time),
        health: health, metrics: metrics, logger: logger))
    handler = api.handler()
  }

  /// Runs `body` while a fake worker works.
  static func run(
    stepTime: Duration = .milliseconds(1), judges: [String] = [],
    _ body: (TestService) async throws -> Void
  ) async throws {
    let service = try TestService(judges: judges)
    let fake = FakeWorker(store: service.store, stepTime: stepTime, isJudging: !judges.isEmpty)
    let worker = Task { await fake.run() }
    defer { worker.cancel() }
    try await body(service)
    worker.cancel()
    await worker.value
    await service.store.close()
  }

  /// Pictures and their drafts in the data directory.
  var storedFiles: Int {
    let entries = FileManager.default.enumerator(atPath: scratch.path + "/blobs")
    return entries?.count { entry in
      (entry as? String).map { $0.split(separator: "/").count > 1 } == true
    } ?? 0
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], body: [UInt8] = [],
    from peer: SocketAddress? = nil
  ) async throws -> Answer {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let head = RequestHead(
      method: method,
      target: RequestTarget(path: parts[0], query: parts.count > 1 ? parts[1] : nil),
      fields: fields, framing: body.isEmpty ? .none : .length(body.count))
    let response = await handler(
      Request(head: head, body: RequestBody(bytes: body), peer: peer))
    return try await Answer(response)
  }

  /// A call from an address, with a body that comes from a source.
  func call(
    _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields, from peer: SocketAddress,
    source: any BodySource
  ) async throws -> Answer {
    let head = RequestHead(
      method: method, target: RequestTarget(path: path), fields: fields, framing: .chunked)
    let body = RequestBody(source: source, exchange: 1, length: nil)
    return try await Answer(await handler(Request(head: head, body: body, peer: peer)))
  }

  func submit(
    _ form: TestForm, _ fields: HTTPFields = [:], to path: String = "/v1/edits"
  ) async throws -> Answer {
    var fields = fields
    fields[.contentType] = form.contentType
    return try await call(.post, path, fields, body: form.bytes)
  }

  func submit(
    json: [String: JSONValue], _ fields: HTTPFields = [:], to path: String = "/v1/edits"
  ) async throws -> Answer {
    var fields = fields
    fields[.contentType] = "application/json"
    let text = try JSONText.encode(json)
    return try await call(.post, path, fields, body: Array(text.utf8))
  }
}

/// An answer with its body read.
struct Answer {
  let status: Int
  let fields: HTTPFields
  let bytes: [UInt8]
  let json: JSONValue?

  init(_ response: Response) async throws {
    status = response.status.code
    fields = response.fields
    bytes = try await Self.read(response.body)
    json = try? JSONText.decode(JSONValue.self, from: String(decoding: bytes, as: UTF8.self))
  }

  private static func read(_ body: ResponseBody) async throws -> [UInt8] {
    switch body {
    case .empty: return []
    case .bytes(let bytes): return bytes
    case .stream(_, let producer):
      let (pieces, sink) = AsyncStream.makeStream(of: [UInt8].self)
      try await producer(ResponseWriter { piece throws(HTTPError) in sink.yield(piece) })
      sink.finish()
      return await pieces.reduce(into: []) { $0 += $1 }
    }
  }

  subscript(_ path: String) -> JSONValue? { json?[path] }

  /// The pointers of a problem's errors.
  var pointers: [String] {
    guard case .array(let errors)? = self["errors"] else { return [] }
    return errors.compactMap { $0["pointer"]?.text }.sorted()
  }

  var id: String { self["id"]?.text ?? "none" }
}

extension JSONValue {
  /// A value by a path such as `candidates.0.url`.
  subscript(path: String) -> JSONValue? {
    path.split(separator: ".").reduce(self as JSONValue?) { value, step in
      switch value {
      case .object(let fields): fields[String(step)]
      case .array(let items): Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
      default: nil
      }
    }
  }

  var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }
}

/// A body that does not come before it is released, and is then empty.
actor HeldBody: BodySource {
  private(set) var waiting = 0
  private var isReleased = false
  private var waiters: [CheckedContinuation<Void, Never>] = []

  func nextBodyPiece(of exchange: Int) async throws(HTTPError) -> [UInt8]? {
    waiting += 1
    if !isReleased { await withCheckedContinuation { waiters.append($0) } }
    return nil
  }

  func release() {
    isReleased = true
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}

/// A multipart form under construction.
struct TestForm {
  private(set) var parts: [(name: String, file: String?, bytes: [UInt8])] = []
  var boundary = "boundary-\(UInt64.random(in: 0...(.max)))"

  static func inpaint(seed: Int? = 7) throws -> TestForm {
    var form = TestForm()
    form.add("prompt", "a cat")
    if let seed { form.add("seed", "\(seed)") }
    form.add(file: "image", try TestPicture.image())
    form.add(file: "mask", try TestPicture.mask())
    return form
  }

  mutating func add(_ name: String, _ text: String) {
    parts.append((name, nil, Array(text.utf8)))
  }

  mutating func add(file name: String, _ bytes: [UInt8]) {
    parts.append((name, "upload", bytes))
  }

  mutating func remove(_ name: String) {
    parts.removeAll { $0.name == name }
  }

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  var bytes: [UInt8] {
    var all: [UInt8] = []
    for part in parts {
      let file = part.file.map { "; filename=\"\($0)\"" } ?? ""
      all += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8
      )
      all += part.bytes + Array("\r\n".utf8)
    }
    return all + Array("--\(boundary)--\r\n".utf8)
  }
}

enum TestPicture {
  static func image(width: Int = 24, height: Int = 16) throws -> [UInt8] {
    try ImageEncoder.png(try scene(width, height))
  }

  static func jpeg() throws -> [UInt8] { try ImageEncoder.jpeg(try scene(24, 16)) }

  private static func scene(_ width: Int, _ height: Int) throws -> Picture {
    try picture(width, height) { x, y in [UInt8(x * 10 & 255), UInt8(y * 15 & 255), 90] }
  }

  /// White in the middle.
  static func mask(width: Int = 24, height: Int = 16, isEmpty: Bool = false) throws -> [UInt8] {
    try ImageEncoder.png(
      try picture(width, height) { x, y in
        let isHole = !isEmpty && (8..<16).contains(x) && (4..<12).contains(y)
        return [UInt8](repeating: isHole ? 255 : 0, count: 3)
      })
  }

  private static func picture(
    _ width: Int, _ height: Int, _ pixel: (Int, Int) -> [UInt8]
  ) throws -> Picture {
    let pixels = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } }
    return try Picture(width: width, height: height, channels: 3, depth: 8, samples: pixels)
  }
}
