/// What makes two requests the same: the parsed fields and the pictures' hashes.
///
/// Taken before a seed is drawn; the bytes of the body do not count, since the boundaries of a
/// multipart body differ from try to try.
package enum RequestFingerprint {
  package static func of(
    _ parameters: EditParameters, image: BlobHash, mask: BlobHash?,
    webhook: WebhookSubscription? = nil
  ) throws -> String {
    let fields = try JSONText.encode(parameters)
    // Left out where nobody asked for one: requests of before hash to what they did.
    let subscription = try webhook.map { [try JSONText.encode($0)] } ?? []
    let text = ([image.text, mask?.text ?? "-", fields] + subscription).joined(separator: "\n")
    return try BlobHash(of: Array(text.utf8)).text
  }
}
