import Contracts
import GRDB
import Kernel
import MetricsDomain
import Storage

/// Something that happened to a lead.
struct LeadStep {
    let lead: Int64
    let kind: EventKind
    var state: DemandState?
    var handoff = WireHandoffFacts()
    var detail = ""
}

/// What no consumer reads: all of a batch is inserted together.
extension StoreTransaction {
    func keep(_ step: LeadStep, of event: WireEvent) {
        insertLast(
            [
                .integer(step.lead), .instant(Instant(event.occurredAt)), .text(event.eventID),
                .text(step.kind.rawValue), step.state.map { .integer($0.rawValue) } ?? .null,
                .text(step.handoff.handoffID), .text(step.handoff.repID), .text(step.handoff.team),
                .text(step.detail), .integer(event.agreementVersion),
            ], by: Self.insertSteps)
    }

    func keep(_ engagements: [WireEngagement], of lead: Int64, account: String, version: Int64) {
        for engagement in engagements {
            insertLast(
                [
                    .integer(lead), .text(engagement.engagementID), .instant(Instant(engagement.occurredAt)),
                    .text(account), .text(engagement.channel), .text(engagement.campaign),
                    .text(engagement.contentID), .text(engagement.kind), .integer(version), .integer(0),
                ], by: Self.insertTouches)
        }
    }

    func keep(_ score: WireScore, before previous: Double, of lead: Int64, at: Instant, version: Int64) {
        guard score.total != previous else { return }
        insertLast(
            [
                .integer(lead), .instant(at), .real(score.total), .real(previous), .text(score.grade),
                .integer(version),
            ], by: Self.insertScores)
    }

    func keepWarning(of timer: WireTimer, percent: Double, at: Instant) {
        insertLast([.text(timer.timerID), .real(percent), .instant(at)], by: Self.insertWarnings)
    }

    private static let insertSteps = RowInsert(
        """
        INSERT OR IGNORE INTO step (
            lead, at, event_id, kind, state, handoff_id, rep_id, team, detail, agreement_version)
        VALUES
        """, columns: 10)

    private static let insertTouches = RowInsert(
        """
        INSERT OR IGNORE INTO touch (
            lead, touch_id, occurred_at, account_id, channel, campaign, content_id, kind, agreement_version, recorded)
        VALUES
        """, columns: 10)

    private static let insertScores = RowInsert(
        "INSERT OR IGNORE INTO score_change (lead, at, total, previous_total, grade, agreement_version) VALUES",
        columns: 6)

    private static let insertWarnings = RowInsert(
        "INSERT OR IGNORE INTO timer_warning (timer_id, percent, at) VALUES", columns: 3)
}

extension Database {
    /// Keeps what a timer has come to: the truest standing, of the same one the latest told.
    func keep(_ timer: WireTimer, _ standing: TimerStanding, toldAt: Instant) throws {
        let metLateAt = timer.hasMetLateAt ? Instant(timer.metLateAt) : nil
        let told: [ColumnValue] = [
            .text(timer.repID), .text(timer.team), .integer(standing.rawValue), .instant(toldAt),
            .instant(Instant(timer.dueAt)), .instant(timer.hasEndedAt ? Instant(timer.endedAt) : nil),
            .instant(metLateAt), .real(timer.elapsedSeconds),
        ]
        // Most are armed when they are first told of.
        if standing == .armed {
            try insert(timer, told, or: "OR IGNORE ")
            if changesCount > 0 { return }
        }
        let known = try row(
            "SELECT number, standing, told_at FROM timer WHERE timer_id = ?", [.text(timer.timerID)]
        ) { (number: $0.integer(0), standing: Int($0.integer(1)), toldAt: $0.instant(2)) }
        guard let known else { return try insert(timer, told) }
        guard (standing.rawValue, toldAt) >= (known.standing, known.toldAt) else { return }
        try run(
            """
            UPDATE timer SET rep_id = ?, team = ?, standing = ?, told_at = ?, due_at = ?, ended_at = ?,
                met_late_at = coalesce(?, met_late_at), elapsed_seconds = ?
            WHERE number = ?
            """, told + [.integer(known.number)])
    }

    private func insert(_ timer: WireTimer, _ told: [ColumnValue], or otherwise: String = "") throws {
        let lead = try number(ofLead: timer.leadID)
        try run(
            """
            INSERT \(otherwise)INTO timer (
                rep_id, team, standing, told_at, due_at, ended_at, met_late_at, elapsed_seconds, timer_id, rule, lead,
                armed_at, agreement_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            told + [
                .text(timer.timerID), .text(timer.rule), .integer(lead),
                .instant(Instant(timer.armedAt)), .integer(timer.agreementVersion),
            ])
    }
}
