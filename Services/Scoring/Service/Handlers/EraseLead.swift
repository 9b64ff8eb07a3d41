import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// All ids of the lead go, also those that were merged into it; what was told apart from it before is another lead.
    func eraseLead(_ request: WireEraseLeadRequest, _ context: RPCContext) async throws -> WireEraseLeadResponse {
        try request.check()
        let given = request.hasExternalID ? request.externalID.text : request.leadID
        if given.isEmpty { try await library.learnAnyInForce(context) } else { try partitions.require([given]) }
        return try await store.command(context) { transaction in
            let database = transaction.database
            let leadID = given.isEmpty ? try leadID(ofAddress: request.email, transaction) : given
            if let done = try ErasureQueries.find(leadID, database) { return done }
            guard let lead = try LeadQueries.resolve(leadID, database) else {
                throw RPCError(.notFound, try ErasureQueries.absence(of: leadID, database))
            }
            return try erase(lead, by: request, in: transaction)
        }
    }

    private func erase(
        _ lead: StoredLead, by request: WireEraseLeadRequest, in transaction: StoreTransaction
    ) throws -> WireEraseLeadResponse {
        let (rootID, ids) = (lead.lead.leadID, try lead.ids(transaction.database).sorted())
        let removed = try ErasureQueries.remove(ids, transaction.database)
        let count = { (tables: String...) in Int64(tables.reduce(0) { $0 + (removed[$1] ?? 0) }) }
        let response = WireEraseLeadResponse.with {
            $0.erasedAt = transaction.now.wire
            $0.leadIds = ids
            $0.engagements = count("engagement")
            $0.fieldChanges = count("lead_field_change")
            $0.scoreChanges = count("score_change", "former_score_change")
            $0.qualifications = count("qualification")
        }
        try ErasureQueries.insert(response, by: request.erasedBy, reason: request.reason, transaction.database)
        transaction.erase(ids)
        let event = WireLeadErased.with {
            $0.leadID = rootID
            $0.otherIds = ids.filter { $0 != rootID }
        }
        try transaction.append(.leadErased(event), key: rootID, occurredAt: transaction.now, agreementVersion: 0)
        return response
    }

    /// - Throws: `failed_precondition` where the agreement does not have leads found by their address; `not_found`
    ///   where it is not that of exactly one lead.
    private func leadID(ofAddress email: String, _ transaction: StoreTransaction) throws -> String {
        let rules = try library.required(at: transaction.now, transaction.database)
        guard rules.settings.identity.keepsAddresses else {
            throw RPCError(
                .failedPrecondition,
                "agreement version \(rules.version) does not have leads found by their address: name the lead by an id")
        }
        switch try EmailLookup(rules: rules, database: transaction.database).find(email) {
        case .lead(let leadID): return leadID
        case .none(let expected): throw RPCError(.notFound, "email: expected \(expected)")
        }
    }
}

extension WireEraseLeadRequest {
    /// - Throws: `invalid_argument` with all faults.
    fileprivate func check() throws {
        var check = ItemCheck()
        let given = [!leadID.isEmpty, hasExternalID, !email.isEmpty].count(where: \.self)
        if given != 1 {
            check.fault(
                "lead_id", found: given == 0 ? "nothing" : "\(given) of lead_id, external_id and email",
                expected: "one of lead_id, external_id and email")
        }
        if !leadID.isEmpty { check.id("lead_id", leadID) }
        if hasExternalID {
            check.id("external_id.source", externalID.source)
            check.id("external_id.id", externalID.id)
        }
        if !email.isEmpty { check.name("email", email, atMost: 254) }
        check.name("erased_by", erasedBy)
        check.length("reason", reason, atMost: 2_000)
        try check.require()
    }
}
