import AccordTesting
import Contracts
import Hosting
import Kernel
import RPC
import ScoringService
import SwiftProtobuf
import Synchronization
import Testing

/// `DetectDrift` over stored leads, with what became of them, and reviews, as stubs of Metrics and ICP tell them.
@Suite struct DetectDriftTests {
    private static let now = ScoringFixture.start.adding(.days(400))
    private let service: ServiceFixture
    private let told = Told()
    private var client: WireScoringServiceClient { WireScoringServiceClient(service.transport) }

    private final class Told: Sendable {
        let outcomes = ToldOutcomes()
        let reviews = Mutex<[WireReview]>([])
    }

    init() throws {
        let icp = RPCRoute(WireIcpServiceMethods.listReviews) { [told] request, _ in
            .with { answer in told.reviews.withLock { answer.reviews = $0.filter { $0.section == request.section } } }
        }
        service = try ServiceFixture(
            ScoringService.self, start: Self.now, agreements: [.test()], peers: [told.outcomes.route, icp])
    }

    private static func days(_ days: Int64) -> Instant { now.adding(.days(-days)) }

    /// Leads seen every third hour of the last 210 days: 720 in each reference, 240 in each current period. Large ones
    /// and those of software are accepted more often.
    private func fill(_ change: (inout WireLead, inout WireLeadOutcome, Instant, UInt64) -> Void) async throws {
        var random = SeededRandom(seed: 31)
        var outcomes: [WireLeadOutcome] = []
        for first in stride(from: 0, to: 1_680, by: 420) {
            var engagements: [WireEngagement] = []
            let leads = (first..<first + 420).map { number -> WireLead in
                let seenAt = Self.days(210).adding(.hours(Int64(3 * number)))
                let isLarge = random.next() % 2 == 0
                let isSoftware = random.next() % 2 == 0
                let id = "lead-\(10_000 + number)"
                var lead = WireLead.with {
                    $0.leadID = id
                    $0.company.employees = isLarge ? 400 : 20
                    $0.company.industry = isSoftware ? "software" : "steel"
                    $0.source = random.next() % 4 == 0 ? "event" : "web"
                    $0.createdAt = seenAt.adding(.days(-10)).wire
                }
                var outcome = WireLeadOutcome.with {
                    $0.leadID = id
                    $0.qualifiedAt = seenAt.wire
                    if random.next() % 100 < 15 + (isLarge ? 30 : 0) + (isSoftware ? 30 : 0) {
                        $0.acceptedAt = seenAt.adding(.hours(5)).wire
                    }
                }
                change(&lead, &outcome, seenAt, random.next())
                outcomes.append(outcome)
                if random.next() % 3 == 0 {
                    engagements.append(.test("e-\(number)", id, "webinar_attended", at: seenAt.adding(.days(-2))))
                }
                // After they were seen, and only of late: it must not count.
                if seenAt > Self.days(120), seenAt < Self.days(3) {
                    engagements.append(.test("late-\(number)", id, "page_viewed", at: seenAt.adding(.days(2))))
                }
                return lead
            }
            let response = try await client.upsertLeads(
                .with {
                    $0.leads = leads
                    $0.engagements = engagements
                })
            #expect(response.results.allSatisfy { $0.status == .created })
            #expect(response.engagementResults.allSatisfy { $0.status == .created })
        }
        told.outcomes.known.withLock { [outcomes] in $0 = outcomes }
    }

    private func detect(
        _ change: (inout WireDetectDriftRequest) -> Void = { _ in }
    ) async throws -> WireDetectDriftResponse {
        try await client.detectDrift(
            .with {
                $0.outcome = "accepted"
                change(&$0)
            })
    }

    private func moved(_ answer: WireDetectDriftResponse) -> [String] {
        ([answer.score] + answer.features).filter { ["large", "moderate"].contains($0.verdict) }.map(\.feature)
    }

    @Test func periodsAreTheLastDaysAndWhatIsKnownIsOlder() async throws {
        try await fill { _, _, _, _ in }
        let answer = try await detect()
        #expect(answer.warnings.isEmpty, "\(answer.warnings)")
        #expect(answer.reference.leads == 720 && answer.current.leads == 240)
        #expect(answer.knownReference.leads == 720 && answer.knownCurrent.leads == 240)
        #expect(answer.current.period.to == Self.now.wire && answer.current.period.from == Self.days(30).wire)
        #expect(answer.reference.period.from == Self.days(120).wire)
        #expect(answer.knownCurrent.period.to == Self.days(90).wire)
        #expect(answer.knownReference.period.from == Self.days(210).wire)
        #expect(answer.leftOut.isEmpty && answer.agreementVersion == 1 && !answer.hasShelfLife)
        let size = try #require(answer.rules.first { $0.rule == "size" })
        #expect(size.verdict == "separates" && size.group == "fit" && size.points == 80)
        #expect(size.current.leads + size.current.otherLeads == 240)
        #expect(try await detect() == answer)
    }

    @Test func engagementAfterALeadWasSeenDoesNotCount() async throws {
        try await fill { _, _, _, _ in }
        let answer = try await detect()
        let visits = try #require(answer.features.first { $0.feature == "visits" })
        #expect(visits.psi == 0 && visits.groups.map(\.group) == ["none"])
        let webinar = try #require(answer.features.first { $0.feature == "webinar" })
        #expect(webinar.groups.count == 2 && webinar.groups.last?.group == "none" && webinar.verdict == "stable")
    }

    @Test func aFieldThatMovedIsFoundAmongLeadsWhoseOutcomeIsNotKnownYet() async throws {
        try await fill { lead, _, seenAt, chance in
            if seenAt >= Self.days(30), chance % 2 == 0 { lead.source = "event" }
        }
        let answer = try await detect()
        #expect(moved(answer) == ["lead.source"])
        #expect(answer.warnings.count == 1 && answer.warnings[0].hasPrefix("lead.source has moved far (PSI "))
        #expect(try await moved(detect { $0.exclude = ["lead.source"] }).isEmpty)
    }

    @Test func aRuleThatLostItsMeaningAndARateThatFellAreFound() async throws {
        try await fill { lead, outcome, seenAt, chance in
            guard seenAt >= Self.days(120) else { return }
            // As often with software as without, and half as often at all.
            let share: UInt64 = lead.company.employees > 200 ? 30 : 8
            outcome.clearAcceptedAt()
            if (chance >> 8) % 100 < share { outcome.acceptedAt = seenAt.adding(.days(1)).wire }
        }
        let answer = try await detect()
        #expect(answer.rules.filter { $0.verdict == "no_longer" }.map(\.rule) == ["industry"])
        #expect(answer.rules.first { $0.rule == "size" }?.verdict == "separates")
        #expect(answer.calibration.current.isOff && answer.calibration.currentPValue < 1e-6)
        #expect(moved(answer).isEmpty)
        try #require(answer.warnings.count == 2)
        #expect(answer.warnings[0].hasPrefix("the points promise more than comes"))
        #expect(answer.warnings[1].hasPrefix("rule industry no longer separates"))
    }

    @Test func calibrationIsToldByMonthOrByWeek() async throws {
        try await fill { _, outcome, seenAt, _ in
            // After the horizon: no success.
            if seenAt >= Self.days(95), outcome.hasAcceptedAt { outcome.acceptedAt = seenAt.adding(.days(91)).wire }
        }
        let months = try await detect().calibration
        #expect(months.reason.isEmpty && months.intervals.map(\.leads).reduce(0, +) == 960)
        #expect(months.intervals.first?.from == Self.days(210).wire && months.intervals.last?.to == Self.days(90).wire)
        let starts = months.intervals.dropFirst().map { Instant($0.from).text }
        #expect(starts.allSatisfy { $0.hasSuffix("-01T00:00:00Z") }, "\(starts)")
        let weeks = try await detect { $0.interval = "week" }.calibration
        let days = weeks.intervals.dropFirst().map { CivilDate(daysSince1970: $0.from.seconds / 86_400).weekday }
        #expect(days.allSatisfy { $0 == 1 } && weeks.intervals.map(\.leads).reduce(0, +) == 960)
        let last = try #require(weeks.intervals.last)
        #expect(last.isOff && last.successes == 0 && !last.hasAuc && last.rateHigh < last.foretold)
        let first = try #require(weeks.intervals.first)
        #expect(first.auc > 0.5 && first.brier > 0 && first.logLoss > 0 && first.successes > 0)
    }

    @Test func leadsAreLeftOutWithTheReason() async throws {
        try await fill { _, outcome, seenAt, _ in
            if seenAt < Self.days(200) { outcome.clearQualifiedAt() }
            if seenAt == Self.days(199) { outcome.acceptedAt = seenAt.adding(.days(-1)).wire }
            if seenAt == Self.days(198) { outcome.rejectedAt = seenAt.adding(.days(-1)).wire }
        }
        let answer = try await detect {
            $0.reference.from = Self.days(100).wire
            $0.reference.to = Self.days(60).wire
            $0.current.from = Self.days(60).wire
            $0.current.to = Self.days(40).wire
        }
        #expect(answer.reference.leads == 320 && answer.current.leads == 160)
        // The known ones lie 50 days earlier.
        #expect(answer.knownReference.period.from == Self.days(150).wire)
        #expect(
            answer.leftOut.map { "\($0.leads) \($0.reason)" } == ["720 outside_period", "80 never_qualified"])
        let before = try await detect { $0.reference.from = Self.days(200).wire }
        #expect(before.leftOut.map(\.reason) == ["never_qualified", "success_before", "failed_before"])
        // Seen two weeks after they came to be, which the youngest were not yet.
        let created = try await detect { $0.population = "created" }
        #expect(created.leftOut.first { $0.reason == "too_young" }?.leads == 31)
    }

    @Test func aModelPastItsShelfLifeSaysSo() async throws {
        func review(_ section: String, _ status: WireReviewStatus, since: Instant, due: Instant) -> WireReview {
            .with {
                $0.section = section
                $0.status = status
                $0.since = since.wire
                $0.dueAt = due.wire
            }
        }
        told.reviews.withLock {
            $0 = [
                review("scoring", .closed, since: Self.days(300), due: Self.days(210)),
                review("scoring", .due, since: Self.days(91), due: Self.days(1)),
                review("icp", .overdue, since: Self.days(300), due: Self.days(200)),
            ]
        }
        let past = try await detect()
        #expect(past.shelfLife.isPast && past.shelfLife.since == Self.days(91).wire)
        #expect(
            past.warnings[0].hasPrefix("the scoring section is past its shelf life: last agreed or reviewed on 2027"))
        told.reviews.withLock { $0[1].dueAt = Self.now.adding(.hours(1)).wire }
        let fresh = try await detect()
        #expect(!fresh.shelfLife.isPast && fresh.hasShelfLife)
        #expect(fresh.warnings.allSatisfy { $0.hasPrefix("too little to tell") })
        // Nothing is refused for want of leads.
        #expect(fresh.calibration.reason.hasSuffix("are needed") && fresh.score.verdict == "too_few")
    }

    @Test func everyFaultOfTheRequestIsToldAtOnce() async throws {
        let wrong = await #expect(throws: RPCError.self) {
            try await detect {
                $0.outcome = "bought"
                $0.population = "all"
                $0.observation = "never"
                $0.horizon = "soon"
                $0.interval = "year"
                $0.reference.to = Self.days(10).wire
                $0.current.from = Self.days(-500_000).wire
            }
        }
        #expect(wrong?.code == .invalidArgument)
        for path in [
            "outcome", "population", "observation", "horizon", "interval", "reference.to", "current.from",
        ] {
            #expect(wrong?.message.contains("\(path): found") == true, "\(path): \(wrong?.message ?? "")")
        }
        let upsideDown = await #expect(throws: RPCError.self) {
            try await detect {
                $0.current.from = Self.days(10).wire
                $0.current.to = Self.days(10).wire
            }
        }
        #expect(upsideDown?.message.contains("current.to: found") == true)
    }
}
