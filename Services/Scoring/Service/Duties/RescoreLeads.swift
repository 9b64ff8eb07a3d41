import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import ScoringDomain
import Storage
import Synchronization

/// Scores all stored leads anew when a version takes effect: in bounded batches from the first id to the last, while
/// intake goes on, going on where it was interrupted.
///
/// What a lead comes to is found out before the transaction that stores it, that of the next batch while one is being
/// stored. A lead to which something happens in between is looked at again.
final class RescoreLeads: Duty {
    let name = "rescore-leads"
    let interval = Duration.seconds(2)
    private let store: Store
    private let library: AgreementLibrary<ScoringRules>
    private let batch: Int
    private let left: RescoreGauge
    private let state = Mutex(State())

    private struct State {
        var rest: Rest?
        /// What was found out while another batch was stored.
        var ahead: RescoreBatch?
    }

    /// Nothing is to be done as long as no other version is kept and none takes effect.
    private struct Rest {
        let keptCount: Int
        let until: Instant
    }

    /// - Parameter batch: the most leads in one transaction.
    init(store: Store, library: AgreementLibrary<ScoringRules>, batch: Int = 2_000) {
        self.store = store
        self.library = library
        self.batch = batch
        left = RescoreGauge(owner: store.owner)
    }

    /// - Returns: how many leads were looked at; 1 where a rescore began or ended.
    func runOnce() async throws -> Int {
        let keptCount = library.keptCount
        let now = store.clock.now()
        let rests = state.withLock { $0.rest.map { $0.keptCount == keptCount && now < $0.until } ?? false }
        if rests { return 0 }
        let (rules, known, until) = try await store.read { database in
            let rules = try self.library.inForce(at: now, database)
            let known = try rules.flatMap { try RescoreQueries.find($0.version, database) }
            return (rules, known, try self.library.nextEffect(after: now, database))
        }
        guard let rules, known?.finishedAt == nil else {
            state.withLock { $0 = State(rest: Rest(keptCount: keptCount, until: until ?? .distantFuture)) }
            return 0
        }
        guard let known else { return try await begin(rules) }
        return try await goOn(known, rules)
    }

    private func begin(_ rules: ScoringRules) async throws -> Int {
        let leads = try await store.read(RescoreQueries.leads)
        try await store.write { transaction in
            guard try self.isInForce(rules, transaction) else { return }
            let rescore = Rescore(
                version: rules.version, effectiveAt: rules.effectiveAt, begunAt: transaction.now, leads: leads)
            try RescoreQueries.begin(rescore, transaction.database)
        }
        left.record(leads)
        return 1
    }

    private func goOn(_ rescore: Rescore, _ rules: ScoringRules) async throws -> Int {
        let ahead = state.withLock { state in
            defer { state.ahead = nil }
            return state.ahead.flatMap { $0.follows(rescore) ? $0 : nil }
        }
        let batch = if let ahead { ahead } else { try await read(after: rescore.cursor, rules) }
        async let next = batch.isLast ? nil : read(after: batch.last, rules)
        guard let counts = try await save(batch, of: rescore, rules) else { return 1 }
        let following = try await next
        state.withLock { $0.ahead = following }
        left.record(batch.isLast ? 0 : max(0, rescore.leads - counts.lookedAt))
        return max(1, batch.leads)
    }

    private func read(after cursor: String, _ rules: ScoringRules) async throws -> RescoreBatch {
        let now = store.clock.now()
        let rows = try await store.read { database in
            try RescoreRows(after: cursor, limit: self.batch, rules, at: now, self.library, database)
        }
        return try await RescoreBatch(rows, rules, now: now, source: store.owner)
    }

    /// - Returns: nil where another version has taken effect since, or someone else has gone on.
    private func save(
        _ batch: RescoreBatch, of rescore: Rescore, _ rules: ScoringRules
    ) async throws -> RescoreCounts? {
        try await store.write { transaction in
            let database = transaction.database
            guard try self.isInForce(rules, transaction),
                var known = try RescoreQueries.find(rules.version, database), batch.follows(known)
            else { return nil }
            let intake = Intake(transaction, rules, self.library)
            var history: [ColumnValue] = []
            for outcome in batch.outcomes {
                if try intake.apply(outcome, history: &history) {
                    known.counts.add(outcome)
                } else if let found = try LeadQueries.find(outcome.leadID, database) {
                    _ = try intake.renewed(found)
                }
            }
            try ScoreChangeQueries.insertion.run(history, database)
            known.counts.lookedAt += batch.leads
            known.cursor = batch.last
            if batch.isLast { known.finishedAt = transaction.now }
            try RescoreQueries.save(known, database)
            return known.counts
        }
    }

    private func isInForce(_ rules: ScoringRules, _ transaction: StoreTransaction) throws -> Bool {
        try library.inForce(at: transaction.now, transaction.database)?.version == rules.version
    }
}
