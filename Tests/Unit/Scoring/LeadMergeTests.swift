import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import ScoringService
import SwiftProtobuf
import Testing

/// Leads that become one, and are told apart again.
@Suite struct LeadMergeTests {
    private let start = ScoringFixture.start

    private func page(_ id: String, _ lead: String, daysAgo: Int64) -> WireEngagement {
        .test(id, lead, "page_viewed", at: start.adding(.days(-daysAgo)))
    }

    @Test func `a merged lead has the union of engagement, with nothing twice, and its ledger adds up`() async throws {
        let fixture = try ScoringFixture()
        let shared = page("p1", "ana", daysAgo: 1)
        _ = try await fixture.upsert(
            [.test("ana", employees: 450), .test("ben")],
            [
                shared, page("p2", "ben", daysAgo: 1), page("p3", "ben", daysAgo: 2),
                .test("w1", "ben", "webinar_attended", at: start),
            ])
        let merged = try await fixture.merge("ben", into: "ana")
        #expect(merged.engagementCount == 4)
        // Two days of visits, though there were three visits, and the webinar.
        #expect(merged.score.engagement == 44)
        #expect(merged.score.fit == 80)
        _ = try await fixture.record([
            .with {
                $0 = shared; $0.leadID = "ben"
            }
        ])
        #expect(try await fixture.get("ben").score == merged.score)
        let explained = try await fixture.client.explainScore(.with { $0.leadID = "ben" })
        #expect(explained.ledger.reduce(0) { $0 + $1.shown } == explained.score.shown)
        #expect(abs(explained.ledger.reduce(0) { $0 + $1.points } - merged.score.total) < 1e-9)
        #expect(explained.history.last?.cause == "merged with ben")
        #expect(explained.history.last?.after == merged.score.total)
    }

    @Test func `former ids mean the lead that stays, in every call`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana"), .test("ben"), .test("cleo")])
        _ = try await fixture.merge("cleo", into: "ben")
        _ = try await fixture.merge("ben", into: "ana")
        #expect(try await fixture.record([.test("w1", "cleo", "webinar_attended", at: start)])[0].status == .created)
        let told = try await fixture.scored()
        #expect(told.flatMap(\.engagements).map(\.leadID) == ["cleo"])
        #expect(told.last?.lead.leadID == "ana")
        let update = try await fixture.upsert([.test("ben", employees: 450)])
        #expect(update.results.map(\.storedID) == ["ana"])
        for id in ["ana", "ben", "cleo"] {
            let lead = try await fixture.get(id)
            #expect(lead.lead.leadID == "ana")
            #expect(lead.formerIds == ["ben", "cleo"])
            #expect(lead.lead.company.employees == 450)
            #expect(lead.score.engagement == 40)
            #expect(try await fixture.client.explainScore(.with { $0.leadID = id }).leadID == "ana")
        }
        #expect(try await fixture.scored().last?.lead.leadID == "ana")
        #expect(try await fixture.merge("cleo", "ben", into: "ana").formerIds == ["ben", "cleo"])
    }

    @Test func `a merge that reaches the threshold qualifies the lead once`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 450), .test("ben")], [.test("w1", "ben", "webinar_attended", at: start)])
        #expect(try await fixture.qualified().isEmpty)
        let merged = try await fixture.merge("ben", into: "ana")
        #expect(merged.state == .mql)
        _ = try await fixture.merge("ben", into: "ana")
        let qualified = try await fixture.qualified()
        #expect(qualified.map(\.lead.leadID) == ["ana"])
        #expect(qualified.first?.context.engagements.map(\.leadID) == ["ana"])
        let told = try await fixture.service.told()
        let merges = told.compactMap { if case .leadsMerged(let event)? = $0.payload { event } else { nil } }
        #expect(merges.map(\.lead.formerIds) == [["ben"]])
        #expect(told.suffix(3).map(\.key) == ["ana", "ana", "ana"])
    }

    @Test func `a lead that qualified stays so when it becomes part of another, without qualifying anew`() async throws
    {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana"), .test("ben", employees: 450)], [.test("d1", "ben", "demo_requested", at: start)])
        fixture.service.clock.advance(by: .days(1))
        let merged = try await fixture.merge("ben", into: "ana")
        #expect(merged.state == .mql)
        #expect(Instant(merged.qualifiedAt) == start)
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ben"])
        #expect(try await fixture.get("ana", at: start).state == .mql)
    }

    @Test func `fields of a merged lead are those last said, whichever id they came under`() async throws {
        let fixture = try ScoringFixture()
        func said(_ id: String, _ title: String, hoursAgo: Int64) -> WireLead {
            .with {
                $0.leadID = id
                $0.person.title = title
                $0.motion = id == "ana" ? "outbound" : ""
                $0.createdAt = start.adding(.days(-1)).wire
                $0.changedAt = start.adding(.hours(-hoursAgo)).wire
            }
        }
        _ = try await fixture.upsert([said("ana", "CTO", hoursAgo: 5), said("ben", "CEO", hoursAgo: 3)])
        let merged = try await fixture.merge("ben", into: "ana")
        #expect(merged.lead.person.title == "CEO")
        #expect(merged.lead.motion == "outbound")
        #expect(merged.fieldOrigins.first { $0.field == "person.title" }?.leadID == "ben")
        _ = try await fixture.upsert([said("ben", "VP", hoursAgo: 4)])
        #expect(try await fixture.get("ana").lead.person.title == "CEO")
        _ = try await fixture.upsert([said("ana", "Owner", hoursAgo: 1)])
        #expect(try await fixture.get("ben").lead.person.title == "Owner")
        #expect(try await fixture.get("ben", at: start.adding(.hours(-2))).lead.person.title == "CEO")
        #expect(try await fixture.get("ben", at: start.adding(.hours(-4))).lead.person.title == "VP")
    }

    @Test func `a split gives each lead what is its own, as if there had been no merge`() async throws {
        let merged = try ScoringFixture()
        let apart = try ScoringFixture()
        for fixture in [merged, apart] {
            _ = try await fixture.upsert(
                [.test("ana", employees: 450), .test("ben"), .test("cleo")],
                [page("p1", "ana", daysAgo: 3), page("p2", "ben", daysAgo: 4), page("p3", "cleo", daysAgo: 5)])
        }
        _ = try await merged.merge("cleo", into: "ben")
        _ = try await merged.merge("ben", into: "ana")
        for fixture in [merged, apart] {
            fixture.service.clock.advance(by: .days(1))
            _ = try await fixture.record([
                .test("w1", "ben", "webinar_attended", at: start), .test("w2", "cleo", "webinar_attended", at: start),
                .test("w3", "ana", "webinar_attended", at: start), page("p4", "cleo", daysAgo: 9),
            ])
            _ = try await fixture.upsert([
                .with {
                    $0.leadID = "cleo"
                    $0.person.title = "CEO"
                }
            ])
            fixture.service.clock.advance(by: .days(1))
        }
        #expect(try await merged.split("ben").map(\.lead.leadID) == ["ana", "ben"])
        #expect(try await merged.get("cleo").lead.leadID == "ben")
        #expect(try await merged.get("ana").score == apart.get("ana").score)
        _ = try await merged.split("cleo")
        for id in ["ana", "ben", "cleo"] {
            let (one, other) = (try await merged.get(id), try await apart.get(id))
            #expect(one.lead == other.lead)
            #expect(one.score == other.score, "\(id)")
            #expect(one.engagementCount == other.engagementCount)
            #expect(one.state == other.state, "\(id)")
            #expect(one.qualifiedAt == other.qualifiedAt, "\(id)")
            #expect(one.formerIds.isEmpty)
        }
        #expect(try await merged.split("cleo").map(\.lead.leadID) == ["cleo"])
        _ = try await merged.record([.test("w9", "cleo", "webinar_attended", at: start)])
        #expect(try await merged.get("ben").engagementCount == 2)
        #expect(try await merged.get("cleo").engagementCount == 4)
    }

    /// Ben comes to a webinar as a small company, grows, comes to another one, and shrinks again.
    @Test func `a split judges what has arrived by the fields that the lead had then`() async throws {
        let (merged, apart) = (try ScoringFixture(), try ScoringFixture())
        for fixture in [merged, apart] { _ = try await fixture.upsert([.test("ana"), .test("ben", employees: 20)]) }
        _ = try await merged.merge("ben", into: "ana")
        for fixture in [merged, apart] {
            for (day, employees) in [(1, nil), (2, 450), (3, nil), (4, 20)] as [(Int64, Int64?)] {
                fixture.service.clock.advance(to: start.adding(.days(day)))
                if let employees {
                    _ = try await fixture.upsert([.test("ben", employees: employees)])
                } else {
                    _ = try await fixture.record([
                        .test("w\(day)", "ben", "webinar_attended", at: start.adding(.days(day)))
                    ])
                }
            }
            fixture.service.clock.advance(by: .days(1))
        }
        _ = try await merged.split("ben")
        let (one, other) = (try await merged.get("ben"), try await apart.get("ben"))
        #expect(Instant(other.qualifiedAt) == start.adding(.days(3)))
        #expect(one.state == .mql && one.qualifiedAt == other.qualifiedAt)
        #expect(one.score == other.score && one.lead == other.lead)
        #expect(one.cooledAt == other.cooledAt && Instant(one.cooledAt) == start.adding(.days(4)))
        // While they were one, the two had qualified together.
        #expect(try await merged.qualified().map(\.lead.leadID) == ["ana", "ben"])
    }

    @Test func `a lead that a rule made part of another at once becomes one of its own`() async throws {
        let fixture = try ScoringFixture()
        func lead(_ id: String) -> WireLead {
            .with {
                $0.leadID = id
                $0.externalIds = [
                    .with {
                        $0.source = "crm"
                        $0.id = "7"
                    }
                ]
            }
        }
        _ = try await fixture.upsert([lead("ana")], [.test("w1", "ana", "webinar_attended", at: start)])
        _ = try await fixture.upsert([lead("ben")], [.test("w2", "ben", "webinar_attended", at: start)])
        #expect(try await fixture.get("ben").engagementCount == 2)
        _ = try await fixture.split("ben")
        #expect(try await fixture.get("ben").engagementCount == 1)
        #expect(try await fixture.get("ben").score.engagement == 40)
        #expect(try await fixture.get("ana").score.engagement == 40)
        #expect(try await fixture.scored().suffix(2).map(\.created) == [true, false])
    }

    @Test func `a split tells no one twice that a lead qualified, and takes back what only the merge gave`()
        async throws
    {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana"), .test("ben"), .test("cleo", employees: 450), .test("dan")])
        _ = try await fixture.merge("ben", into: "ana")
        _ = try await fixture.merge("dan", into: "cleo")
        fixture.service.clock.advance(by: .days(1))
        _ = try await fixture.record([
            .test("d1", "ana", "demo_requested", at: start.adding(.hours(2))),
            .test("w1", "dan", "webinar_attended", at: start.adding(.hours(3))),
        ])
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ana", "cleo"])
        fixture.service.clock.advance(by: .days(1))
        _ = try await fixture.split("ben", "dan")
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ana", "cleo"])
        let ana = try await fixture.get("ana")
        #expect(ana.state == .mql)
        #expect(Instant(ana.qualifiedAt) == start.adding(.hours(2)))
        #expect(try await fixture.get("ben").state == .inquiry)
        #expect(try await fixture.get("cleo").state == .inquiry)
        #expect(try await fixture.get("dan").state == .engaged)
    }

    @Test func `a lead that qualified by itself while it was one with a qualified one is told when they are split`()
        async throws
    {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana"), .test("ben")], [.test("d1", "ben", "demo_requested", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        fixture.service.clock.advance(by: .days(1))
        let moment = start.adding(.hours(2))
        _ = try await fixture.record([.test("d2", "ana", "demo_requested", at: moment)])
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ben"])
        _ = try await fixture.split("ben")
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ben", "ana"])
        #expect(try await Instant(fixture.get("ana").qualifiedAt) == moment)
        #expect(try await fixture.get("ben").state == .mql)
    }

    @Test func `what cannot be merged or split is refused with the reason`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana"), .test("ben")])
        func code(_ body: () async throws -> Void) async -> RPCError? {
            await #expect(throws: RPCError.self) { try await body() }
        }
        #expect(
            await code { _ = try await fixture.merge("nobody", "noone", into: "ana") }?.message.contains("noone")
                == true)
        #expect(await code { _ = try await fixture.split("ana") }?.code == .failedPrecondition)
        #expect(await code { _ = try await fixture.split("nobody") }?.code == .notFound)
        let faults = await code { _ = try await fixture.client.mergeLeads(.init()) }
        #expect(faults?.code == .invalidArgument)
        #expect(faults?.message.contains("merged_by") == true)
        _ = try await fixture.merge("ben", into: "ana")
        #expect(await code { _ = try await fixture.split("ana") }?.code == .failedPrecondition)
    }

    @Test func `leads of a partition that another replica owns are not merged`() async throws {
        let owned = try #require(PartitionSet(text: "\(Partition.of("lead-1"))"))
        let service = try ServiceFixture(
            ScoringService.self, start: start, agreements: [.test()], partitions: owned)
        let client = WireScoringServiceClient(service.transport)
        let foreign = try #require((2...100).map { "lead-\($0)" }.first { Partition.of($0) != Partition.of("lead-1") })
        let error = await #expect(throws: RPCError.self) {
            try await client.mergeLeads(
                .with {
                    $0.leadID = "lead-1"
                    $0.mergedIds = [foreign]
                    $0.mergedBy = "rita"
                })
        }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.details.first?.decoded(as: WireWrongPartition.self)?.partition == Int32(Partition.of(foreign)))
    }
}
