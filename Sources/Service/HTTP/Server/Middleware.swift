import HTTPTypes
package import Logging

/// Builds a handler out of layers; the first is outermost.
package func chain(_ layers: [Middleware], _ handler: @escaping Handler) -> Handler {
  layers.reversed().reduce(handler) { inner, layer in
    { request in await layer(request, inner) }
  }
}

/// Gives every request an id: the client's own, if it is decent, or 128 random bits.
package func requestIDs() -> Middleware {
  { request, next in
    var request = request
    request.id = acceptable(request.fields[.requestID]) ?? randomID()
    var response = await next(request)
    response.fields[.requestID] = request.id
    return response
  }
}

private func acceptable(_ id: String?) -> String? {
  guard let id, (1...128).contains(id.utf8.count),
    id.utf8.allSatisfy({ ASCII.token[Int($0)] })
  else { return nil }
  return id
}

private func randomID() -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<2).map { _ in
    let text = String(generator.next() as UInt64, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }.joined()
}

/// Tells a hook (metrics) of each answer and how long it took until its head was ready.
package func observed(
  _ hook: @escaping @Sendable (Request, Response, Duration) -> Void
) -> Middleware {
  { request, next in
    let response = await next(request)
    hook(request, response, ContinuousClock.now - request.received)
    return response
  }
}

/// One line per request; the query is left out, since it may hold what a log must not.
package func accessLog(_ logger: Logger, level: Logger.Level = .info) -> Middleware {
  { request, next in
    let response = await next(request)
    logger.log(
      level: level, "request",
      metadata: [
        "method": "\(request.method.rawValue)", "path": "\(request.path)",
        "status": "\(response.status.code)", "request_id": "\(request.id)",
        "peer": "\(request.peer?.host ?? "-")", "client": "\(request.client?.host ?? "-")",
        "seconds": "\((ContinuousClock.now - request.received) / .seconds(1))",
      ])
    return response
  }
}
