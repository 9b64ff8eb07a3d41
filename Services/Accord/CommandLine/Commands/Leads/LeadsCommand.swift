import ArgumentParser

struct LeadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leads",
        abstract: "Send, list and show leads; make them one, tell them apart again, erase them; what does not count.",
        subcommands: [
            Import.self,
            List.self,
            Show.self,
            Merge.self,
            Split.self,
            Erase.self,
            Uncounted.self,
        ])
}
