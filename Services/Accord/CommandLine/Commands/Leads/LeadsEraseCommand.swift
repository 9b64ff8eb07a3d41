import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct Erase: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a person from every service, for good.",
            discussion: """
                Every id of the lead goes, also those that were merged into it, and none is ever used again. Counts stay,
                and who asked for it and why: do not name the person in --reason. Backups and the CRM keep what they have.

                Example: accord leads erase l-17 --by rita@example.com --reason "asked by mail"
                """)

        @Argument(help: "The lead, by any of its ids.")
        var lead: String
        @Option(help: "Who says so.")
        var by: String
        @Option(help: "Why.")
        var reason = ""
        @Flag(help: "Do not ask whether to.")
        var yes = false
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireEraseLeadResponse {
            try confirm()
            return try await services.scoring.eraseLead(
                .with {
                    $0.leadID = lead
                    $0.erasedBy = by
                    $0.reason = reason
                })
        }

        func text(_ answer: WireEraseLeadResponse) -> String {
            """
            erased at \(Instant(answer.erasedAt).text): \(answer.leadIds.joined(separator: ", "))
            engagements \(answer.engagements), changes of fields \(answer.fieldChanges), \
            changes of the score \(answer.scoreChanges), qualifications \(answer.qualifications)
            The other services follow as soon as they are told. Backups and the CRM are not touched.
            """
        }

        /// Asks where someone can answer; scripts have said so by calling it.
        private func confirm() throws {
            guard !yes, isatty(0) == 1, Terminal.errorIsTerminal else { return }
            Terminal.ask("Erase \(lead) from every service? This cannot be undone. [y/N]: ")
            guard ["y", "yes"].contains(readLine()?.lowercased()) else {
                Terminal.complain("nothing was erased")
                throw ExitCode.failure
            }
        }
    }
}
