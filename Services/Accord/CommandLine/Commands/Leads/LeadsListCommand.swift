import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension LeadsCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List leads by their ids, each with its score.",
            discussion: "Example: accord leads list --state mql --as-of 2026-08-01T00:00:00Z")

        /// The states that scoring knows.
        enum State: String, ExpressibleByArgument, CaseIterable {
            case inquiry, engaged, mql

            var wire: WireDemandState {
                switch self {
                case .inquiry: .inquiry
                case .engaged: .engaged
                case .mql: .mql
                }
            }
        }

        @Option(help: "Only leads in this state.")
        var state: State?
        @Option(help: "The moment; now by default.", transform: Arguments.instant)
        var asOf: Instant?
        @Option(help: "The most leads that are listed.")
        var limit = 1_000
        @OptionGroup var options: AnswerOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("expected a limit above zero") }
        }

        func ask(_ services: SuiteClients) async throws -> WireListLeadsResponse {
            var answer = WireListLeadsResponse()
            repeat {
                let token = answer.nextPageToken
                let wanted = min(1_000, limit - answer.leads.count)
                let page = try await services.scoring.listLeads(
                    .with {
                        $0.state = state?.wire ?? .unspecified
                        if let asOf { $0.asOf = asOf.wire }
                        $0.page.pageSize = Int32(wanted)
                        $0.page.pageToken = token
                    })
                answer.leads += page.leads
                answer.nextPageToken = page.nextPageToken
            } while !answer.nextPageToken.isEmpty && answer.leads.count < limit
            return answer
        }

        func text(_ answer: WireListLeadsResponse) -> String {
            guard !answer.leads.isEmpty else { return "no lead is like that" }
            var table = TextTable(["lead", "company", "state", "points", "grade", "tier", "qualified", "cools"])
            for record in answer.leads {
                table.add([
                    record.lead.leadID, record.lead.company.name, LeadText.state(record), "\(record.score.shown)",
                    record.score.grade, record.score.tier,
                    record.hasQualifiedAt ? Instant(record.qualifiedAt).text : "",
                    record.hasCoolsAt ? Instant(record.coolsAt).text : "",
                ])
            }
            let more = answer.nextPageToken.isEmpty ? "" : "\nthere are more: raise --limit"
            return table.text + more
        }
    }
}
