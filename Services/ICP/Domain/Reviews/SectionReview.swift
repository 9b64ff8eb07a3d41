public import Kernel

/// A look of both sides at one section of the agreement, to come, due or done.
public struct SectionReview: Hashable, Sendable {
    public var id: Int64
    public var section: String
    /// When the section was agreed or last reviewed.
    public var since: Instant
    public var dueAt: Instant
    public var overdueAt: Instant
    public var closing: ReviewClosing?

    public init(
        id: Int64, section: String, since: Instant, dueAt: Instant, overdueAt: Instant, closing: ReviewClosing? = nil
    ) {
        self.id = id
        self.section = section
        self.since = since
        self.dueAt = dueAt
        self.overdueAt = overdueAt
        self.closing = closing
    }

    /// Due when the interval is over, overdue when a tenth of it more is.
    public static func dates(since: Instant, interval: TimeSpan) -> (dueAt: Instant, overdueAt: Instant) {
        let dueAt = since.adding(interval)
        return (dueAt, dueAt.adding(TimeSpan(microseconds: interval.microseconds / 10)))
    }

    public func status(at now: Instant) -> ReviewStatus {
        if closing != nil { return .closed }
        return now >= overdueAt ? .overdue : now >= dueAt ? .due : .upcoming
    }
}

public enum ReviewStatus: String, Sendable, CaseIterable {
    case upcoming, due, overdue, closed
}

public enum ReviewOutcome: String, Sendable, CaseIterable {
    case kept
    case changeProposed = "change_proposed"
}

public struct ReviewAttendee: Hashable, Sendable {
    public var name: String
    public var side: AgreementSide

    public init(name: String, side: AgreementSide) {
        self.name = name
        self.side = side
    }
}

/// How a review ended.
public struct ReviewClosing: Hashable, Sendable {
    public var at: Instant
    public var by: String
    public var outcome: ReviewOutcome
    public var attendees: [ReviewAttendee]
    public var comment: String
    /// That was in force.
    public var agreementVersion: Int64
    /// Of a change that was proposed; nil where there was no version yet.
    public var proposedVersion: Int64?

    public init(
        at: Instant, by: String, outcome: ReviewOutcome, attendees: [ReviewAttendee], comment: String,
        agreementVersion: Int64, proposedVersion: Int64?
    ) {
        self.at = at
        self.by = by
        self.outcome = outcome
        self.attendees = attendees
        self.comment = comment
        self.agreementVersion = agreementVersion
        self.proposedVersion = proposedVersion
    }

    /// Whether a call says again what was said, if later.
    public func says(the same: ReviewClosing) -> Bool {
        by == same.by && outcome == same.outcome && attendees == same.attendees && comment == same.comment
            && proposedVersion == same.proposedVersion
    }
}
