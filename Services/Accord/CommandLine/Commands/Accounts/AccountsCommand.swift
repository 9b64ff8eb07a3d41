import ArgumentParser

struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Send, list, show, find and merge accounts.",
        subcommands: [
            Import.self,
            List.self,
            Show.self,
            Find.self,
            Merge.self,
        ])
}
