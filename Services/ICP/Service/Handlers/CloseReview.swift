import Contracts
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Closes a review, also before it is due. The same said again of a closed one changes nothing.
    func closeReview(_ request: WireCloseReviewRequest, _ context: RPCContext) async throws -> WireCloseReviewResponse {
        let outcome = try Self.outcome(of: request)
        return try await store.command(context) { transaction in
            let life = try AgreementLife(transaction)
            guard let review = try ReviewStore.find(request.reviewID, transaction.database)?.review,
                let force = try life.inForce()
            else { throw RPCError(.notFound, "there is no review \(request.reviewID)") }
            if request.proposedVersion != 0 { _ = try life.version(request.proposedVersion) }
            let closing = ReviewClosing(
                at: transaction.now, by: request.closedBy, outcome: outcome,
                attendees: request.attendees.compactMap(ReviewAttendee.init), comment: request.comment,
                agreementVersion: force.life.version,
                proposedVersion: request.proposedVersion == 0 ? nil : request.proposedVersion)
            if let known = review.closing {
                return try Self.repeated(review, known, says: closing, in: transaction)
            }
            let next = try ReviewCalendar(transaction).close(review, closing, in: force)
            var closed = review
            closed.closing = closing
            return Self.answer(closed, next: next, now: transaction.now)
        }
    }

    private static func repeated(
        _ review: SectionReview, _ known: ReviewClosing, says closing: ReviewClosing,
        in transaction: StoreTransaction
    ) throws -> WireCloseReviewResponse {
        guard known.says(the: closing) else {
            throw RPCError(
                .failedPrecondition, "review \(review.id) was closed by \(known.by) at \(known.at.text) already")
        }
        let next = try ReviewStore.open(transaction.database).first { $0.review.section == review.section }
        return answer(review, next: next?.review, now: transaction.now)
    }

    private static func answer(
        _ review: SectionReview, next: SectionReview?, now: Instant
    ) -> WireCloseReviewResponse {
        .with {
            $0.review = review.wire(now: now)
            if let next { $0.next = next.wire(now: now) }
        }
    }

    /// - Throws: `invalid_argument` with every fault of the request.
    private static func outcome(of request: WireCloseReviewRequest) throws -> ReviewOutcome {
        var faults = RequestFaults()
        faults.require(
            request.reviewID > 0, "review_id", found: "\(request.reviewID)", expected: "the id of a review")
        let outcome = ReviewOutcome(request.outcome)
        faults.require(
            outcome != nil, "outcome", found: "\(request.outcome)",
            expected: "REVIEW_OUTCOME_KEPT or REVIEW_OUTCOME_CHANGE_PROPOSED")
        faults.requireName(request.closedBy, "closed_by")
        faults.requireComment(request.comment)
        faults.require(
            request.proposedVersion >= 0 && (request.proposedVersion == 0 || outcome != .kept), "proposed_version",
            found: "\(request.proposedVersion)", expected: "the number of a version, of a change that is proposed")
        requireAttendees(request.attendees, &faults)
        return try faults.checked(outcome)
    }

    /// Someone of each side, and no one for both.
    private static func requireAttendees(_ attendees: [WireAttendee], _ faults: inout RequestFaults) {
        faults.require(
            attendees.count <= Limits.attendees, "attendees", found: "\(attendees.count)",
            expected: "at most \(Limits.attendees)")
        for (index, attendee) in attendees.enumerated() {
            faults.requireName(attendee.name, "attendees[\(index)].name")
            _ = faults.side(attendee.side, "attendees[\(index)].side")
        }
        for (side, name) in [(WireSide.marketing, "marketing"), (.sales, "sales")] {
            faults.require(
                attendees.contains { $0.side == side }, "attendees", found: "no one for \(name)",
                expected: "at least one person for each side")
        }
        let marketing = attendees.filter { $0.side == .marketing }
        for (index, attendee) in attendees.enumerated() where attendee.side == .sales {
            faults.require(
                !marketing.contains { Person.isSame($0.name, attendee.name) }, "attendees[\(index)]",
                found: "\(attendee.name) for both sides", expected: "different people for the two sides")
        }
    }
}
