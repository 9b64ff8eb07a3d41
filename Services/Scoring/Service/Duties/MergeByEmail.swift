import Contracts
import GRDB
import Hosting
import Platform
import ScoringDomain
import Storage

/// Makes stored leads of one e-mail address one once the agreement says so, or keeps the addresses by which webhooks find
/// leads, in bounded batches from the first id to the last, going on where it was interrupted. What arrives meanwhile is
/// found by intake.
struct MergeByEmail: Duty {
    let name = "merge by e-mail"
    let interval = Duration.seconds(15)
    let store: Store
    let library: AgreementLibrary<ScoringRules>
    var batch = 200

    /// - Returns: how many leads were looked at.
    func runOnce() async throws -> Int {
        let now = store.clock.now()
        let isDue = try await store.read { database in
            guard let rule = try library.inForce(at: now, database)?.settings.identity else { return false }
            return try rule.keepsAddresses ? !EmailWalk.isDone(rule, database) : EmailWalk.find(database) != nil
        }
        guard isDue else { return 0 }
        return try await store.write { transaction in
            let database = transaction.database
            let rules = try library.required(at: transaction.now, database)
            let rule = rules.settings.identity
            guard rule.keepsAddresses else {
                try EmailWalk.end(database)
                return 0
            }
            var walk = EmailWalk(rule: rule.text)
            if let known = try EmailWalk.find(database), known.rule == walk.rule { walk = known }
            let found = try LeadQueries.list(after: walk.after, state: nil, limit: batch, database)
            var intake = Intake(transaction, rules, library)
            for stored in found { try intake.identify(stored.lead.leadID) }
            try intake.finish()
            walk.after = found.last?.lead.leadID ?? walk.after
            walk.isDone = found.count < batch
            try walk.save(database)
            return found.count
        }
    }
}

/// How far the walk over stored leads has come; the row of `email_walk`.
struct EmailWalk {
    /// What is looked for: where it changes, the walk begins anew.
    let rule: String
    fileprivate(set) var after = ""
    fileprivate(set) var isDone = false

    /// Whether every stored lead was looked at by a rule.
    static func isDone(_ rule: IdentityRule, _ database: Database) throws -> Bool {
        try find(database).map { $0.isDone && $0.rule == rule.text } ?? false
    }

    fileprivate static func find(_ database: Database) throws -> EmailWalk? {
        try database.row("SELECT rule, after, done FROM email_walk", []) {
            EmailWalk(rule: $0.text(0), after: $0.text(1), isDone: $0.bool(2))
        }
    }

    fileprivate func save(_ database: Database) throws {
        try database.run(
            "INSERT OR REPLACE INTO email_walk (id, rule, after, done) VALUES (1, ?, ?, ?)",
            [.text(rule), .text(after), .bool(isDone)])
    }

    /// Addresses make no leads one any more.
    fileprivate static func end(_ database: Database) throws {
        try database.run("DELETE FROM email_walk", [])
        try database.run("DELETE FROM lead_email", [])
    }
}

extension IdentityRule {
    fileprivate var text: String { (mergesByEmail ? "" : "find ") + sharedMailboxes.sorted().joined(separator: " ") }
}
