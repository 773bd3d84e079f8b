package import HTTP
import Jobs

extension SubmittedBody {
  /// Sorts `multipart/form-data`: files `image` and `mask`, every other field as text.
  package init(
    form body: UnsafeRawBufferPointer, contentType: MediaType
  ) throws(APIError) {
    var form = FormFields()
    do throws(MultipartError) {
      let parts = try MultipartForm.parse(
        body, contentType: contentType, limits: MultipartLimits())
      for part in parts { form.add(part) }
    } catch {
      throw .invalidForm(error)
    }
    self.init(fields: .form(form.fields), pictures: form.files, errors: form.errors)
  }
}

/// The parts of a form, sorted into pictures and fields; a name may come once.
private struct FormFields {
  var files: [String: [UInt8]] = [:]
  var fields: [String: String] = [:]
  var errors: [Problem.FieldError] = []

  mutating func add(_ part: FormPart) {
    let isPicture = SubmittedBody.pictureNames.contains(part.name)
    guard files[part.name] == nil, fields[part.name] == nil else {
      return refuse(part.name, "is there more than once: send it once")
    }
    if isPicture {
      files[part.name] = part.bytes
      if part.bytes.isEmpty { refuse(part.name, "is empty: send a PNG or JPEG file") }
    } else if let text = part.text {
      fields[part.name] = text
    } else {
      refuse(part.name, "is no UTF-8: send text")
    }
  }

  private mutating func refuse(_ name: String, _ detail: String) {
    let pointer = ParameterViolation(path: [name], detail: detail).pointer
    errors.append(.init(pointer: pointer, detail: detail))
  }
}
