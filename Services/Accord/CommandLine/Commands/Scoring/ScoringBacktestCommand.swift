import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import ICPDomain
import Kernel
import RPC
import SwiftProtobuf

struct ScoringBacktestCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Play a draft over stored history: who would have qualified and when, and what became of them.",
        discussion: """
            Nothing is stored or changed. Nothing counts before its own time.

            Example: accord scoring backtest agreement.yaml
            Example: accord scoring backtest 7 --against 6 --outcome won --period 2026-01-01..2026-07-01
            """)

    @Argument(help: "The agreement: the number of a version or a draft, or a file.")
    var agreement: AgreementSource
    @Option(help: "What it is compared with; the version in force by default.")
    var against: AgreementSource?
    @Option(help: "What precision and recall are of: accepted, sql or won.")
    var outcome = "accepted"
    @Option(help: "Within which time an outcome counts; 90d by default.")
    var horizon = ""
    @Option(help: "Of qualifying: FROM..TO, half open; all time by default.", transform: Arguments.period)
    var period: WirePeriod?
    @Option(help: "Leads to name that the two see differently: 0 to 1000.")
    var leads: Int32 = 0
    @Option(help: "How long it may take, such as 2m.", transform: Arguments.span)
    var timeout: TimeSpan = .minutes(5)
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireBacktestResponse {
        let (draft, other) = (try agreement.readReference, try against?.readReference)
        return try await services.scoring.backtest(
            .with {
                $0.draft = draft
                if let other { $0.against = other }
                $0.outcome = outcome
                $0.horizon = horizon
                if let period { $0.period = period }
                $0.leads = leads
            }, CallOptions(timeout: .microseconds(timeout.microseconds)))
    }

    func text(_ answer: WireBacktestResponse) -> String { BacktestText.report(answer) }
}

extension AgreementSource {
    /// As ``reference``, a file being read and checked here: only ICP reads documents.
    fileprivate var readReference: WireAgreementReference {
        get throws {
            guard case .file(let path) = self else { return try reference }
            let checked = Agreement.check(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            guard let agreement = checked.agreement else {
                Terminal.complain("\(path) has faults: accord agreement lint \(path)")
                throw ExitReason.badInput
            }
            let message = try WireAgreement(jsonString: agreement.tree.canonicalJSON)
            return .with { $0.agreement = message }
        }
    }
}
