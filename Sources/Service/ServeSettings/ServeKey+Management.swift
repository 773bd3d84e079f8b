extension ServeKey {
  /// Where a worker answers if nothing is said.
  package static let workerManagementPort = 9090

  static let managementPort = ServeKey(
    name: "management_port",
    help: "TCP port for health and metrics in clear text and without keys; a worker's is "
      + "\(workerManagementPort) if not given, 'byteedit serve' has one only if it is; 0 lets the "
      + "system choose.",
    isFlag: false
  ) { text, configuration in
    guard let value = Int(text), (0...65_535).contains(value) else {
      throw ServeConfigurationError(
        description: "management_port: '\(text)' is not a whole number from 0 to 65535")
    }
    configuration.managementPort = value
  } shown: {
    $0.managementPort.map(String.init) ?? ""
  }
}
