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
/// What a lead comes to is found out before the transaction that stores it, that of the next ones while others are being
/// stored. A lead to which something happens in between is looked at again.
final class RescoreLeads: Duty {
    let name = "rescore-leads"
    let interval = Duration.seconds(2)
    private let store: Store
    private let library: AgreementLibrary<ScoringRules>
    /// Leads in one read of the store.
    private let page: Int
    /// Pages in one transaction.
    private let pages: Int
    /// Transactions in one step of the duty.
    private let rounds: Int
    private let left: RescoreGauge
    private let state = Mutex(State())

    private struct State {
        var rest: Rest?
        /// What was found out and is yet to be stored.
        var ahead: [RescorePage] = []
        /// What was handed over to be stored last: kept until the next is, so that the thread that writes need not let
        /// it go.
        var stored: [RescorePage] = []
    }

    /// Nothing is to be done as long as no other version is kept and none takes effect.
    private struct Rest {
        let keptCount: Int
        let until: Instant
    }

    init(store: Store, library: AgreementLibrary<ScoringRules>, page: Int = 500, pages: Int = 4, rounds: Int = 8) {
        self.store = store
        self.library = library
        self.page = page
        self.pages = pages
        self.rounds = rounds
        left = RescoreGauge(owner: store.owner)
    }

    /// What is done at the same time.
    private enum Work: Sendable {
        /// A page, and its number.
        case read(RescorePage, Int)
        /// Nil where nothing was to be stored.
        case saved(RescoreCounts?)
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
            defer { state.ahead = [] }
            return state.ahead
        }
        let follows = ahead.first.map { $0.version == rules.version && $0.after == rescore.cursor } ?? false
        var line = RescoreLine(batch: pages, after: rescore.cursor, ready: follows ? ahead : [])
        let lookedAt = try await work(on: &line, rescore, rules)
        state.withLock { [rest = line.rest] in $0.ahead = rest }
        return max(1, lookedAt)
    }

    /// Reads and stores at once, a bounded number of transactions.
    private func work(on line: inout RescoreLine, _ rescore: Rescore, _ rules: ScoringRules) async throws -> Int {
        try await withThrowingTaskGroup(of: Work.self) { group in
            var (saved, lookedAt, isSaving) = (0, rescore.counts.lookedAt, false)
            repeat {
                while saved < rounds, line.wantsMore, let after = line.position {
                    let through = try await store.read { try LeadQueries.id(self.page, after: after, $0) }
                    let number = line.begin(through: through)
                    group.addTask { .read(try await self.read(after, through, rules), number) }
                }
                if saved < rounds, !isSaving, let batch = line.next() {
                    isSaving = true
                    group.addTask { .saved(try await self.save(batch, rules)) }
                    state.withLock { $0.stored = batch }
                }
                switch try await group.next() {
                case .read(let page, let number): line.add(page, number)
                case .saved(let counts?):
                    (saved, lookedAt, isSaving) = (saved + 1, counts.lookedAt, false)
                case .saved(nil): saved = rounds
                case nil: return lookedAt - rescore.counts.lookedAt
                }
            } while true
        }
    }

    private func read(_ after: String, _ through: String?, _ rules: ScoringRules) async throws -> RescorePage {
        let now = store.clock.now()
        return try await store.read { database in
            try RescorePage(
                after: after, through: through, rules, at: now, self.library, source: self.store.owner, database)
        }
    }

    /// - Returns: nil where another version has taken effect since, or someone else has gone on.
    private func save(_ batch: [RescorePage], _ rules: ScoringRules) async throws -> RescoreCounts? {
        let rescore = try await store.write { transaction -> Rescore? in
            let database = transaction.database
            guard try self.isInForce(rules, transaction),
                var known = try RescoreQueries.find(rules.version, database), let last = batch.last,
                known.cursor == batch.first?.after, known.finishedAt == nil
            else { return nil }
            let intake = Intake(transaction, rules, self.library)
            var history: [ColumnValue] = []
            for page in batch {
                for outcome in page.outcomes {
                    if try intake.apply(outcome, history: &history) {
                        known.counts.add(outcome)
                    } else if let found = try LeadQueries.find(outcome.leadID, database) {
                        _ = try intake.renewed(found)
                    }
                }
                known.counts.lookedAt += page.leads
            }
            try ScoreChangeQueries.insertion.run(history, database)
            if let through = last.through { known.cursor = through } else { known.finishedAt = transaction.now }
            try RescoreQueries.save(known, database)
            return known
        }
        guard let rescore else { return nil }
        left.record(rescore.finishedAt == nil ? max(0, rescore.leads - rescore.counts.lookedAt) : 0)
        return rescore.counts
    }

    private func isInForce(_ rules: ScoringRules, _ transaction: StoreTransaction) throws -> Bool {
        try library.inForce(at: transaction.now, transaction.database)?.version == rules.version
    }
}
