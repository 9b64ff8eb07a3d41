import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import RPC
import SwiftProtobuf

struct ScoringRescoreCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescore",
        abstract: "How far the leads are that a new agreement found: all are scored anew in the background.",
        discussion: """
            It begins by itself when a version takes effect, and goes on behind the last batch when it was interrupted. \
            Ends with 2 while it goes on.

            Example: accord scoring rescore
            Example: accord scoring rescore --wait --timeout 30m
            """)

    /// How many are shown.
    private static let shown: Int32 = 10

    @Flag(help: "Return when all leads are scored by the version in force.")
    var wait = false
    @Option(help: "Of --wait: how long at most, such as 10m.", transform: Arguments.span)
    var timeout: TimeSpan = .minutes(60)
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireListRescoresResponse {
        let end = ContinuousClock.now.advanced(by: .microseconds(timeout.microseconds))
        var progress = ProgressLine("scoring leads anew")
        defer { progress.end() }
        while true {
            let answer = try await services.scoring.listRescores(.with { $0.page.pageSize = Self.shown })
            guard wait, answer.isGoingOn, ContinuousClock.now < end else { return answer }
            if let rescore = answer.rescores.first, rescore.agreementVersion == answer.agreementVersion {
                progress.show(
                    Int(rescore.lookedAt), of: Int(rescore.leads), note: RescoreText.pace(rescore, answer.asOf))
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    func text(_ answer: WireListRescoresResponse) -> String { RescoreText.report(answer) }

    func judge(_ answer: WireListRescoresResponse) throws {
        if answer.isGoingOn { throw ExitReason.found }
    }
}

/// Rescores as people read them.
enum RescoreText {
    static func report(_ answer: WireListRescoresResponse) -> String {
        guard !answer.rescores.isEmpty else { return answer.rescoreStatus }
        var table = TextTable([
            "version", "took effect", "begun", "finished", "leads", "looked at", "changed", "qualified", "cooled",
        ])
        for rescore in answer.rescores {
            table.add([
                "\(rescore.agreementVersion)", Instant(rescore.effectiveAt).text, Instant(rescore.begunAt).text,
                finished(rescore), "\(rescore.leads)", "\(rescore.lookedAt)", "\(rescore.changed)",
                "\(rescore.qualified)", "\(rescore.cooled)",
            ])
        }
        return "\(table.text)\n\n\(answer.rescoreStatus)"
    }

    /// Such as `48000 leads a second, about 12 s left`; empty as long as that is not known.
    static func pace(_ rescore: WireRescore, _ asOf: Google_Protobuf_Timestamp) -> String {
        let seconds = Instant(asOf).seconds(since: Instant(rescore.begunAt))
        guard seconds > 0, rescore.lookedAt > 0 else { return "" }
        let pace = Double(rescore.lookedAt) / seconds
        let left = Double(max(0, rescore.leads - rescore.lookedAt)) / pace
        return "\(Int(pace)) leads a second, about \(Format.seconds(left)) left"
    }

    private static func finished(_ rescore: WireRescore) -> String {
        if rescore.supersededBy > 0 { return "went on as version \(rescore.supersededBy)" }
        return rescore.hasFinishedAt ? Instant(rescore.finishedAt).text : ""
    }
}
