import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension AgreementCommand {
    struct History: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "The audit log: who did what, when, and from which version.",
            discussion: "Example: accord agreement history 3")

        @Argument(help: "The version's number; all versions by default.")
        var version: Int64?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListHistoryResponse {
            try await Pages.joined { token in
                try await services.icp.listHistory(
                    .with {
                        $0.version = version ?? 0
                        $0.page.pageToken = token
                    })
            } join: {
                $0.entries += $1.entries
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListHistoryResponse) -> String {
            guard !answer.entries.isEmpty else { return "nothing has happened yet" }
            return answer.entries.map { entry in
                let actor = entry.actor.isEmpty ? "" : " by \(entry.actor)"
                let side = AgreementText.side(entry.side).map { " for \($0)" } ?? ""
                let section = entry.section.isEmpty ? "" : ", \(entry.section)"
                let former = entry.fromVersion == 0 || entry.fromVersion == entry.version
                let from = former ? "" : ", from version \(entry.fromVersion)"
                let comment = entry.comment.isEmpty ? "" : ": \(entry.comment)"
                return "\(Instant(entry.at).text)  version \(entry.version)\(section) "
                    + "\(AgreementText.action(entry.action))\(actor)\(side)\(from)\(comment)"
            }.joined(separator: "\n")
        }
    }
}
