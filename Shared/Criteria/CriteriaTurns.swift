public import Kernel

extension CompiledCriteria {
    /// Adds the moments at which the verdict can change by time alone, in no order: while none of them passes, it stays
    /// the same.
    ///
    /// - Parameters:
    ///   - behaviour: also what lies ahead of now.
    ///   - moment: only turns after it are added.
    public func addTurns(
        _ record: FieldRecord, behaviour: [BehaviourFact] = [], after moment: Instant, to turns: inout [Instant]
    ) {
        guard needs.varyWithTime else { return }
        program.addTurns(record, behaviour, moment, &turns)
    }
}

extension WeightedTiers {
    /// As ``CompiledCriteria/addTurns(_:behaviour:after:to:)``, of the tier.
    public func addTurns(_ record: FieldRecord, after moment: Instant, to turns: inout [Instant]) {
        guard needs.varyWithTime else { return }
        for criteria in compiled { criteria.addTurns(record, after: moment, to: &turns) }
    }
}

extension CriteriaProgram {
    fileprivate func addTurns(
        _ record: FieldRecord, _ facts: [BehaviourFact], _ moment: Instant, _ turns: inout [Instant]
    ) {
        for leaf in leaves {
            switch leaf {
            case .behaviour(let test): test.addTurns(facts, moment, &turns)
            case .field(let slot, let test):
                guard case .date(let date) = record.cell(slot) else { continue }
                switch test {
                case .dateWithin(let span):
                    turns.add(date, after: moment)
                    turns.addEnd(of: span, from: date, after: moment)
                case .dateOlder(let span): turns.addEnd(of: span, from: date, after: moment)
                default: break
                }
            }
        }
    }
}

extension BehaviourTest {
    fileprivate func addTurns(_ facts: [BehaviourFact], _ moment: Instant, _ turns: inout [Instant]) {
        for fact in facts where fact.kind == event {
            turns.add(fact.occurredAt.microseconds, after: moment)
            if let within { turns.addEnd(of: within, from: fact.occurredAt.microseconds, after: moment) }
            filter?.addTurns(fact.record, [], moment, &turns)
        }
    }
}

extension [Instant] {
    fileprivate mutating func add(_ microseconds: Int64, after moment: Instant) {
        if microseconds > moment.microseconds { append(Instant(microseconds: microseconds)) }
    }

    /// The first microsecond behind a span.
    fileprivate mutating func addEnd(of span: Int64, from start: Int64, after moment: Instant) {
        let (last, overflows) = start.addingReportingOverflow(span)
        if !overflows, last < Instant.distantFuture.microseconds { add(last + 1, after: moment) }
    }
}
