import AccordTesting
import Contracts
import Hosting
import ICPDomain
import Kernel
import RPC
import ScoringService
import SwiftProtobuf
import Synchronization
import Testing

/// The draft of a calibration is a section that can be put into an agreement as it is.
@Suite struct CalibrationDraftTests {
    private static let now = Instant(seconds: 1_772_323_200)

    enum Shape: String, CaseIterable {
        case plain, capped, fitAlone

        /// Without its name.
        var agreement: String {
            switch self {
            case .plain: CalibrationDraftTests.plain
            case .capped: CalibrationDraftTests.capped
            case .fitAlone:
                // Nobody comes to a webinar: its rule is left out, and fit alone does not reach the threshold.
                """
                fields: [{name: seats, type: number}]
                scoring:
                  fit:
                    - {id: size, points: 50, when: {field: company.employees, op: gte, value: 200}}
                    - {id: industry, points: 40, when: {field: company.industry, op: eq, value: software}}
                  engagement: [{id: webinar, event: webinar_attended, points: 40}]
                  qualification: {threshold: 60, minimum_fit: 10, minimum_engagement: 20}

                """
            }
        }
    }

    private static let plain = """
        scoring:
          fit:
            - {id: size, points: 50, when: {field: company.employees, op: gte, value: 200}}
            - {id: industry, points: 50, when: {field: company.industry, op: eq, value: software}}
          engagement:
            - {id: visits, event: page_viewed, points: 5, cap: 60, repeat: once_per_day}
          qualification: {threshold: 40, minimum_fit: 10}

        """

    private static let capped = """
        fields: [{name: seats, type: number}]
        scoring:
          fit:
            - {id: size, points: 10, when: {field: company.employees, op: gte, value: 200}, category: who}
            - {id: industry, points: 40, when: {field: company.industry, op: eq, value: software}, category: who}
            - {id: nowhere, points: 9, when: {field: company.country, op: eq, value: NO}, category: gone}
          engagement:
            - {id: visits, event: page_viewed, points: 2, cap: 10, repeat: once_per_day, category: who}
            - {id: calls, event: called, points: 10, cap: 30, decay: linear, window: 90d}
          situation:
            - {id: seats, points: 6, when: {field: custom.seats, op: gte, value: 10}}
          negatives:
            - {id: student, points: -5, when: {field: person.title, op: eq, value: student}}
          categories: [{id: who, cap: 45, description: Who they are}, {id: gone, cap: 20}]
          kinds: [{kind: page_viewed}, {kind: called}, {kind: demo}]
          situation_cap: 8
          negatives_floor: -5
          late_after: 60d
          fit_weight: 0.6
          engagement_weight: 0.4
          floor: -10
          fit_grades: [70, 50, 20]
          context_packet: [contact, score]
          identity: {same_email: merge, shared_mailboxes: [info]}
          webhooks: [{id: forms, lead_id: lead, email: mail, event: type, kinds: [{event: sent, kind: called}]}]
          calibration: {minimum_leads: 150, minimum_outcomes: 40}
          qualification: {threshold: 20, minimum_fit: 5, hand_raisers: [demo], hysteresis: 5}

        """

    private let outcomes = Outcomes()

    private final class Outcomes: Sendable {
        let known = Mutex<[WireLeadOutcome]>([])
    }

    private static func agreement(_ text: String) throws -> WireAgreement {
        try WireAgreement(jsonString: Agreement.read(text).tree.canonicalJSON)
    }

    private func client(_ shape: Shape) throws -> (ServiceFixture, WireScoringServiceClient) {
        let metrics = RPCRoute(WireMetricsServiceMethods.listLeadOutcomes) { [outcomes] _, _ in
            .with { $0.outcomes = outcomes.known.withLock { $0 } }
        }
        let version = WireAgreementVersion.with {
            $0.version = 1
            $0.state = .signed
            $0.effectiveAt = Self.now.adding(.days(-900)).wire
        }
        var signed = version
        signed.agreement = try Self.agreement("name: Base\n" + shape.agreement)
        let service = try ServiceFixture(
            ScoringService.self, start: Self.now, agreements: [signed], peers: [metrics])
        return (service, WireScoringServiceClient(service.transport))
    }

    /// Large companies succeed far more often, those of software less so than their points say.
    private func fill(_ client: WireScoringServiceClient, _ shape: Shape) async throws {
        var random = SeededRandom(seed: 77)
        func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }
        let seenAt = Self.now.adding(.days(-200))
        var known: [WireLeadOutcome] = []
        var leads: [WireLead] = []
        var engagements: [WireEngagement] = []
        for number in 0..<600 {
            let (isLarge, isSoftware, isStudent, hasSeats) = (chance(50), chance(40), chance(20), chance(30))
            let share: UInt64 = (isLarge ? 55 : 10) + (isSoftware ? 10 : 0) + (hasSeats ? 25 : 0)
            let id = "lead-\(1_000 + number)"
            var lead = WireLead()
            lead.leadID = id
            lead.company.employees = isLarge ? 400 : 20
            lead.company.industry = isSoftware ? "software" : "retail"
            lead.person.title = isStudent ? "student" : "buyer"
            lead.createdAt = seenAt.adding(.days(-9)).wire
            if shape == .capped { lead.custom = ["seats": Google_Protobuf_Value(numberValue: hasSeats ? 20 : 2)] }
            leads.append(lead)
            let wins = chance(isStudent ? share / 3 : share)
            known.append(
                .with {
                    $0.leadID = id
                    $0.qualifiedAt = seenAt.wire
                    if wins { $0.wonAt = seenAt.adding(.days(9)).wire }
                })
            guard shape != .fitAlone else { continue }
            for (kind, percent) in [("page_viewed", UInt64(50)), ("called", wins ? 60 : 20)] where chance(percent) {
                engagements.append(
                    .with {
                        $0.engagementID = "\(kind)-\(number)"
                        $0.leadID = id
                        $0.kind = kind
                        $0.occurredAt = seenAt.adding(.days(-2)).wire
                    })
            }
        }
        let answer = try await client.upsertLeads(
            .with {
                $0.leads = leads
                $0.engagements = engagements
            })
        #expect(answer.results.allSatisfy { $0.status == .created })
        outcomes.known.withLock { [known] in $0 = known }
    }

    @Test(arguments: Shape.allCases)
    func `it lints clean, says what it changed, loses nothing, and a backtest takes it`(shape: Shape) async throws {
        let (service, client) = try client(shape)
        defer { withExtendedLifetime(service) {} }
        try await fill(client, shape)
        let answer = try await client.calibrate(.init())
        let before = "name: Base\n" + shape.agreement
        let fields = shape == .plain ? "" : "fields: [{name: seats, type: number}]\n"
        let text = "name: Base\n" + fields + answer.document
        let findings = Agreement.check(text)
        #expect(findings.faults.isEmpty, "\(findings.faults)\n\(text)")
        let known = Set(Agreement.check(before).warnings.map(\.code))
        #expect(findings.warnings.allSatisfy { known.contains($0.code) }, "\(findings.warnings)\n\(text)")

        let draft = try Self.agreement(text).scoring
        let old = try Self.agreement(before).scoring
        #expect(draft.webhooks == old.webhooks && draft.identity == old.identity && draft.kinds == old.kinds)
        #expect(draft.calibration == old.calibration && draft.lateAfter == old.lateAfter && draft.floor == old.floor)
        #expect(draft.fitGrades == old.fitGrades && draft.contextPacket == old.contextPacket)
        #expect(draft.fitWeight == old.fitWeight && draft.qualification.handRaisers == old.qualification.handRaisers)
        let points = Dictionary(uniqueKeysWithValues: answer.points.map { ($0.rule, $0.proposed) })
        for rule in draft.fit { #expect(rule.points == points[rule.id], "\(rule.id)") }
        let weights = [
            "fit": old.hasFitWeight ? old.fitWeight : 0.5,
            "engagement": old.hasEngagementWeight ? old.engagementWeight : 0.5,
        ]
        let change = answer.points.reduce(0) { $0 + (abs($1.proposed) - abs($1.points)) * (weights[$1.group] ?? 1) }
        #expect(answer.document.contains("In all they are as many as before") == (abs(change) < 2.5), "\(change)")
        #expect(answer.document.contains("not as many as before") == (abs(change) >= 2.5), "\(change)")
        let isLower = answer.document.contains("the most that these rules can give")
        #expect(answer.document.contains("a threshold comes down") == isLower && isLower == (shape == .fitAlone))
        let played = try await client.backtest(.with { $0.draft.agreement = try Self.agreement(text) })
        #expect(played.leads == 600)

        switch shape {
        case .plain: #expect(draft.qualification == old.qualification)
        case .fitAlone:
            #expect(draft.engagement.isEmpty && draft.qualification.minimumEngagement == 0)
            #expect(draft.qualification.threshold < 60)
            #expect(answer.document.contains("# threshold: 60 -> "))
        case .capped: try expectCaps(draft, old, points, answer.document)
        }
    }

    /// Each rule can give its points, and all of a category together as large a part of them as before.
    private func expectCaps(
        _ draft: WireScoringSection, _ old: WireScoringSection, _ points: [String: Double], _ document: String
    ) throws {
        #expect(draft.categories.map(\.id) == ["who"] && document.contains("# gone: none of its rules is left"))
        let cap = try #require(draft.categories.first).cap
        let kept = draft.fit.filter { $0.category == "who" }.map(\.points)
        #expect(kept.count == 2 && kept[0] > 15, "size says more than its points did: \(points)")
        #expect(kept.allSatisfy { $0 <= cap })
        #expect(abs(cap - 45 / 50 * kept.reduce(0, +)) < 0.01, "\(cap) of \(kept)")
        #expect(document.contains("# who: 45 -> "))
        for rule in draft.engagement {
            let before = try #require(old.engagement.first { $0.id == rule.id })
            let wanted = rule.points * before.cap / before.points
            #expect(abs(rule.cap - min(wanted, 100)) < 0.01, "\(rule.id)")
            #expect(document.contains("its cap would be ") == (draft.engagement.contains { $0.cap == 100 }))
        }
        let student = try #require(draft.negatives.first, "\(document)").points
        #expect(draft.negativesFloor == student, "a floor at the points of its one rule stays there")
        let seats = try #require(draft.situation.first, "\(document)").points
        #expect(abs(draft.situationCap - seats * 8 / 6) < 0.01)
    }
}
