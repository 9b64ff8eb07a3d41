import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

struct IcpDiscoverCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Look in the closed deals for the companies that buy, and draft an icp section.",
        discussion: """
            Compares the deals of each property, and of each pair, with the rest, and tells what is more than \
            chance. Nothing is stored: put the draft into your agreement and propose it.

            Example: accord icp discover
            Example: accord icp discover --field company.industry --field deal.source --shuffles 100
            Example: accord icp discover --yaml > icp.yaml
            """)

    @Option(help: "Of closing: FROM..TO, half open; all time by default.", transform: Arguments.period)
    var period: WirePeriod?
    @Option(
        name: .customLong("field"),
        help: "A field to look at, such as company.industry or deal.source; again for more. All by default.")
    var fields: [String] = []
    @Option(help: "The share of what is proposed that may be chance.")
    var falseDiscoveryRate = 0.05
    @Option(help: "The fewest deals inside a segment, and outside it; 20 by default.")
    var minimumDeals: Int32 = 0
    @Option(help: "The fewest accounts behind a segment of companies; 5 by default.")
    var minimumAccounts: Int32 = 0
    @Option(help: "Into how many ranges numbers are cut; 4 by default.")
    var ranges: Int32 = 0
    @Flag(help: "Count a missing field as a value of its own.")
    var includeMissing = false
    @Option(help: "Shuffle the outcomes so often, and count how often something would be proposed.")
    var shuffles: Int32 = 0
    @Option(help: "Of the shuffles.")
    var seed: UInt64 = 1
    @Option(help: "How many segments to show that are not proposed; 20 by default.")
    var others: Int32 = 20
    @Flag(help: "Print the draft alone, as YAML with its evidence in comments.")
    var yaml = false
    @OptionGroup var options: AnswerOptions

    func validate() throws {
        if yaml, options.output.json { throw ValidationError("--yaml and --json: expected one of them") }
    }

    func ask(_ services: SuiteClients) async throws -> WireDiscoverIcpResponse {
        try await services.icp.discoverIcp(
            .with {
                if let period { $0.period = period }
                $0.fields = fields
                $0.falseDiscoveryRate = falseDiscoveryRate
                $0.minimumDeals = minimumDeals
                $0.minimumAccounts = minimumAccounts
                $0.ranges = ranges
                $0.includeMissing = includeMissing
                $0.shuffles = shuffles
                $0.seed = seed
                $0.others = others
            })
    }

    func text(_ answer: WireDiscoverIcpResponse) -> String {
        guard yaml else { return DiscoveryText.report(answer) }
        return answer.document.isEmpty ? "# Nothing to propose." : answer.document
    }
}
