import AccordTesting
import Contracts
import Hosting
import ICPDomain
import ICPService
import Kernel
import RPC
import SwiftProtobuf
import Synchronization
import Testing

/// `DiscoverIcp` over deals that a stub of Metrics has.
@Suite struct DiscoverIcpTests {
    private let service: ServiceFixture
    private let recorded = Recorded()
    private var client: WireIcpServiceClient { WireIcpServiceClient(service.transport) }

    /// What Metrics holds.
    private final class Recorded: Sendable {
        let deals = Mutex<[WireRecordedOpportunity]>([])
    }

    init() async throws {
        let metrics = RPCRoute(WireMetricsServiceMethods.listOpportunities) { [recorded] request, _ in
            let deals = recorded.deals.withLock { $0 }
            #expect(request.outcomes == [.won, .lost])
            let from = Int(request.page.pageToken) ?? 0
            let page = deals.dropFirst(from).prefix(300)
            return .with {
                $0.opportunities = Array(page)
                $0.nextPageToken = from + page.count < deals.count ? "\(from + page.count)" : ""
            }
        }
        service = try ServiceFixture(IcpService.self, start: IcpFixture.start, peers: [metrics])
        let accounts = (0..<60).map { number in
            WireAccount.with {
                $0.accountID = "a-\(number)"
                $0.name = "Company \(number)"
                $0.domains = ["company\(number).example"]
                $0.industry = number % 3 == 0 ? "software" : number % 3 == 1 ? "retail" : "media"
                $0.employees = Int64(10 + number * 7)
            }
        }
        _ = try await client.upsertAccounts(.with { $0.accounts = accounts })
        recorded.deals.withLock { $0 = Self.deals() }
    }

    /// Software wins 70 of 100, the others 30.
    private static func deals(_ count: Int = 900) -> [WireRecordedOpportunity] {
        var random = SeededRandom(seed: 77)
        return (0..<count).map { number in
            let account = Int(random.next() % 60)
            let isWon = random.next() % 100 < (account % 3 == 0 ? 70 : 30)
            return .with {
                $0.opportunity.opportunityID = "d-\(number)"
                $0.opportunity.accountID = "a-\(account)"
                $0.opportunity.outcome = isWon ? .won : .lost
                $0.opportunity.amount = Money(minorUnits: Int64(random.next() % 100_000), currency: "EUR").wire
                $0.opportunity.openedAt = IcpFixture.start.adding(.days(-60)).wire
                $0.opportunity.closedAt = IcpFixture.start.adding(.days(-Int64(random.next() % 50))).wire
                $0.opportunity.dimensions = ["series": number % 2 == 0 ? "GTX" : "MG"]
            }
        }
    }

    @Test func draftsASectionThatLintAcceptsAndSaysWhatSpeaksForIt() async throws {
        let answer = try await client.discoverIcp(.with { $0.shuffles = 100 })
        #expect(answer.deals.closed == 900 && answer.deals.used == 900 && answer.deals.accounts == 60)
        let best = try #require(answer.segments.first)
        #expect(best.verdict == "wins" && best.description_p == "company.industry is software" && best.isOfCompany)
        #expect(best.value.count > 0 && best.cycle.median > 0 && best.accounts == 20)
        #expect(best.deals + best.restDeals == 900)
        #expect(answer.fields.map(\.field) == ["company.industry", "company.employees", "deal.series"])
        #expect(answer.shuffles.shuffles == 100 && answer.shuffles.proposing <= 5, "\(answer.shuffles)")
        _ = try Agreement.read("name: Drafted\n" + answer.document)
        let version = try await client.proposeAgreement(
            .with {
                $0.agreement.name = "Drafted"
                $0.agreement.icp = answer.section
                $0.proposedBy = "rita"
            }
        ).version
        #expect(version.agreement.icp.criteria.map(\.id) == answer.section.criteria.map(\.id))
    }

    @Test func sameDealsGiveTheSameBytes() async throws {
        var bytes: [[UInt8]] = []
        for _ in 0..<2 { bytes.append(try await client.discoverIcp(.with { $0.shuffles = 3 }).serializedBytes()) }
        #expect(bytes[0] == bytes[1])
    }

    @Test func dealsWithoutAnAccountAreLeftOutAndToldWithTheReason() async throws {
        var deals = Self.deals(100)
        deals[0].opportunity.accountID = ""
        deals[1].opportunity.accountID = "nobody"
        deals[2].opportunity.closedAt = IcpFixture.start.adding(.days(1)).wire
        deals[3].opportunity.accountID = ""
        deals[3].lead.domain = "company7.example"
        deals[4].opportunity.accountID = "company 9"
        recorded.deals.withLock { [deals] in $0 = deals }
        let answer = try await client.discoverIcp(.init())
        #expect(answer.deals.closed == 100 && answer.deals.used == 97)
        #expect(answer.deals.leftOut.map(\.reason) == ["no_account_named", "account_unknown", "future"])
        #expect(answer.deals.leftOut.map(\.deals) == [1, 1, 1])
        #expect(answer.deals.leftOut[1].examples == ["nobody"])
    }

    @Test func valuesOfAnotherCurrencyAreNotCompared() async throws {
        var deals = Self.deals()
        for index in 0..<10 { deals[index].opportunity.amount.currency = "USD" }
        recorded.deals.withLock { [deals] in $0 = deals }
        let answer = try await client.discoverIcp(.init())
        #expect(answer.warnings == ["10 values are not in EUR and were not compared"])
    }

    @Test func ofManyFieldsOfDealsThoseThatMostHaveAreLookedAt() async throws {
        var deals = Self.deals(100)
        let names = (10..<70).map { "p\($0)" }
        for index in deals.indices {
            deals[index].opportunity.dimensions = Dictionary(
                uniqueKeysWithValues: names.dropFirst(index == 0 ? 5 : 0).map { ($0, "x") })
        }
        recorded.deals.withLock { [deals] in $0 = deals }
        let answer = try await client.discoverIcp(.init())
        #expect(answer.fields.map(\.field).filter { $0.hasPrefix("deal.") } == (15..<65).map { "deal.p\($0)" })
        #expect(answer.warnings.contains { $0.hasPrefix("10 fields of deals were not looked at") })
        let named = try await client.discoverIcp(.with { $0.fields = ["deal.p69"] })
        #expect(named.fields.map(\.field) == ["deal.p69"] && named.warnings.isEmpty)
    }

    @Test func everyFaultOfTheRequestIsToldAtOnce() async throws {
        let wrong = WireDiscoverIcpRequest.with {
            $0.falseDiscoveryRate = 0.9
            $0.minimumDeals = 2
            $0.ranges = 50
            $0.shuffles = 5_000
            $0.period.from = IcpFixture.start.wire
            $0.period.to = IcpFixture.start.wire
        }
        let refused = await error { _ = try await client.discoverIcp(wrong) }
        #expect(refused?.code == .invalidArgument)
        for path in ["false_discovery_rate", "minimum_deals", "ranges", "shuffles", "period.to"] {
            #expect(refused?.message.contains(path) == true, "\(path)")
        }
        let unknown = await error {
            _ = try await client.discoverIcp(.with { $0.fields = ["company.industri"] })
        }
        #expect(unknown?.message.contains("did you mean company.industry?") == true)
    }
}
