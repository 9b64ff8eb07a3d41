import AccordSuite
public import ArgumentParser
import Contracts
import Foundation
import Hosting
import Kernel
public import Logging
import RPC
import SwiftProtobuf

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run all five services in this process.",
        discussion: """
            ICP listens on the port base + 1, Scoring on + 2, Routing on + 3, SLA on + 4, Metrics on + 5 (with the page \
            at /). Ends on SIGINT or SIGTERM, after finishing what runs. ACCORD_WEBHOOK_SECRETS has the secrets of \
            tools that tell Scoring of engagement by webhook, such as forms=whsec_...

            Example: accord up --data ./accord-data
            """)

    @Option(help: "The folder of the five SQLite files.")
    var data: String
    @Option(help: "Added to the services' numbers; 0 takes any free ports.")
    var portBase = 7_100
    @Option(help: "The address to listen on. Another than loopback needs ACCORD_TOKEN.")
    var host = "127.0.0.1"
    @Option(help: "Least level that is logged.")
    var logLevel = Logger.Level.info
    @Option(help: "Time, after the signal, to finish what runs and to hand over events.", transform: Arguments.span)
    var drainTimeout = TimeSpan(seconds: 10)
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try PortRange.validate(portBase)
    }

    func run() async throws { try await ExitReason.serving(serve) }

    private func serve() async throws {
        var settings = HostedSuite.Settings(folder: data, telemetry: Telemetry.start("accord", level: logLevel))
        settings.host = host
        settings.portBase = portBase
        settings.token = ProcessInfo.processInfo.environment["ACCORD_TOKEN"]
        settings.webhooks.secrets = try Arguments.webhookSecrets()
        settings.drainTimeout = drainTimeout
        let suite = try await HostedSuite.start(settings)
        let addresses = ServiceName.allCases.map { ($0.rawValue, suite.address(of: $0)) }
        if output.json {
            Terminal.say(try JSONText.of(Dictionary(uniqueKeysWithValues: addresses)))
        } else {
            for (name, address) in addresses { Terminal.say("\(name) listening on \(address)") }
            Terminal.say("the page: \(suite.address(of: .metrics))/")
        }
        try await suite.runUntilSignal()
    }
}

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a quarter of a made-up company through the five services over HTTP, and look at it.",
        discussion: """
            The same seed plays the same quarter. Afterwards the page stays up until interrupted.

            Example: accord demo --leads 5000 --seed 7 --exit
            """)

    @Option(help: "The seed of everything that happens.")
    var seed: UInt64 = 2_026
    @Option(help: "How many leads come in the quarter, 1 to 200000.")
    var leads = 3_000
    @Option(help: "Added to the services' numbers; 0 takes any free ports.")
    var portBase = 7_100
    @Option(help: "Where the services keep their files; a temporary folder by default.")
    var data: String?
    @Flag(help: "End after printing, instead of serving the page.")
    var exit = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...200_000).contains(leads) else { throw ValidationError("--leads \(leads): expected 1 to 200000") }
        try PortRange.validate(portBase)
    }

    func run() async throws { try await ExitReason.serving(play) }

    private func play() async throws {
        let demo = try await Demo.start(
            DemoSettings(seed: seed, leads: leads), folder: data, portBase: portBase)
        var progress = ProgressLine("playing a quarter")
        let played = try await demo.play { state, settings in
            let done = Int(state.now.seconds(since: settings.start) / 3_600)
            progress.show(done, of: Int(settings.days * 24), note: "\(state.leads) leads, \(state.handoffs) handoffs")
        }
        progress.end()
        let reports = try await demo.reports()
        if output.json {
            Terminal.say(
                try JSONText.of([
                    "funnel": reports.funnel, "serviceLevels": reports.serviceLevels,
                    "attribution": reports.attribution, "journey": reports.journey,
                ]))
        } else {
            Terminal.say(
                "\(played.leads) leads with \(played.engagements) engagements, \(played.handoffs) handoffs, "
                    + "\(played.opportunities) opportunities (seed \(seed))")
            Terminal.say("\nFunnel\n\(Reports.funnel(reports.funnel, splitBy: "source"))")
            Terminal.say("\nService levels\n\(Reports.serviceLevels(reports.serviceLevels, splitBy: ""))")
            Terminal.say("\nAttribution\n\(Reports.attribution(reports.attribution))")
            Terminal.say("\nOne lead's journey\n\(Reports.journey(reports.journey))")
        }
        if exit { return try await demo.close() }
        Terminal.complain("\nLook at \(demo.address(of: .metrics))/ and end with Ctrl-C.")
        try await demo.serveUntilSignal()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
