import HTTP
import HTTPTypes
import Testing

@Suite struct `Routes` {
  private let router = Router([
    Route(.get, "/edits/{id}/images/{k}") { request in
      let k = request.parameters("k", as: Int.self)
      return Response(text: "\(request.parameters["id"] ?? "") \(k.map(String.init) ?? "none")")
    },
    Route(.get, "/edits") { _ in Response(text: "list") },
    Route(.post, "/edits") { _ in Response(text: "made") },
  ])

  private func answer(_ method: HTTPRequest.Method, _ path: String) async -> Response {
    let head = RequestHead(method: method, target: RequestTarget(path: path))
    return await router.respond(to: Request(head: head))
  }

  private func text(_ response: Response) -> String? {
    guard case .bytes(let bytes) = response.body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `parameters are decoded and typed`() async {
    let response = await answer(.get, "/edits/a%2Fb/images/3")
    #expect(text(response) == "a/b 3")
    #expect(response.route == "/edits/{id}/images/{k}")
    #expect(text(await answer(.get, "/edits/a/images/x")) == "a none")
  }

  @Test(arguments: ["/", "/edits/", "/edits/x", "/edits//images/1", "/EDITS", "/edits/../edits"])
  func `an unknown path is 404`(path: String) async {
    #expect(await answer(.get, path).status == .notFound)
  }

  @Test func `a wrong method is 405 and names the right ones`() async {
    let response = await answer(.delete, "/edits")
    #expect(response.status == .methodNotAllowed)
    #expect(response.fields[.allow] == "GET, HEAD, OPTIONS, POST")
  }

  @Test func `HEAD is served by GET and OPTIONS by the router`() async {
    #expect(await answer(.head, "/edits").status == .ok)
    let options = await answer(.options, "/edits")
    #expect(options.status == .noContent)
    #expect(options.fields[.allow] == "GET, HEAD, OPTIONS, POST")
    #expect(await answer(.options, "*").status == .noContent)
  }

  @Test func `a path that is no UTF-8 is 400`() async {
    #expect(await answer(.get, "/%ff").status == .badRequest)
  }

  @Test func `the route that was named first answers, with parameters or without`() async {
    func first(_ patterns: [String], _ path: String) async -> String? {
      let router = Router(
        patterns.map { pattern in Route(.get, pattern) { _ in Response(text: "") } })
      let head = RequestHead(method: .get, target: RequestTarget(path: path))
      return await router.respond(to: Request(head: head)).route
    }
    #expect(await first(["/a/{b}", "/a/c"], "/a/c") == "/a/{b}")
    #expect(await first(["/a/c", "/a/{b}"], "/a/c") == "/a/c")
    #expect(await first(["/a/c", "/a/{b}"], "/a/%63") == "/a/c")
    #expect(await first(["/a/c", "/a/{b}"], "/a/d") == "/a/{b}")
  }
}
