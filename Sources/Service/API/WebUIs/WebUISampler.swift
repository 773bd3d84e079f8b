import Jobs

/// Samplers by the names that clients of the web UIs know.
struct WebUISampler: Sendable {
  let sampler: EditParameters.Sampler
  /// The first one is shown.
  let names: [String]

  static let all = [
    Self(.ddim, "DDIM", "ddim"),
    Self(.ddpm, "DDPM", "ddpm"),
    Self(.euler, "Euler", "k_euler"),
    Self(.eulerAncestral, "Euler a", "k_euler_a", "k_euler_ancestral"),
    Self(.heun, "Heun", "k_heun"),
    Self(.dpmSolver2M, "DPM++ 2M", "DPM++ 2M Karras", "k_dpmpp_2m"),
    Self(.uniPC, "UniPC", "unipc"),
    Self(.pndm, "PLMS", "plms", "PNDM"),
    Self(.lcm, "LCM", "k_lcm"),
    Self(.tcd, "TCD", "tcd"),
  ]

  private init(_ sampler: EditParameters.Sampler, _ names: String...) {
    (self.sampler, self.names) = (sampler, names)
  }
}
