import HTTP
package import Jobs

/// A submission as it was sent: fields checked one by one, pictures not yet looked at.
package struct EditDraft: Sendable {
  package let parameters: EditParameters
  package let image: [UInt8]
  package let mask: [UInt8]?
  package let webhook: WebhookSubscription?

  /// What is wrong is gathered, so that a caller need not find one mistake after the other.
  ///
  /// - Parameter webhookRefusal: what stands against a webhook's URL.
  package init(
    _ body: SubmittedBody, models: ModelCatalogue,
    webhookRefusal: (WebhookURL) -> String? = { _ in nil }
  ) throws(APIError) {
    var errors = body.errors
    webhook = Self.webhook(of: body, refusal: webhookRefusal, &errors)
    if body.image == nil, !errors.contains(pointer: "/image") {
      errors.append(
        .init(pointer: "/image", detail: "is needed: send the picture to edit as PNG or JPEG"))
    }
    let parameters: EditParameters
    do throws(InvalidParameters) {
      parameters =
        switch body.fields {
        case .form(let fields): try EditParameters(form: Self.withoutWebhook(fields))
        case .json(let fields): try EditParameters(json: Self.withoutWebhook(fields))
        }
    } catch {
      throw .invalidFields(errors + .init(error))
    }
    errors += Self.missing(parameters, mask: body.mask, errors) + models.refusals(of: parameters)
    guard errors.isEmpty, let image = body.image else { throw .invalidFields(errors) }
    (self.parameters, self.image, mask) = (parameters, image, body.mask)
  }

  private static func withoutWebhook<Value>(_ fields: [String: Value]) -> [String: Value] {
    fields.filter { !WebhookSubscription.Name.all.contains($0.key) }
  }

  private static func webhook(
    of body: SubmittedBody, refusal: (WebhookURL) -> String?, _ errors: inout [Problem.FieldError]
  ) -> WebhookSubscription? {
    let fields =
      switch body.fields {
      case .form(let fields): fields.mapValues(JSONValue.string)
      case .json(let fields): fields
      }
    do throws(InvalidParameters) {
      let native = try WebhookSubscription(fields: fields)
      guard let webhook = body.webhook ?? native else { return nil }
      if let problem = refusal(webhook.url) {
        errors.append(.init(pointer: "/\(WebhookSubscription.Name.url)", detail: problem))
      }
      return webhook
    } catch {
      errors += .init(error)
      return nil
    }
  }

  private static func missing(
    _ parameters: EditParameters, mask: [UInt8]?, _ known: [Problem.FieldError]
  ) -> [Problem.FieldError] {
    if known.contains(pointer: "/mask") { return [] }
    switch parameters.task {
    case .inpaint, .erase:
      guard mask == nil else { return [] }
      let task = parameters.task.rawValue
      return [
        .init(
          pointer: "/mask",
          detail: "is needed for task \(task): send a PNG or JPEG of the picture's size, white"
            + " (or transparent) where to edit")
      ]
    case .outpaint:
      guard parameters.expand == nil else { return [] }
      return [
        .init(
          pointer: "/expand",
          detail: "is needed for task outpaint: say how many pixels to add at left, top, right,"
            + " bottom")
      ]
    }
  }
}
