import Compute
import Editing
import Foundation
import Rewards
import ServeSettings

/// The model and the judges: that they load, and what they are.
struct ModelChecks {
  let settings: ServeConfiguration

  func findings() -> [Finding] {
    let judges: Judges
    var findings: [Finding] = []
    do {
      judges = try Judges(
        try JudgeLoading.sources(
          folder: settings.judges, aesthetic: settings.aesthetic, alignment: settings.alignment,
          coherence: settings.coherence))
      findings = JudgeKind.allCases.map { finding($0, judges[$0]) }
    } catch {
      judges = Judges.off
      findings = [
        .failed(
          "judges", "\(error)",
          do: "name judges that are there with 'judges', 'aesthetic', 'alignment', 'coherence', or "
            + "say off")
      ]
    }
    return [model(judges)] + findings
  }

  private func model(_ judges: Judges) -> Finding {
    do {
      let start = ContinuousClock.now
      let editor = try ModelLoading.editor(
        folder: settings.model, maxMegapixels: settings.maxMegapixels,
        storage: WeightStorage(rawValue: settings.weights) ?? .float32,
        adapters: settings.adapters, judges: judges)
      let seconds = start.duration(to: .now) / .seconds(1)
      return .ok(
        "model",
        "\(editor.model.name), hash \(editor.model.hash), \(editor.model.storage.rawValue), loaded in "
          + String(format: "%.2f s", seconds))
    } catch {
      return .failed(
        "model", "\(error)",
        do: "name a diffusers folder with 'model' that 'byteedit model inspect' can read")
    }
  }

  private func finding(_ kind: JudgeKind, _ judge: Judge?) -> Finding {
    let check = "judge \(kind.rawValue)"
    guard let judge else { return .ok(check, "off: its scores are null") }
    return .ok(check, "\(judge.identity.name), hash \(judge.identity.hash)")
  }
}
