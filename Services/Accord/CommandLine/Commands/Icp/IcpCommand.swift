import ArgumentParser

struct IcpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "icp", abstract: "Who we sell to.",
        subcommands: [
            IcpMatchCommand.self,
            IcpDiscoverCommand.self,
        ])
}
