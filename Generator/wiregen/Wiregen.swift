import ArgumentParser
import Foundation

@main
struct Wiregen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wiregen",
    abstract: "Turns a wire protocol described in XML into everything that has to agree with it.",
    discussion: """
      A schema describes the messages of a protocol once; Schemas/README.md is the reference of its language.

        wiregen check Schemas/pcp.xml
        wiregen decode Schemas/pcp.xml --pcap capture.pcap
        wiregen encode Schemas/pcp.xml request.json
        wiregen diff Schemas/pcp.xml before.bin after.bin
        wiregen sample Schemas/pcp.xml --invalid --count 100
        wiregen generate Schemas/pcp.xml -o Generated
        wiregen list Schemas/pcp.xml
        wiregen docs Schemas/pcp.xml -o Pages
        wiregen format Schemas/pcp.xml
        wiregen lint Schemas/pcp.xml
        wiregen dissector Schemas/pcp.xml -o wg_pcp.lua
        wiregen compat old/pcp.xml Schemas/pcp.xml
      """,
    subcommands: [
      Check.self, Generate.self, Decode.self, Encode.self, Diff.self, Sample.self, List.self, Docs.self, Format.self,
      Lint.self, DissectorCommand.self, Compat.self,
    ])

  /// Every failure is told in one line; that of arguments without the usage around it.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Files.printError(failure.message)
      exit(withError: failure.status)
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      Files.printError("error: \(message(for: error))")
      exit(withError: ExitCode.validationFailure)
    }
  }
}
