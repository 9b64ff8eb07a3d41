import Contracts
import GRDB
import Hosting
import Kernel
import SLADomain
import Storage

/// Applies what Routing tells of a handoff: loads, has the domain decide, saves and tells.
struct HandoffDesk: Sendable {
    let library: AgreementLibrary<SLATerms>
    let alarm: FiringAlarm

    func apply(_ news: HandoffNews, lead: WireLeadFacts, in transaction: StoreTransaction) throws {
        let database = transaction.database
        let terms = news.agreementVersion > 0 ? try library.known(news.agreementVersion, database) : nil
        let record = try HandoffStore.load(news.handoffID, database)
        let timers = try record.map { try TimerStore.timers(of: $0, database) } ?? []
        let machine = HandoffMachine(terms: terms) { try library.rule(of: $0, database) }
        let decision = try machine.decide(news, record: record, timers: timers.map(\.timer)) { score in
            terms.map { lead.record($0.catalogue, score: score) }
        }
        guard let decision else { return }
        if record == nil {
            try HandoffStore.insert(decision.record, database)
        } else if decision.record != record {
            try HandoffStore.update(decision.record, database)
        }
        for timer in decision.changed {
            for var entry in timers where entry.timer.rule == timer.rule && entry.timer.round == timer.round {
                entry.timer = timer
                try TimerStore.update(entry, database)
            }
        }
        for timer in decision.armed { try TimerStore.insert(timer, database) }
        try library.tell(decision.facts, in: transaction)
        if let next = decision.armed.compactMap(\.nextFireAt).min() {
            transaction.afterCommit { [alarm] in alarm.armed(for: next) }
        }
    }
}

extension AgreementLibrary<SLATerms> {
    /// - Throws: an error where this service lacks the version, which it has learnt before the transaction.
    func known(_ number: Int64, _ database: Database) throws -> SLATerms {
        guard let terms = try version(number, database) else { throw AgreementUnknown(version: number) }
        return terms
    }

    /// The rule that a timer follows: that of the version it was armed under.
    func rule(of timer: HandoffTimer, _ database: Database) throws -> TimerRule {
        guard let rule = try known(timer.agreementVersion, database).rule(timer.rule) else {
            throw HandoffError.ruleUnknown(timer: timer.id, version: timer.agreementVersion)
        }
        return rule
    }

    /// Appends what became of timers to the outbox, under the lead's key.
    func tell(_ facts: [TimerFact], in transaction: StoreTransaction) throws {
        for fact in facts {
            try transaction.append(
                fact.payload(rule: rule(of: fact.timer, transaction.database)), key: fact.timer.leadID,
                occurredAt: fact.occurredAt, agreementVersion: fact.timer.agreementVersion)
        }
    }
}

/// An event names an agreement version that is not in this store.
struct AgreementUnknown: Error, CustomStringConvertible {
    let version: Int64

    var description: String { "agreement version \(version) is not known here" }
}
