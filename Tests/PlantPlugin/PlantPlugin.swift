import PackagePlugin

/// Generates from `planted.xml` code that has faults.
@main struct PlantPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let schema = target.directoryURL.appending(path: "planted.xml")
    let output = context.pluginWorkDirectoryURL.appending(path: "planted.swift")
    return [
      .buildCommand(
        displayName: "Planting faults", executable: try context.tool(named: "Plant").url,
        arguments: [schema.path, output.path], inputFiles: [schema], outputFiles: [output])
    ]
  }
}
