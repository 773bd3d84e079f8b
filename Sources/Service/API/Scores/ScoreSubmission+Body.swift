import HTTP
import Jobs

extension ScoreSubmission {
  /// Reads a body; what is wrong is gathered.
  init(_ body: SubmittedBody, models: ModelCatalogue) throws(APIError) {
    var errors = body.errors
    if body.image == nil, !errors.contains(pointer: "/image") {
      errors.append(
        .init(pointer: "/image", detail: "is needed: send the picture to score as PNG or JPEG"))
    }
    let parameters: ScoreParameters
    do throws(InvalidParameters) {
      parameters =
        switch body.fields {
        case .form(let fields): try ScoreParameters(form: fields)
        case .json(let fields): try ScoreParameters(json: fields)
        }
    } catch {
      throw .invalidFields(errors + .init(error))
    }
    errors += models.refusals(of: parameters.edit)
    guard errors.isEmpty, let image = body.image else { throw .invalidFields(errors) }
    self.init(parameters: parameters, image: image, mask: body.mask)
  }
}
