import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// What is told of what leads did, once it is known what became of them, is not learned from, whatever time it claims;
/// what came with their past is.
@Suite struct LaterEngagementTests {
    private static let start = DecidedLeads.start
    private let decided: DecidedLeads
    private var service: ServiceFixture { decided.service }
    private var client: WireScoringServiceClient { decided.client }

    init() throws { decided = try DecidedLeads() }

    private func tell(_ kind: String, of ids: [String], at moment: Instant) async throws {
        let answer = try await client.recordEngagements(
            .with { $0.engagements = ids.map { .test("\(kind)-\($0)", $0, kind, at: moment) } })
        #expect(answer.results.allSatisfy { $0.status == .created })
    }

    /// Whether webinars tell who is won, when leads are seen on their first day or when they qualified.
    private func webinarsTell(_ population: String = "created") async throws -> Bool {
        service.clock.advance(by: .days(150))
        let answer = try await client.calibrate(
            .with {
                $0.population = population
                $0.observation = "1d"
            })
        #expect(answer.data.leads == 300)
        let isRead = answer.coefficients.contains { $0.feature == "rule webinar" }
        #expect(answer.heldOut.auc == (isRead ? 1 : 0.5))
        return isRead
    }

    @Test(arguments: [(TimeSpan.hours(23), true), (.hours(25), false), (.days(15), false)])
    func `what was told by the moment at which leads are seen is read, and nothing later`(told: TimeSpan, isRead: Bool)
        async throws
    {
        let (won, _) = try await decided.fill()
        service.clock.advance(by: told)
        try await tell("webinar_attended", of: won, at: Self.start.adding(.hours(1)))
        #expect(try await webinarsTell() == isRead)
    }

    @Test(arguments: [(TimeSpan.hours(0), true), (.days(6), true), (.days(8), false)])
    func `of leads that came with their past, what follows them within a week is read`(after: TimeSpan, isRead: Bool)
        async throws
    {
        service.clock.advance(by: .days(400))
        let (won, _) = try await decided.fill()
        service.clock.advance(by: after)
        try await tell("webinar_attended", of: won, at: Self.start.adding(.hours(1)))
        #expect(try await webinarsTell() == isRead)
    }

    @Test func `what an id brings that joined its lead after the sale is not read`() async throws {
        let (won, _) = try await decided.fill()
        service.clock.advance(by: .days(20))
        _ = try await client.upsertLeads(
            .with {
                $0.leads = won.map { .test("crm-\($0)", createdAt: Self.start) }
                $0.engagements = won.map {
                    .test("w-\($0)", "crm-\($0)", "webinar_attended", at: Self.start.adding(.hours(1)))
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
        #expect(try await webinarsTell() == false)
    }

    /// All qualify at the last thing that was known of them, hours after the webinar: won ones by it, others by a demo.
    private func qualify(after late: TimeSpan) async throws {
        let qualifiedAt = Self.start.adding(.hours(36))
        let (won, others) = try await decided.fill(qualifiedAt: qualifiedAt, employees: 300)
        service.clock.advance(by: .hours(36))
        try await tell("page_viewed", of: won + others, at: qualifiedAt)
        service.clock.advance(by: late)
        try await tell("webinar_attended", of: won, at: Self.start.adding(.hours(30)))
        try await tell("demo_requested", of: others, at: Self.start.adding(.hours(30)))
        let lead = try await client.getLead(.with { $0.leadID = won[0] }).lead
        #expect(Instant(lead.qualifiedAt) == qualifiedAt)
    }

    @Test func `what made a lead qualify is read where it is seen at that moment, however late it was told`()
        async throws
    {
        try await qualify(after: .days(3))
        #expect(try await webinarsTell("qualified"))
    }

    @Test func `a lead that had succeeded before it was told that it qualified is left out`() async throws {
        try await qualify(after: .days(12))
        service.clock.advance(by: .days(150))
        let refusal = await #expect(throws: RPCError.self) { try await client.calibrate(.init()) }
        #expect(refusal?.message.hasSuffix("(100 leads were left out: 100 success_before)") == true, "\(refusal)")
    }
}
