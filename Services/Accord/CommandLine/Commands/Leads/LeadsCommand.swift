import ArgumentParser

struct LeadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leads",
        abstract: "Send, list and show leads; make them one, and tell them apart again; what does not count.",
        subcommands: [
            Import.self,
            List.self,
            Show.self,
            Merge.self,
            Split.self,
            Uncounted.self,
        ])
}
