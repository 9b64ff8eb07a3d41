import Criteria
import Kernel
import Testing

@testable import ICPDomain

@Suite struct AccountMergingTests {
    static func source(_ id: String, heard: Int64, parent: String = "", _ change: (inout AccountProfile) -> Void)
        -> AccountSource
    {
        var profile = AccountProfile(id: id)
        change(&profile)
        let moment = Instant(seconds: heard)
        return AccountSource(profile: profile, parentID: parent, createdAt: moment, updatedAt: moment)
    }

    static let sources = [
        source("a", heard: 5) {
            $0.name = "Acme"
            $0.technologies = ["dbt"]
            $0.custom = ["plan": .text("pro")]
        },
        source("b", heard: 9, parent: "p") {
            $0.name = "Acme Inc."
            $0.employees = 90
            $0.technologies = ["DBT", "Looker"]
            $0.custom = ["plan": .text("free"), "seats": .number(3)]
        },
        source("c", heard: 7, parent: "q") {
            $0.employees = 70
            $0.industry = "software"
            $0.domains = ["acme.com"]
        },
    ]

    @Test func whoStaysGoesFirstThenWhoWasHeardOfLast() throws {
        let merged = try #require(MergedAccount(id: "a", sources: Self.sources))
        #expect(merged.profile.name == "Acme")
        #expect(merged.profile.employees == 90)
        #expect(merged.profile.industry == "software")
        #expect(merged.profile.domains == ["acme.com"])
        #expect(merged.profile.technologies == ["dbt", "Looker"])
        #expect(merged.profile.custom == ["plan": .text("pro"), "seats": .number(3)])
        #expect(merged.parentIDs == ["p", "q"])
        #expect(merged.formerIDs == ["b", "c"])
        #expect(merged.createdAt == Instant(seconds: 5) && merged.updatedAt == Instant(seconds: 9))
    }

    @Test func theOrderOfTheSourcesDoesNotMatter() {
        let merged = MergedAccount(id: "a", sources: Self.sources)
        #expect(MergedAccount(id: "a", sources: Self.sources.reversed()) == merged)
        #expect(MergedAccount(id: "a", sources: [Self.sources[1], Self.sources[0], Self.sources[2]]) == merged)
        #expect(MergedAccount(id: "z", sources: Self.sources) == nil)
    }

    @Test func aChainOfOwnersIsFollowedToItsTopAndNeverRoundInCircles() {
        let parents = ["a": "b", "b": "c", "x": "y", "y": "z", "z": "y"]
        #expect(AccountHierarchy.ancestors(of: "a") { parents[$0] } == ["b", "c"])
        #expect(AccountHierarchy.fault(at: "a") { parents[$0] } == nil)
        #expect(AccountHierarchy.fault(at: "y") { parents[$0] } == .cycle(["y", "z", "y"]))
        guard case .cycle? = AccountHierarchy.fault(at: "x", parent: { parents[$0] }) else {
            Issue.record("the circle above x is not found")
            return
        }
    }

    @Test func aChainOfOwnersThatIsTooLongIsNoCircle() {
        func fault(levels: Int) -> AccountHierarchy.Fault? {
            AccountHierarchy.fault(at: "0") { id in Int(id).flatMap { $0 < levels ? "\($0 + 1)" : nil } }
        }
        #expect(fault(levels: 99) == nil)
        #expect(fault(levels: 100) == .tooDeep)
        #expect(fault(levels: 101) == .tooDeep)
    }

    @Test func criteriaSeeTheWholeAccount() throws {
        var profile = AccountProfile(id: "a-1")
        profile.annualRevenue = Money(minorUnits: 12_345, currency: "EUR")
        profile.lastFundingAt = Instant(seconds: 1_000)
        profile.foundedYear = 1999
        profile.openPositions = 12
        profile.ownership = "public"
        profile.custom = ["plan": .text("pro")]
        let catalogue = FieldCatalogue(custom: [("plan", .text)])
        let record = profile.record(catalogue, currency: "EUR", parentID: "p", targetLists: ["named"])
        #expect(record["account.id"] == .text("a-1") && record["account.parent_id"] == .text("p"))
        #expect(record["account.target_lists"] == .list([.text("named")]))
        #expect(record["company.annual_revenue"] == .number(123.45))
        #expect(record["company.last_funding_at"] == .date(Instant(seconds: 1_000)))
        #expect(record["company.founded_year"] == .number(1999) && record["company.open_positions"] == .number(12))
        #expect(record["company.ownership"] == .text("public") && record["custom.plan"] == .text("pro"))
        #expect(record["company.name"] == nil && record["company.signals"] == nil)
        #expect(profile.record(catalogue, currency: "USD")["company.annual_revenue"] == nil)
    }
}
