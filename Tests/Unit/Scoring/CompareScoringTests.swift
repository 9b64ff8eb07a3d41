import AccordTesting
import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct CompareScoringTests {
    static let start = ScoringFixture.start

    /// Under the agreement in force: `big` has fit 80 (grade A), `small` none; both did something.
    static func filled() async throws -> ScoringFixture {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("big", employees: 500), .test("hand", employees: 1), .test("idle"), .test("small", employees: 5)],
            [
                .test("e-1", "big", "webinar_attended", at: start.adding(.days(-1))),
                .test("e-2", "small", "webinar_attended", at: start.adding(.days(-10))),
                .test("e-3", "hand", "called_us", at: start.adding(.days(-2))),
            ])
        return fixture
    }

    static func compare(
        _ fixture: ScoringFixture, before: WireAgreement? = WireAgreementVersion.test().agreement,
        after: WireAgreement, engagements: Bool = false
    ) async throws -> [WireLeadComparison] {
        var leads: [WireLeadComparison] = []
        var token = ""
        repeat {
            let page = try await fixture.client.compareScoring(
                .with {
                    if let before { $0.before = before }
                    $0.after = after
                    $0.asOf = start.wire
                    $0.page.pageSize = 3
                    $0.page.pageToken = token
                    $0.withEngagements = engagements
                })
            leads += page.leads
            token = page.nextPageToken
            #expect(page.partitions == "all")
        } while !token.isEmpty
        return leads
    }

    static func agreement(_ change: @escaping (inout WireScoringSection) -> Void) -> WireAgreement {
        WireAgreementVersion.test(1, change).agreement
    }

    @Test func judgesEveryStoredLeadByBothAgreements() async throws {
        let fixture = try await Self.filled()
        let after = Self.agreement { section in
            section.qualification.threshold = 40
            section.fit[0].when = .leaf("company.employees", "gte", Google_Protobuf_Value(numberValue: 3))
        }
        let leads = try await Self.compare(fixture, after: after)
        #expect(leads.map(\.leadID) == ["big", "hand", "idle", "small"])
        #expect(leads.map(\.before.state) == [.engaged, .engaged, .inquiry, .engaged])
        #expect(leads.map(\.after.state) == [.mql, .engaged, .inquiry, .mql])
        #expect(leads.map(\.before.grade) == ["A3", "D4", "D4", "D4"])
        #expect(leads.map(\.after.grade) == ["A3", "D4", "D4", "A4"])
        // Half of 80, and half of 40 after one half-life.
        #expect(leads[3].after.total == 50 && leads[3].before.total == 10)
        #expect(leads.map(\.hasLead) == [true, false, false, true])
    }

    @Test func aRaisedHandCountsAsTheAgreementSays() async throws {
        let fixture = try await Self.filled()
        let after = Self.agreement { $0.qualification.handRaisers = ["called_us"] }
        let leads = try await Self.compare(fixture, after: after)
        #expect(leads.map(\.after.state) == [.engaged, .mql, .inquiry, .engaged])
    }

    /// Accumulators are built under the rules in force: other rules need the engagement itself.
    @Test func rulesOfAnotherShapeAreCountedAnew() async throws {
        let fixture = try await Self.filled()
        let after = Self.agreement { section in
            section.engagement[0].decay = "linear"
            section.engagement[0].halfLife = ""
            section.engagement[0].window = "20d"
        }
        let small = try #require(try await Self.compare(fixture, after: after).last)
        #expect(small.before.total == 10 && small.after.total == 10)
        let twice = Self.agreement { $0.engagement[0].halfLife = "5d" }
        #expect(try await Self.compare(fixture, after: twice).last?.after.total == 5)
    }

    @Test func withoutAnAgreementBeforeThereIsNoGrade() async throws {
        let fixture = try await Self.filled()
        let leads = try await Self.compare(fixture, before: nil, after: Self.agreement { _ in })
        #expect(leads.allSatisfy { $0.before.grade.isEmpty && $0.before.state == .unspecified })
    }

    @Test func engagementsComeWithMQLsOnly() async throws {
        let fixture = try await Self.filled()
        let after = Self.agreement { $0.qualification.threshold = 41 }
        let leads = try await Self.compare(fixture, after: after, engagements: true)
        #expect(leads.map { $0.engagements.map(\.engagementID) } == [["e-1"], [], [], []])
    }

    @Test func storesAndTellsNothing() async throws {
        let fixture = try await Self.filled()
        let (told, lead) = (try await fixture.service.told(), try await fixture.get("small"))
        _ = try await Self.compare(fixture, after: Self.agreement { $0.qualification.threshold = 1 })
        #expect(try await fixture.service.told() == told)
        #expect(try await fixture.get("small") == lead)
    }

    @Test func refusesWhatItCannotJudge() async throws {
        let fixture = try await Self.filled()
        await #expect(throws: RPCError.self) { try await fixture.client.compareScoring(.init()) }
        let faulty = Self.agreement { $0.fit[0].when.op = "near" }
        await #expect(throws: RPCError.self) { try await Self.compare(fixture, after: faulty) }
    }
}
