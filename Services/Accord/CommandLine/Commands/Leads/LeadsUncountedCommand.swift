import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct Uncounted: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the engagement that was kept and gives no points, by kind.",
            discussion: "Example: accord leads uncounted --reason undeclared")

        enum Reason: String, ExpressibleByArgument, CaseIterable {
            case late, undeclared
        }

        @Option(help: "Only this reason: it came too late, or the agreement does not declare its kind.")
        var reason: Reason?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListUncountedEngagementResponse {
            try await Pages.joined { token in
                try await services.scoring.listUncountedEngagement(
                    .with {
                        $0.reason = reason?.rawValue ?? ""
                        $0.page.pageSize = 1_000
                        $0.page.pageToken = token
                    })
            } join: {
                $0.engagement += $1.engagement
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListUncountedEngagementResponse) -> String {
            guard !answer.engagement.isEmpty else { return "all engagement counts as agreed" }
            var table = TextTable(["kind", "reason", "count", "first", "last"])
            for entry in answer.engagement {
                table.add([
                    entry.kind, entry.reason, "\(entry.count)", Instant(entry.firstAt).text, Instant(entry.lastAt).text,
                ])
            }
            return table.text
        }
    }
}
