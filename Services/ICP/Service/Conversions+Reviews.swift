import Contracts
import ICPDomain
import Kernel
import SwiftProtobuf

extension SectionReview {
    /// - Parameter now: as of when its status is told.
    func wire(now: Instant) -> WireReview {
        .with {
            $0.reviewID = id
            $0.section = section
            $0.status = status(at: now).wire
            $0.since = since.wire
            $0.dueAt = dueAt.wire
            $0.overdueAt = overdueAt.wire
            guard let closing else { return }
            $0.closedAt = closing.at.wire
            $0.closedBy = closing.by
            $0.outcome = closing.outcome.wire
            $0.attendees = closing.attendees.map(\.wire)
            $0.comment = closing.comment
            $0.agreementVersion = closing.agreementVersion
            $0.proposedVersion = closing.proposedVersion ?? 0
        }
    }
}

extension ReviewClosing {
    /// Nil where the review is not closed.
    init?(_ wire: WireReview) {
        guard let outcome = ReviewOutcome(wire.outcome) else { return nil }
        self.init(
            at: Instant(wire.closedAt), by: wire.closedBy, outcome: outcome,
            attendees: wire.attendees.compactMap(ReviewAttendee.init), comment: wire.comment,
            agreementVersion: wire.agreementVersion,
            proposedVersion: wire.proposedVersion == 0 ? nil : wire.proposedVersion)
    }
}

extension ReviewAttendee {
    init?(_ wire: WireAttendee) {
        guard let side = AgreementSide(wire.side) else { return nil }
        self.init(name: wire.name, side: side)
    }

    var wire: WireAttendee {
        .with {
            $0.name = name
            $0.side = side.wire
        }
    }
}

extension ReviewStatus {
    /// Nil where every status is wanted.
    init?(_ wire: WireReviewStatus) {
        guard let status = Self.allCases.first(where: { $0.wire == wire }) else { return nil }
        self = status
    }

    var wire: WireReviewStatus {
        switch self {
        case .upcoming: .upcoming
        case .due: .due
        case .overdue: .overdue
        case .closed: .closed
        }
    }
}

extension ReviewOutcome {
    init?(_ wire: WireReviewOutcome) {
        guard let outcome = Self.allCases.first(where: { $0.wire == wire }) else { return nil }
        self = outcome
    }

    var wire: WireReviewOutcome {
        switch self {
        case .kept: .kept
        case .changeProposed: .changeProposed
        }
    }
}
