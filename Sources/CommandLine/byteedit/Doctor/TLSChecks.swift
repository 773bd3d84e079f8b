import ServeSettings
import TLS

/// Certificate and key, where TLS is configured.
struct TLSChecks {
  let settings: ServeConfiguration

  func findings() -> [Finding] {
    do {
      guard let files = try settings.tlsFiles() else { return [] }
      return [certificate(try TLSServerContext(files), files)]
    } catch {
      return [
        .failed(
          "tls", "\(error)", do: "correct it: the service does not start so, nor reload it")
      ]
    }
  }

  private func certificate(
    _ context: TLSServerContext, _ files: TLSServerContext.Files
  ) -> Finding {
    let left = CertificateTime(expiry: context.expiry)
    let detail =
      "\(files.certificate) until \(left.date), client certificates: "
      + files.clientCertificates.rawValue
    let advice = "renew the certificate, put chain and key in place and send SIGHUP"
    if left.days < 0 { return .failed("tls", detail + ": it has expired", do: advice) }
    guard left.days >= CertificateReload.warningDays else {
      return .warning("tls", detail + ": \(left.days) days are left", do: advice)
    }
    return .ok("tls", detail)
  }
}
