import Contracts
import Criteria
import GRDB
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// What became of leads, as Metrics knows it.
enum LeadOutcomes {
    private static let pageSize: Int32 = 1_000

    /// - Throws: `resource_exhausted` where there are more leads than may be looked at in one call.
    static func fetch(
        _ metrics: WireMetricsServiceClient, _ context: RPCContext, atMost: Int
    ) async throws -> [String: WireLeadOutcome] {
        var outcomes: [String: WireLeadOutcome] = [:]
        var token = ""
        repeat {
            let page = try await metrics.listLeadOutcomes(
                .with {
                    $0.page.pageSize = pageSize
                    $0.page.pageToken = token
                }, CallOptions(parent: context))
            for outcome in page.outcomes { outcomes[outcome.leadID] = outcome }
            token = page.nextPageToken
            guard outcomes.count <= atMost else { throw tooMany(atMost) }
        } while !token.isEmpty
        return outcomes
    }

    static func tooMany(_ limit: Int) -> RPCError {
        RPCError(.resourceExhausted, "there are more than \(limit) leads: raise analysis-leads")
    }
}

/// Leads that can be learned from, and how many cannot.
struct CalibrationSample: Sendable {
    enum Reason: String, Sendable, CaseIterable {
        case outsidePeriod = "outside_period"
        case neverQualified = "never_qualified"
        case tooYoung = "too_young"
        case successBefore = "success_before"
        case failedBefore = "failed_before"
    }

    enum Found: Sendable {
        case lead(CalibrationLead)
        case leftOut(Reason)
    }

    private(set) var leads: [CalibrationLead] = []
    private(set) var leftOut: [Reason: Int] = [:]

    mutating func add(_ found: Found) {
        switch found {
        case .lead(let lead): leads.append(lead)
        case .leftOut(let reason): leftOut[reason, default: 0] += 1
        }
    }

    /// Such as ` (120 leads were left out: 100 never_qualified, 20 too_young)`.
    var explanation: String {
        let parts = Reason.allCases.compactMap { reason in leftOut[reason].map { "\($0) \(reason.rawValue)" } }
        let count = leftOut.values.reduce(0, +)
        return parts.isEmpty ? "" : " (\(count) leads were left out: \(parts.joined(separator: ", ")))"
    }
}

/// Sees each lead as it was at one moment, with what became of it within the horizon.
struct LeadReader: Sendable {
    let sighting: LeadSighting
    let rules: ScoringRules
    let outcomes: [String: WireLeadOutcome]
    let now: Instant

    /// Leads whose horizon is over, of those that came to be in the period of a question.
    func look(
        at stored: StoredLead, _ question: CalibrationQuestion, _ database: Database
    ) throws -> CalibrationSample.Found {
        guard stored.createdAt >= question.from, stored.createdAt < question.to else {
            return .leftOut(.outsidePeriod)
        }
        guard let seenAt = try seenAt(stored, database) else { return .leftOut(.neverQualified) }
        guard seenAt.adding(sighting.horizon) <= now else { return .leftOut(.tooYoung) }
        return try see(stored, at: seenAt, database)
    }

    func seenAt(_ stored: StoredLead, _ database: Database) throws -> Instant? {
        switch sighting.population {
        case .created: return stored.createdAt.adding(sighting.observation)
        case .qualified:
            let outcome = try stored.outcome(outcomes, database)
            return outcome.hasQualifiedAt ? Instant(outcome.qualifiedAt) : nil
        }
    }

    /// The lead as it was known then, unless it was clear by then what would become of it. Whether it succeeded is only
    /// known when its horizon is over.
    func see(_ stored: StoredLead, at seenAt: Instant, _ database: Database) throws -> CalibrationSample.Found {
        let outcome = try stored.outcome(outcomes, database)
        let arrival = try stored.arrival(database)
        let recordedBy = try recordedBy(stored, arrival, seenAt, database)
        let clearBy = seenAt < arrival.first ? seenAt : recordedBy
        let succeededAt = succeededAt(outcome)
        if let succeededAt, succeededAt <= clearBy { return .leftOut(.successBefore) }
        if let failedAt = failedAt(outcome), failedAt <= clearBy { return .leftOut(.failedBefore) }
        let past = try FieldPast(stored, since: seenAt, database)
        let view = try LeadView(stored, fields: past.lead, recordedBy: recordedBy, rules, at: seenAt, database)
        let end = seenAt.adding(sighting.horizon)
        return .lead(
            CalibrationLead(
                id: stored.lead.leadID, seenAt: seenAt,
                outcome: CalibrationLead.Outcome(
                    succeededAt: succeededAt.flatMap { $0 <= end ? $0 : nil },
                    failedAt: failedAt(outcome).flatMap { $0 <= end ? $0 : nil }),
                record: FieldRecord(view.stored.lead, rules, everyField: true), fieldChanges: past.changes,
                behaviour: view.behaviour, accumulators: view.accumulators, rules: rules))
    }

    /// Until when what a lead did has to have been recorded. What made it qualify does count where it is seen at that
    /// moment, however late it was told: nobody had the lead before.
    private func recordedBy(
        _ stored: StoredLead, _ arrival: LeadArrival, _ seenAt: Instant, _ database: Database
    ) throws -> Instant {
        let known = arrival.recordedBy(at: seenAt)
        guard sighting.population == .qualified,
            let told = try QualificationQueries.recordedAt(of: stored.lead.leadID, at: seenAt, database)
        else { return known }
        return max(known, told)
    }

    /// Rejected or lost, so that nothing can be foretold any more.
    private func failedAt(_ outcome: WireLeadOutcome) -> Instant? {
        let rejectedAt = outcome.hasRejectedAt ? Instant(outcome.rejectedAt) : nil
        let lostAt = outcome.hasLostAt ? Instant(outcome.lostAt) : nil
        return [rejectedAt, lostAt].compactMap(\.self).min()
    }

    private func succeededAt(_ outcome: WireLeadOutcome) -> Instant? {
        switch sighting.outcome {
        case .accepted: outcome.hasAcceptedAt ? Instant(outcome.acceptedAt) : nil
        case .sql: outcome.hasSqlAt ? Instant(outcome.sqlAt) : nil
        case .won: outcome.hasWonAt ? Instant(outcome.wonAt) : nil
        }
    }
}

extension StoredLead {
    /// What became of the lead under any of its ids: of each thing, the first time.
    func outcome(_ outcomes: [String: WireLeadOutcome], _ database: Database) throws -> WireLeadOutcome {
        let known = try ids(database).compactMap { outcomes[$0] }
        guard var united = known.first else { return WireLeadOutcome() }
        for other in known.dropFirst() { united.unite(with: other) }
        return united
    }
}

extension WireLeadOutcome {
    fileprivate mutating func unite(with other: WireLeadOutcome) {
        func isFirst(_ isKnown: Bool, _ known: Google_Protobuf_Timestamp, _ timestamp: Google_Protobuf_Timestamp)
            -> Bool
        {
            !isKnown || Instant(timestamp) < Instant(known)
        }
        if other.hasQualifiedAt, isFirst(hasQualifiedAt, qualifiedAt, other.qualifiedAt) {
            qualifiedAt = other.qualifiedAt
        }
        if other.hasAcceptedAt, isFirst(hasAcceptedAt, acceptedAt, other.acceptedAt) { acceptedAt = other.acceptedAt }
        if other.hasRejectedAt, isFirst(hasRejectedAt, rejectedAt, other.rejectedAt) { rejectedAt = other.rejectedAt }
        if other.hasSqlAt, isFirst(hasSqlAt, sqlAt, other.sqlAt) { sqlAt = other.sqlAt }
        if other.hasWonAt, isFirst(hasWonAt, wonAt, other.wonAt) { wonAt = other.wonAt }
        if other.hasLostAt, isFirst(hasLostAt, lostAt, other.lostAt) { lostAt = other.lostAt }
        for amount in other.wonAmounts {
            guard let place = wonAmounts.firstIndex(where: { $0.currency == amount.currency }) else {
                wonAmounts.append(amount)
                continue
            }
            let (sum, overflows) = wonAmounts[place].minorUnits.addingReportingOverflow(amount.minorUnits)
            wonAmounts[place].minorUnits = overflows ? .max : sum
        }
    }
}
