import HTTPTypes
package import Logging

/// Builds a handler out of layers; the first is outermost.
package func chain(_ layers: [Middleware], _ handler: @escaping Handler) -> Handler {
  { request in
    var request = request
    for layer in layers { layer.prepare(&request) }
    var response = await handler(request)
    for layer in layers.reversed() { layer.finish(request, &response) }
    return response
  }
}

/// Gives every request an id: the client's own, if it is decent, or 128 random bits.
package func requestIDs() -> Middleware {
  Middleware { request in
    request.id = acceptable(request.fields[.requestID]) ?? RandomIDs.next()
  } finish: { request, response in
    response.fields[.requestID] = request.id
  }
}

private func acceptable(_ id: String?) -> String? {
  guard let id, (1...128).contains(id.utf8.count),
    id.utf8.allSatisfy({ ASCII.token[Int($0)] })
  else { return nil }
  return id
}

/// Tells a hook (metrics) of each answer and how long it took until its head was ready.
package func observed(
  _ hook: @escaping @Sendable (Request, Response, Duration) -> Void
) -> Middleware {
  Middleware(finish: { request, response in
    hook(request, response, ContinuousClock.now - request.received)
  })
}

/// One line per request; the query is left out, since it may hold what a log must not.
///
/// - Parameter more: what else a line says of a request and its answer.
package func accessLog(
  _ logger: Logger, level: Logger.Level = .info,
  more: @escaping @Sendable (Request, Response) -> Logger.Metadata = { _, _ in [:] }
) -> Middleware {
  Middleware(finish: { request, response in
    guard level >= logger.logLevel else { return }
    let fields: Logger.Metadata = [
      "method": "\(request.method.rawValue)", "path": "\(request.path)",
      "status": "\(response.status.code)", "request_id": "\(request.id)",
      "peer": "\(request.peer?.host ?? "-")", "client": "\(request.client?.host ?? "-")",
      "seconds": "\((ContinuousClock.now - request.received) / .seconds(1))",
    ]
    logger.log(
      level: level, "request", metadata: fields.merging(more(request, response)) { $1 })
  })
}
