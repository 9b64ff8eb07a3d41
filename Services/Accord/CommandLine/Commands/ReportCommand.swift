import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print a report.",
        subcommands: [
            Funnel.self,
            Pipeline.self,
            Attribution.self,
            ServiceLevels.self,
        ])

    struct Funnel: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts, conversion and time between stages.",
            discussion: "Example: accord report funnel --split-by source --period 2026-07-01..2026-10-01 --cohort")

        @Option(help: "FROM..TO, half open; all time by default.", transform: Arguments.period)
        var period: WirePeriod?
        @Option(help: "source, channel, campaign, segment, tier, motion, territory, team, rep, ...")
        var splitBy = ""
        @Flag(help: "By the leads that came to be in the period, not by what happened in it.")
        var cohort = false
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetFunnelResponse {
            try await services.metrics.getFunnel(
                .with {
                    if let period { $0.period = period }
                    $0.splitBy = splitBy
                    $0.basis = cohort ? .cohort : .period
                })
        }

        func text(_ answer: WireGetFunnelResponse) -> String { Reports.funnel(answer, splitBy: splitBy) }
    }

    struct Pipeline: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Win rate, average deal, cycle and velocity.",
            discussion: "Example: accord report pipeline --split-by team")

        @Option(help: "Of closing: FROM..TO, half open; all time by default.", transform: Arguments.period)
        var period: WirePeriod?
        @Option(help: "source, team, rep, stage, or a dimension of the opportunities.")
        var splitBy = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetPipelineResponse {
            try await services.metrics.getPipeline(
                .with {
                    if let period { $0.period = period }
                    $0.splitBy = splitBy
                })
        }

        func text(_ answer: WireGetPipelineResponse) -> String { Reports.pipeline(answer, splitBy: splitBy) }
    }

    struct Attribution: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who gets credit for what was won; all models side by side.",
            discussion: "Example: accord report attribution --by campaign --model linear")

        @Option(help: "Of closing: FROM..TO, half open; all time by default.", transform: Arguments.period)
        var period: WirePeriod?
        @Option(help: "first, last, linear or position; all by default.")
        var model = ""
        @Option(help: "channel, campaign, content or source.")
        var by = "channel"
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetAttributionResponse {
            try await services.metrics.getAttribution(
                .with {
                    if let period { $0.period = period }
                    $0.model = model
                    $0.by = by
                })
        }

        func text(_ answer: WireGetAttributionResponse) -> String { Reports.attribution(answer) }
    }

    struct ServiceLevels: AnswerCommand {
        static let configuration = CommandConfiguration(
            commandName: "service-levels", abstract: "Timers met and breached.",
            discussion: "Example: accord report service-levels --split-by team")

        @Option(help: "Of arming: FROM..TO, half open; all time by default.", transform: Arguments.period)
        var period: WirePeriod?
        @Option(help: "rep, team, segment, motion, source, tier, territory or agreement_version.")
        var splitBy = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetServiceLevelsResponse {
            try await services.metrics.getServiceLevels(
                .with {
                    if let period { $0.period = period }
                    $0.splitBy = splitBy
                })
        }

        func text(_ answer: WireGetServiceLevelsResponse) -> String {
            Reports.serviceLevels(answer, splitBy: splitBy)
        }
    }
}
