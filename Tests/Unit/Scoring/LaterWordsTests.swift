import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Synchronization
import Testing

/// What is said of leads once it is known what became of them is not learned from, whatever time is claimed for it.
@Suite struct LaterWordsTests {
    private static let start = DecidedLeads.start
    private let decided: DecidedLeads
    private var service: ServiceFixture { decided.service }
    private var client: WireScoringServiceClient { decided.client }

    init() throws { decided = try DecidedLeads() }

    private func say(_ seats: Double, of ids: [String], at moment: Instant?) async throws {
        let answer = try await client.upsertLeads(
            .with {
                $0.leads = ids.map { id in
                    .with {
                        $0.leadID = id
                        $0.custom = ["seats": Google_Protobuf_Value(numberValue: seats)]
                        $0.sourceSystem = "crm"
                        if let moment { $0.changedAt = moment.wire }
                    }
                }
            })
        #expect(answer.results.allSatisfy { $0.status == .updated })
    }

    private func calibrate(keep: [String] = []) async throws -> WireCalibrateResponse {
        try await client.calibrate(.with { $0.keep = keep })
    }

    @Test(arguments: [nil, start.adding(.hours(1)), start.adding(.days(1))])
    func `a field that is filled after the sale is left out, and its values are not read`(claimed: Instant?)
        async throws
    {
        let (won, _) = try await decided.fill(qualifiedAt: Self.start.adding(.days(1)))
        service.clock.advance(by: .days(15))
        try await say(50, of: Array(won.prefix(70)), at: claimed)
        service.clock.advance(by: .days(150))
        let answer = try await calibrate()
        #expect(answer.leaks.map(\.field) == ["custom.seats"])
        let leak = try #require(answer.leaks.first)
        #expect(leak.reason == "changed_after_outcome" && leak.lateChanges.outcome == "success")
        // Of the three quarters that are learned from.
        #expect(leak.lateChanges.leads == 75 && leak.lateChanges.otherLeads == 150)
        #expect((40...60).contains(leak.lateChanges.changed) && leak.lateChanges.otherChanged == 0)
        #expect(won.contains(leak.lateChanges.leadID))
        #expect(answer.warnings.contains { $0.hasPrefix("custom.seats was set or changed after success") })
        // Kept, it still says nothing: no lead had it when it was seen.
        let kept = try await calibrate(keep: ["custom.seats"])
        #expect(!kept.coefficients.contains { $0.feature.contains("seats") })
        #expect(kept.heldOut.auc == 0.5)
    }

    @Test func `a value that was known by then is read, and what it became later is not`() async throws {
        let (won, others) = try await decided.fill(qualifiedAt: Self.start.adding(.days(1)))
        try await say(5, of: won, at: nil)
        try await say(3, of: others, at: nil)
        service.clock.advance(by: .days(2))
        // Known a day too late, whatever the source says; and it changes for all alike, so that nobody is accused.
        try await say(7, of: won + others, at: Self.start.adding(.hours(12)))
        service.clock.advance(by: .days(150))
        let kept = try await calibrate(keep: ["custom.seats"])
        #expect(kept.coefficients.contains { $0.feature == "custom.seats" } && kept.heldOut.auc == 1)
        #expect(try await calibrate().leaks.map(\.reason) == ["suspiciously_good"])
    }

    @Test func `of leads that come with their past the sources' times count`() async throws {
        let (won, others) = try await decided.fill(qualifiedAt: Self.start.adding(.days(1)))
        service.clock.advance(by: .days(400))
        func copies(_ ids: [String], _ seats: Double) -> [WireLead] {
            ids.map { id in
                .with {
                    $0 = .test("copy-\(id)", employees: 20, createdAt: Self.start)
                    $0.custom = ["seats": Google_Protobuf_Value(numberValue: seats)]
                    $0.changedAt = Self.start.wire
                }
            }
        }
        _ = try await client.upsertLeads(.with { $0.leads = copies(won, 5) + copies(others, 3) })
        decided.outcomes.known.withLock { known in
            for place in known.indices { known[place].leadID = "copy-\(known[place].leadID)" }
        }
        let kept = try await calibrate(keep: ["custom.seats"])
        #expect(kept.data.leads == 300 && kept.heldOut.auc == 1)
    }

    @Test func `a part that joined a lead after the sale says nothing of the time before`() async throws {
        let (won, _) = try await decided.fill(qualifiedAt: Self.start.adding(.days(1)))
        service.clock.advance(by: .days(20))
        _ = try await client.upsertLeads(
            .with {
                $0.leads = won.map { id in
                    .with {
                        $0 = .test("crm-\(id)", createdAt: Self.start)
                        $0.custom = ["seats": Google_Protobuf_Value(numberValue: 50)]
                        $0.changedAt = Self.start.wire
                    }
                }
            })
        for id in won {
            _ = try await client.mergeLeads(
                .with {
                    $0.leadID = id
                    $0.mergedIds = ["crm-\(id)"]
                    $0.mergedBy = "rita"
                })
        }
        service.clock.advance(by: .days(150))
        let kept = try await calibrate(keep: ["custom.seats"])
        #expect(kept.data.leads == 300 && !kept.coefficients.contains { $0.feature.contains("seats") })
    }

    @Test func `the share has to be one`() async throws {
        for share in [0, -1, 1.5, .nan] {
            let wrong = await #expect(throws: RPCError.self) {
                try await client.calibrate(.with { $0.changedAfter = share })
            }
            #expect(wrong?.message.contains("changed_after: found") == true)
        }
    }
}
