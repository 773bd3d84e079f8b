/// Every limit of a connection, in one place; sizes in bytes.
package struct HTTPLimits: Sendable {
  /// Request line, hence the URI.
  package var requestLine = 8 * 1024
  /// All header fields of a request together, and all trailers together.
  package var header = 32 * 1024
  package var headerCount = 100
  package var body = 64 * 1024 * 1024
  /// One chunk-size line with its extensions, and all extensions of a body.
  package var chunkLine = 1024
  package var chunkExtensions = 16 * 1024
  /// Bytes of pipelined requests, or of a body nobody reads yet, that are held in memory.
  package var buffered = 256 * 1024
  /// Unread rest of a body that is read and thrown away to keep a connection alive.
  package var discarded = 64 * 1024

  /// From the first byte of a request (or the opening of the connection) to the end of its head.
  package var headerDeadline = Duration.seconds(15)
  package var idleDeadline = Duration.seconds(75)
  /// A body and an answer may rest this long; each stretch of so long must keep to the minimum rate.
  package var transferGrace = Duration.seconds(20)
  /// Bytes per second, on average over a stretch.
  package var minimumRate = 256
  /// How long a connection lingers for the peer to read the last answer.
  package var lingerDeadline = Duration.seconds(5)

  package init() {}
}
