import Contracts
import GRDB
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Validates a draft and stores it as the next version.
    ///
    /// The same content again, while a version with it is open or in force, returns that version: a retry is harmless.
    func proposeAgreement(
        _ request: WireProposeAgreementRequest, _ context: RPCContext
    ) async throws -> WireProposeAgreementResponse {
        let proposal = try Proposal(request)
        return try await store.command(context) { transaction in
            try AgreementStore.activateDue(in: transaction)
            let inForce = try AgreementStore.inForce(at: transaction.now, transaction.database)
            let record = try AgreementStore.propose(proposal, in: transaction)
            let before = try inForce?.tree() ?? .map([])
            return try .with {
                $0.version = try record.wire(now: transaction.now)
                $0.changes = AgreementDiff.between(before, proposal.tree).map(\.wire)
            }
        }
    }
}

/// A draft that has passed validation.
struct Proposal {
    let tree: Tree
    let canonical: String
    let digest: String
    let document: String
    let proposedBy: String
    let requestedAt: Instant?
    let comment: String

    /// - Throws: `invalid_argument` with every fault of the request, or of the document with its lines.
    init(_ request: WireProposeAgreementRequest) throws {
        var violations: [WireFieldViolation] = []
        if request.document.isEmpty != request.hasAgreement {
            violations.append(
                WireFieldViolation(
                    "document",
                    found: request.hasAgreement ? "document and agreement" : "neither document nor agreement",
                    expected: "exactly one of document and agreement"))
        }
        violations += Limits.name(request.proposedBy, "proposed_by")
        if request.comment.utf8.count > Limits.comment {
            violations.append(
                WireFieldViolation(
                    "comment", found: "\(request.comment.utf8.count) bytes", expected: "at most \(Limits.comment) bytes"
                ))
        }
        var agreement: Agreement?
        if request.document.isEmpty == request.hasAgreement {
            do throws(AgreementFaults) {
                agreement = try Self.agreement(of: request)
            } catch {
                violations += error.faults.map { $0.wire(isDocument: !request.hasAgreement) }
            }
        }
        guard let agreement, violations.isEmpty else { throw RPCError.invalid(violations) }
        tree = agreement.tree
        canonical = tree.canonicalJSON
        digest = Digest.text(of: canonical)
        document = request.hasAgreement ? canonical : request.document
        proposedBy = request.proposedBy
        requestedAt = request.hasEffectiveAt ? Instant(request.effectiveAt) : nil
        comment = request.comment
    }

    /// A message is read as its JSON: one reader for all, so one set of rules.
    private static func agreement(of request: WireProposeAgreementRequest) throws(AgreementFaults) -> Agreement {
        guard request.hasAgreement else { return try Agreement.read(request.document) }
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.useDeterministicOrdering = true
        guard let json = try? request.agreement.jsonString(options: options) else {
            throw AgreementFaults(faults: [
                AgreementFault(path: "", found: "a value without a JSON form", expected: "finite numbers")
            ])
        }
        return try Agreement.read(json)
    }
}
