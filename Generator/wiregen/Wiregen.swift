import ArgumentParser

@main
struct Wiregen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wiregen",
    abstract: "Turns a wire protocol described in XML into everything that has to agree with it.",
    discussion: """
      A schema describes the messages of a protocol once; Schemas/README.md is the reference of its language.

        wiregen check Schemas/pcp.xml
        wiregen generate Schemas/pcp.xml -o Generated
        wiregen list Schemas/pcp.xml
        wiregen docs Schemas/pcp.xml -o Pages
        wiregen format Schemas/pcp.xml
        wiregen lint Schemas/pcp.xml
        wiregen dissector Schemas/pcp.xml -o wg_pcp.lua
      """,
    subcommands: [Check.self, Generate.self, List.self, Docs.self, Format.self, Lint.self, DissectorCommand.self])
}
