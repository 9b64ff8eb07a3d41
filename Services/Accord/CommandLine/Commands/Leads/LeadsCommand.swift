import ArgumentParser

struct LeadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leads", abstract: "List and show leads, and what they did that does not count.",
        subcommands: [
            List.self,
            Show.self,
            Uncounted.self,
        ])
}
