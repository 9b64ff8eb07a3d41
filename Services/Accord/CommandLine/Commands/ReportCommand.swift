import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print a report.",
        subcommands: [Funnel.self, Pipeline.self, Attribution.self, ServiceLevels.self])

    struct Funnel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts, conversion and time between stages.",
            discussion: "Example: accord report funnel --split-by source --period 2026-07-01..2026-10-01 --cohort")

        @Option(help: "FROM..TO, half open; all time by default.")
        var period: String?
        @Option(help: "source, channel, campaign, segment, tier, motion, territory, team, rep, ...")
        var splitBy = ""
        @Flag(help: "By the leads that came to be in the period, not by what happened in it.")
        var cohort = false
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let period = try Arguments.period(period)
            let response = try await connection.connected { clients in
                try await clients.metrics.getFunnel(
                    .with {
                        if let period { $0.period = period }
                        $0.splitBy = splitBy
                        $0.basis = cohort ? .cohort : .period
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say(Reports.funnel(response, splitBy: splitBy))
        }
    }

    struct Pipeline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Win rate, average deal, cycle and velocity.",
            discussion: "Example: accord report pipeline --split-by team")

        @Option(help: "Of closing: FROM..TO, half open; all time by default.")
        var period: String?
        @Option(help: "source, team, rep, stage, or a dimension of the opportunities.")
        var splitBy = ""
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let period = try Arguments.period(period)
            let response = try await connection.connected { clients in
                try await clients.metrics.getPipeline(
                    .with {
                        if let period { $0.period = period }
                        $0.splitBy = splitBy
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say(Reports.pipeline(response, splitBy: splitBy))
        }
    }

    struct Attribution: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who gets credit for what was won; all models side by side.",
            discussion: "Example: accord report attribution --by campaign --model linear")

        @Option(help: "Of closing: FROM..TO, half open; all time by default.")
        var period: String?
        @Option(help: "first, last or linear; all by default.")
        var model = ""
        @Option(help: "channel, campaign, content or source.")
        var by = "channel"
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let period = try Arguments.period(period)
            let response = try await connection.connected { clients in
                try await clients.metrics.getAttribution(
                    .with {
                        if let period { $0.period = period }
                        $0.model = model
                        $0.by = by
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say(Reports.attribution(response))
        }
    }

    struct ServiceLevels: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "service-levels", abstract: "Timers met and breached.",
            discussion: "Example: accord report service-levels --split-by team")

        @Option(help: "Of arming: FROM..TO, half open; all time by default.")
        var period: String?
        @Option(help: "rep, team, segment, motion, source, tier, territory or agreement_version.")
        var splitBy = ""
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let period = try Arguments.period(period)
            let response = try await connection.connected { clients in
                try await clients.metrics.getServiceLevels(
                    .with {
                        if let period { $0.period = period }
                        $0.splitBy = splitBy
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say(Reports.serviceLevels(response, splitBy: splitBy))
        }
    }
}
