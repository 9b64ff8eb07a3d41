import Contracts
import GRDB
import ScoringDomain

/// Finds the one lead that an e-mail address names.
struct EmailLookup {
    enum Found: Equatable {
        /// The id that was last told to have it.
        case lead(String)
        /// What was expected instead of the address.
        case none(String)
    }

    let rules: ScoringRules
    let database: Database

    func find(_ email: String) throws -> Found {
        guard let address = rules.settings.identity.key(of: email) else {
            return .none("an address such as ana@example.com, and no shared mailbox")
        }
        guard try EmailWalk.isDone(rules.settings.identity, database) else {
            return .none("that the addresses of stored leads are known, which are being looked through: try again")
        }
        var ids: [String: String] = [:]
        for id in try IdentityQueries.leadIDs(withEmail: address, database) {
            guard let (rootID, told) = try current(id), told.lowercased() == address else { continue }
            ids[rootID] = min(ids[rootID] ?? id, id)
        }
        guard let found = ids.values.first else { return .none("the address of a lead that is known") }
        guard ids.count == 1 else {
            let names = ids.keys.sorted()
            let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
            return .none("the address of exactly one lead; \(names.prefix(3).joined(separator: ", "))\(rest) have it")
        }
        return .lead(found)
    }

    /// The lead that an id means, and the address that the id was last told.
    private func current(_ id: String) throws -> (rootID: String, email: String)? {
        if let rootID = try LeadPartQueries.rootID(id, database) {
            let part = try LeadPartQueries.group(rootID, database).parts[id]
            return part.map { (rootID, $0.sheet.lead.person.email) }
        }
        return try LeadQueries.find(id, database).map { (id, $0.lead.person.email) }
    }
}
