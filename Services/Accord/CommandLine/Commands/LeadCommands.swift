import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import Kernel
import SwiftProtobuf

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a lead's score, point by point.",
        discussion: "Example: accord explain lead-42 --as-of 2026-08-01T00:00:00Z")

    @Argument(help: "The lead's id.")
    var lead: String
    @Option(help: "The moment; now by default.")
    var asOf: String?
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let moment = try asOf.map { try Arguments.instant($0, "--as-of") }
        let response = try await connection.connected { clients in
            try await clients.scoring.explainScore(
                .with {
                    $0.leadID = lead
                    if let moment { $0.asOf = moment.wire }
                })
        }
        if output.json { return try Terminal.say(json: response) }
        let score = response.score
        Terminal.say(
            "\(lead): \(score.shown) points, grade \(score.grade), agreement version \(score.agreementVersion)")
        var table = TextTable(["rule", "group", "points", "raw", "evidence"])
        for entry in response.ledger {
            table.add([entry.rule, entry.group, "\(entry.shown)", Format.fixed(entry.raw, 1), entry.evidence])
        }
        Terminal.say(table.text)
        for change in response.history {
            Terminal.say(
                "  \(Instant(change.at).text)  \(Format.fixed(change.before, 1)) -> \(Format.fixed(change.after, 1))"
                    + "  \(change.cause)")
        }
    }
}

struct JourneyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journey", abstract: "Show everything that happened to one lead.",
        discussion: "Example: accord journey lead-42")

    @Argument(help: "The lead's id.")
    var lead: String
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let response = try await connection.connected { try await $0.metrics.getJourney(.with { $0.leadID = lead }) }
        if output.json { return try Terminal.say(json: response) }
        Terminal.say(Reports.journey(response))
    }
}
