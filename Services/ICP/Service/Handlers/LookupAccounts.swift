import Contracts
import GRDB
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Which stored accounts are meant; a query that asks for nothing fails alone.
    func lookupAccounts(
        _ request: WireLookupAccountsRequest, _ context: RPCContext
    ) async throws -> WireLookupAccountsResponse {
        let violations = Limits.entries(request.queries.count, "queries", most: Self.accountsAtMost)
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        return try await store.read { database in
            try .with { response in
                response.results = try request.queries.enumerated().map {
                    try Task.checkCancellation()
                    return try Self.lookup($1, path: "queries[\($0)]", database)
                }
            }
        }
    }

    /// By domain, then by the address's, then by name: the first that any account has decides.
    static func lookup(_ query: WireAccountQuery, path: String, _ database: Database) throws -> WireAccountLookup {
        let violations = violations(of: query, path)
        guard violations.isEmpty else { return .with { $0.error = WireItemError(violations) } }
        for key in AccountKey.keys(domain: query.domain, email: query.email, name: query.name) {
            let ids = try AccountStore.accountIDs(with: key, limit: AccountChoice.most + 1, database)
            guard !ids.isEmpty else { continue }
            let isTooMany = ids.count > AccountChoice.most
            let candidates = try ids.prefix(isTooMany ? shownAtMost : ids.count).compactMap {
                try candidate($0, database)
            }
            let choice = isTooMany ? nil : AccountChoice(candidates, by: key, country: query.country)
            return .with {
                $0.accountID = choice?.id ?? ""
                $0.matchedBy = key.kind.wire
                $0.reason = choice?.reason ?? AccountChoice.tooMany(key)
                $0.candidates = candidates.prefix(shownAtMost).map { candidate in
                    .with {
                        $0.accountID = candidate.id
                        $0.name = candidate.name
                    }
                }
            }
        }
        return .with { $0.reason = "no account has it" }
    }

    /// Candidates that are told.
    private static let shownAtMost = 20

    private static func candidate(_ id: String, _ database: Database) throws -> AccountCandidate? {
        try AccountStore.account(id, database).map { view in
            AccountCandidate(
                id: view.id, name: view.account.profile.name, country: view.account.profile.country,
                ancestors: view.parentID.isEmpty ? [] : try AccountStore.ancestorIDs(of: view.id, database))
        }
    }

    private static func violations(of query: WireAccountQuery, _ path: String) -> [WireFieldViolation] {
        var violations =
            Limits.text(query.domain, "\(path).domain") + Limits.text(query.email, "\(path).email")
            + Limits.text(query.name, "\(path).name") + Limits.text(query.country, "\(path).country")
        if query.domain.isEmpty, query.email.isEmpty, query.name.isEmpty {
            violations.append(WireFieldViolation(path, found: "nothing", expected: "a domain, an email or a name"))
        }
        if !query.domain.isEmpty, DomainName(query.domain) == nil {
            violations.append(
                WireFieldViolation(
                    "\(path).domain", found: String(query.domain.prefix(80)), expected: "a domain such as example.com"))
        }
        if !query.email.isEmpty, DomainName(email: query.email) == nil {
            violations.append(
                WireFieldViolation(
                    "\(path).email", found: String(query.email.prefix(80)),
                    expected: "an address such as ana@example.com"
                ))
        }
        return violations
    }
}

extension AccountKeyKind {
    var wire: WireAccountMatchedBy {
        switch self {
        case .domain: .domain
        case .registeredDomain: .registeredDomain
        case .name: .name
        }
    }
}
