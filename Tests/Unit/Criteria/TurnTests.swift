import Criteria
import Kernel
import Testing

/// The moments at which time alone changes a verdict.
@Suite struct TurnTests {
    private func fact(_ kind: String, daysAgo: Int64) -> BehaviourFact {
        BehaviourFact(kind: kind, occurredAt: now.adding(.days(-daysAgo)), record: record([:]))
    }

    private func turns(_ criteria: Criteria, _ facts: [BehaviourFact] = []) throws -> [Instant] {
        let values: [String: FieldValue] = [
            "custom.renewal": .date(now.adding(.days(3))), "lead.created_at": .date(now.adding(.days(-5))),
        ]
        let compiled = try CompiledCriteria(criteria, catalogue: catalogue)
        var turns: [Instant] = []
        compiled.addTurns(record(values), behaviour: facts, after: now, to: &turns)
        // Between two turns the verdict stays as it is; at each it may change.
        let moments = [now] + turns.sorted()
        for (moment, next) in zip(moments, moments.dropFirst()) {
            let last = Instant(microseconds: next.microseconds - 1)
            #expect(
                compiled.evaluate(record(values), behaviour: facts, now: moment)
                    == compiled.evaluate(record(values), behaviour: facts, now: last))
        }
        return turns.sorted()
    }

    private let microsecond = TimeSpan(microseconds: 1)

    @Test func datesTurnWhenTheyComeAndWhenTheirSpanIsOver() throws {
        let within = leaf("custom.renewal", .within, .text("2d"))
        #expect(try turns(within) == [now.adding(.days(3)), now.adding(.days(5)).adding(microsecond)])
        let older = leaf("lead.created_at", .olderThan, .text("30d"))
        #expect(try turns(older) == [now.adding(.days(25)).adding(microsecond)])
        #expect(try turns(.all([older, leaf("company.industry", .exists)])).count == 1)
    }

    @Test func behaviourTurnsWhenItComesAndWhenItFallsOut() throws {
        let recent = Criteria.behaviour(.init(event: "visit", within: .days(7), atLeast: 2))
        let facts = [
            fact("visit", daysAgo: 9), fact("visit", daysAgo: 6), fact("visit", daysAgo: -1), fact("call", daysAgo: 1),
        ]
        #expect(
            try turns(recent, facts) == [
                now.adding(.days(1)), now.adding(.days(1)).adding(microsecond),
                now.adding(.days(8)).adding(microsecond),
            ])
        #expect(try turns(.behaviour(.init(event: "visit", atLeast: 1)), [fact("visit", daysAgo: 2)]).isEmpty)
    }

    @Test func whatTimeCannotChangeHasNoTurns() throws {
        #expect(try turns(leaf("custom.renewal", .exists)).isEmpty)
        #expect(try turns(.none([leaf("company.employees", .gt, .number(1))])).isEmpty)
    }
}
