import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  /// `GET /v1/edits/{id}/images/{k}`: the bytes of candidate k, from 0; never changes.
  func image(_ request: Request) async throws -> Response {
    picture(try await candidate(of: request).image, for: request)
  }

  /// `GET /v1/edits/{id}/images/{k}/coherence`: where candidate k looks generated, as a PNG.
  func coherenceMap(_ request: Request) async throws -> Response {
    guard let map = try await candidate(of: request).coherenceMap else {
      throw APIError.noCoherenceMap
    }
    return picture(map.image, for: request)
  }

  /// `GET /v1/edits/{id}/previews/{k}`: preview k of the job, from 0, as its progress lists them.
  func preview(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let previews = try await job(try jobID(of: request), request.caller).progress?.previews ?? []
    guard let index = request.parameters("k", as: Int.self), previews.indices.contains(index)
    else { throw APIError.unknownPreview }
    return picture(previews[index].image, for: request)
  }

  private func candidate(of request: Request) async throws -> CandidateRecord {
    _ = try Query(request, allowed: [])
    let job = try await job(try jobID(of: request), request.caller)
    guard job.state == .succeeded, let result = job.result else {
      throw job.state.isFinal ? APIError.unknownImage : .imageNotReady(job.state)
    }
    guard let index = request.parameters("k", as: Int.self),
      let candidate = result.candidates.first(where: { $0.index == index })
    else { throw APIError.unknownImage }
    return candidate
  }

  private func picture(_ image: BlobReference, for request: Request) -> Response {
    var response = Response.representation(
      size: image.byteCount, contentType: image.mediaType, tag: EntityTag(image.hash.text),
      for: request.fields, body: { [store] in Self.body(of: image, $0, store) })
    response.fields[.cacheControl] = "private, max-age=31536000, immutable"
    return response
  }

  /// Read from the store a mebibyte at a time, as fast as the client takes it.
  private static func body(
    of image: BlobReference, _ part: Range<Int>, _ store: any JobStore
  ) -> ResponseBody {
    .stream(length: part.count) { writer in
      var start = part.lowerBound
      while start < part.upperBound {
        let end = min(start + 1 << 20, part.upperBound)
        let bytes = try await store.read(image.hash, range: start..<end)
        try await writer.write(bytes)
        start = end
      }
    }
  }
}
