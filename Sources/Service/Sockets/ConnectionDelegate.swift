package import SystemPackage
package import TLS

/// What a connection tells the one who speaks a protocol over it; always on the loop's queue.
package protocol ConnectionDelegate: AnyObject, Sendable {
  /// Bytes came; the buffer is valid during the call only.
  func connectionDidReceive(_ bytes: UnsafeRawBufferPointer)
  /// A TLS handshake is over.
  func connectionDidSecure(_ peer: TLSPeer)
  /// TLS is broken: nothing more comes. `plainHTTP` may be answered in clear text, after anything
  /// else what is written is dropped; either way the connection must be ended.
  func connectionDidFail(_ failure: TLSFailure)
  /// The peer will send nothing more; it may still read.
  func connectionDidReachEnd()
  /// What was queued has gone below the low-water mark.
  func connectionDidDrain()
  /// The descriptor is closed; nothing follows. The error is nil for an orderly end.
  func connectionDidClose(error: Errno?)
}
