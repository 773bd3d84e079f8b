/// What makes two requests the same: the parsed fields and the pictures' hashes.
///
/// Taken before a seed is drawn; the bytes of the body do not count, since the boundaries of a
/// multipart body differ from try to try.
package enum RequestFingerprint {
  package static func of(
    _ parameters: EditParameters, image: BlobHash, mask: BlobHash?
  ) throws -> String {
    let fields = try JSONText.encode(parameters)
    let text = [image.text, mask?.text ?? "-", fields].joined(separator: "\n")
    return try BlobHash(of: Array(text.utf8)).text
  }
}
