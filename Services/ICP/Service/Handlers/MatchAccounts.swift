import Contracts
import Criteria
import GRDB
import Hosting
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Tier, score and reasons for accounts given here or stored; one that is not known fails alone.
    func matchAccounts(
        _ request: WireMatchAccountsRequest, _ context: RPCContext
    ) async throws -> WireMatchAccountsResponse {
        try Self.check(request)
        let now = store.clock.now()
        let (profile, subjects) = try await store.read { database in
            guard let profile = try tiers.profile(version: request.agreementVersion, at: now, database) else {
                throw RPCError(
                    .failedPrecondition, "no agreement is in force: propose one and sign it for both sides")
            }
            return (profile, try Self.subjects(request, profile.subject, database))
        }
        let detail = request.detail == .unspecified ? .reasons : request.detail
        if detail == .reasons { try Self.checkReasons(profile.tiers, records: subjects.count) }
        return try .with {
            $0.agreementVersion = profile.version
            $0.matches = try subjects.map { subject in
                try Task.checkCancellation()
                return profile.tiers.match(subject, detail, now: now)
            }
        }
    }

    /// What is matched, in the order of the answer.
    struct MatchSubject: Sendable {
        var accountID = ""
        var record: FieldRecord?
        var lookup: WireAccountLookup?
    }

    private static func subjects(
        _ request: WireMatchAccountsRequest, _ subject: CriteriaSubject, _ database: Database
    ) throws -> [MatchSubject] {
        let lists =
            try request.accountIds.isEmpty && request.queries.isEmpty
            ? [:] : TargetListStore.membership(database)
        func stored(_ id: String) throws -> MatchSubject {
            guard let view = try AccountStore.account(id, database) else { return MatchSubject(accountID: id) }
            return MatchSubject(
                accountID: view.id, record: subject.record(of: view, targetLists: lists[view.id] ?? []))
        }
        let given = request.accounts.map {
            MatchSubject(accountID: $0.accountID, record: subject.record(of: $0))
        }
        let found = try request.queries.enumerated().map { index, query in
            let lookup = try lookup(query, path: "queries[\(index)]", database)
            var match = lookup.accountID.isEmpty ? MatchSubject() : try stored(lookup.accountID)
            match.lookup = lookup
            return match
        }
        return given + (try request.accountIds.map(stored)) + found
    }

    private static func check(_ request: WireMatchAccountsRequest) throws {
        let count = request.accounts.count + request.accountIds.count + request.queries.count
        var violations = Limits.entries(count, "accounts", most: accountsAtMost)
        if request.agreementVersion < 0 {
            violations.append(
                WireFieldViolation(
                    "agreement_version", found: "\(request.agreementVersion)", expected: "the number of a version, or 0"
                ))
        }
        if case .UNRECOGNIZED(let number) = request.detail {
            violations.append(WireFieldViolation("detail", found: "\(number)", expected: "a detail of the contract"))
        }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        violations = request.accounts.enumerated().flatMap { $1.violations(path: "accounts[\($0)]") }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
    }

    private static func checkReasons(_ tiers: WeightedTiers, records: Int) throws {
        let reasons = tiers.conditions * records
        guard reasons > Limits.reasons else { return }
        throw RPCError.invalid(
            "accounts", found: "\(records) accounts with \(tiers.conditions) conditions each",
            expected: "at most \(Limits.reasons) reasons: fewer accounts, or MATCH_DETAIL_CRITERIA")
    }
}

extension WeightedTiers {
    fileprivate func match(
        _ subject: IcpHandlers.MatchSubject, _ detail: WireMatchDetail, now: Instant
    ) -> WireAccountMatch {
        var match = WireAccountMatch()
        if let record = subject.record {
            switch detail {
            case .tier:
                let place = place(record, now: now)
                match.tier = place.tier ?? ""
                match.score = place.score
            case .criteria: match = verdicts(record, now: now).wire
            case .unspecified, .reasons, .UNRECOGNIZED: match = self.match(record, now: now).wire
            }
        } else if subject.lookup?.hasError != true {
            let error = RPCError(
                .notFound,
                subject.lookup.map { "no account is found: \($0.reason)" } ?? "there is no account \(subject.accountID)"
            )
            match.error = WireItemError(error)
        }
        match.accountID = subject.accountID
        if let lookup = subject.lookup {
            match.lookup = lookup
            if lookup.hasError { match.error = lookup.error }
        }
        return match
    }
}
