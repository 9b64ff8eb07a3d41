public import Criteria
import Kernel

/// Decides what news of a handoff does to its timers.
///
/// - An assignment to another rep cancels what still runs for the one before, and starts a new round. So does a
///   return to the queue, where the round starts when someone gets the handoff. What was closed before is open again.
/// - A step stops the timers of its round that name it. A rejection, a qualification and a closing also cancel those
///   that they do not stop.
/// - A step arms the rules that start on it, once a round. What the rule waits for may have been done already: a
///   lead that was called before it was accepted needs no second call, so such a timer is met as it is armed.
public struct HandoffMachine {
    /// The rule that a timer follows: that of its own version.
    private let ruleOf: (HandoffTimer) throws -> TimerRule
    /// The terms that the news was made under; nil where there was no agreement.
    private let terms: SLATerms?

    public init(terms: SLATerms?, ruleOf: @escaping (HandoffTimer) throws -> TimerRule) {
        self.terms = terms
        self.ruleOf = ruleOf
    }

    /// - Parameters:
    ///   - timers: all timers of the handoff.
    ///   - lead: the lead's fields for the criteria of rules.
    /// - Returns: nil where the news is known, or says nothing about a rep.
    public func decide(
        _ news: HandoffNews, record known: HandoffRecord?, timers: [HandoffTimer], lead: (LeadScore) -> FieldRecord?
    ) throws -> HandoffDecision? {
        if news.isAssignment, known?.assignmentEvent == news.eventID { return nil }
        if news.steps.isEmpty, known == nil { return nil }
        var decision = HandoffDecision(record: Self.record(known, after: news))
        let round = decision.record.round
        for timer in timers {
            guard let input = try input(to: timer, of: news, round: round) else { continue }
            let outcome = try ruleOf(timer).decide(timer, input)
            if outcome.timer != timer { decision.changed.append(outcome.timer) }
            decision.facts += outcome.facts
        }
        let present = Set(timers.lazy.filter { $0.round == round }.map(\.rule))
        try arm(news, present: present, lead: lead, &decision)
        decision.facts = Self.inOrderOfTime(decision.facts)
        return decision
    }

    private static func record(_ known: HandoffRecord?, after news: HandoffNews) -> HandoffRecord {
        var record =
            known
            ?? HandoffRecord(handoffID: news.handoffID, leadID: news.leadID, repID: news.repID, team: news.team)
        if news.isAssignment {
            if record.steps[.assigned] != nil {
                record.round += 1
                record.steps = [:]
            }
            if let closed = record.steps[.closed], closed <= news.occurredAt { record.steps[.closed] = nil }
            record.repID = news.repID
            record.team = news.team
            record.assignmentEvent = news.eventID
            record.score = news.score ?? LeadScore()
        }
        for step in news.steps {
            record.steps[step] = min(record.steps[step] ?? news.occurredAt, news.occurredAt)
        }
        return record
    }

    private func input(to timer: HandoffTimer, of news: HandoffNews, round: Int) throws -> TimerInput? {
        if news.isAssignment { return timer.round < round ? .cancelled(news.occurredAt) : nil }
        guard timer.round == round else { return nil }
        if try !ruleOf(timer).stopsOn.isDisjoint(with: news.steps) { return .stopped(news.occurredAt) }
        return news.endsWork ? .cancelled(news.occurredAt) : nil
    }

    private func arm(
        _ news: HandoffNews, present: Set<String>, lead: (LeadScore) -> FieldRecord?, _ decision: inout HandoffDecision
    ) throws {
        guard let terms, !decision.record.isOver else { return }
        let starting = terms.rules.filter { news.steps.contains($0.startsOn) && !present.contains($0.id) }
        let record = starting.contains { $0.criteria != nil } ? lead(decision.record.score) : nil
        for rule in starting {
            if let criteria = rule.criteria {
                guard let record, criteria.evaluate(record, now: news.occurredAt) == .true else { continue }
            }
            var outcome = try rule.arm(decision.record, version: terms.version, at: news.occurredAt)
            let done = rule.stopsOn.filter { $0 != rule.startsOn }.compactMap { decision.record.steps[$0] }.min()
            if let done {
                let stopped = try rule.decide(outcome.timer, .stopped(done))
                outcome = TimerDecision(timer: stopped.timer, facts: outcome.facts + stopped.facts)
            }
            decision.armed.append(outcome.timer)
            decision.facts += outcome.facts
        }
    }

    private static func inOrderOfTime(_ facts: [TimerFact]) -> [TimerFact] {
        guard facts.count > 1 else { return facts }
        return facts.enumerated()
            .sorted { ($0.element.occurredAt, $0.offset) < ($1.element.occurredAt, $1.offset) }
            .map(\.element)
    }
}
