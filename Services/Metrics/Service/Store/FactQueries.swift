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

extension Database {
    func keep(_ step: LeadStep, of event: WireEvent) throws {
        try run(
            """
            INSERT OR IGNORE INTO step (
                lead, at, event_id, kind, state, handoff_id, rep_id, team, detail, agreement_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                step.lead, Instant(event.occurredAt), event.eventID, step.kind.rawValue, step.state?.rawValue,
                step.handoff.handoffID, step.handoff.repID, step.handoff.team, step.detail, event.agreementVersion,
            ])
    }

    func keep(_ engagement: WireEngagement, of lead: Int64, account: String, version: Int64) throws {
        try run(
            """
            INSERT OR IGNORE INTO touch (
                lead, touch_id, recorded, occurred_at, account_id, channel, campaign, content_id, kind,
                agreement_version)
            VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                lead, engagement.engagementID, Instant(engagement.occurredAt), account,
                engagement.channel, engagement.campaign, engagement.contentID, engagement.kind, version,
            ])
    }

    func keep(_ score: WireScore, before previous: Double, of lead: Int64, at: Instant, version: Int64) throws {
        guard score.total != previous else { return }
        try run(
            """
            INSERT OR IGNORE INTO score_change (lead, at, total, previous_total, grade, agreement_version)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [lead, at, score.total, previous, score.grade, version])
    }

    /// Keeps what a timer has come to: the truest standing, of the same one the latest told.
    func keep(_ timer: WireTimer, _ standing: TimerStanding, toldAt: Instant) throws {
        try run(
            """
            INSERT INTO timer (
                timer_id, rule, lead, rep_id, team, standing, told_at, armed_at, due_at, ended_at, met_late_at,
                elapsed_seconds, agreement_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (timer_id) DO UPDATE SET
                rep_id = excluded.rep_id, team = excluded.team, standing = excluded.standing,
                told_at = excluded.told_at, due_at = excluded.due_at, ended_at = excluded.ended_at,
                met_late_at = coalesce(excluded.met_late_at, met_late_at), elapsed_seconds = excluded.elapsed_seconds
            WHERE (excluded.standing, excluded.told_at) >= (standing, told_at)
            """,
            [
                timer.timerID, timer.rule, try number(ofLead: timer.leadID), timer.repID, timer.team, standing.rawValue,
                toldAt,
                Instant(timer.armedAt), Instant(timer.dueAt), timer.hasEndedAt ? Instant(timer.endedAt) : nil,
                timer.hasMetLateAt ? Instant(timer.metLateAt) : nil, timer.elapsedSeconds, timer.agreementVersion,
            ])
    }

    func keepWarning(of timer: WireTimer, percent: Double, at: Instant) throws {
        try run(
            "INSERT OR IGNORE INTO timer_warning (timer_id, percent, at) VALUES (?, ?, ?)",
            [timer.timerID, percent, at])
    }
}
