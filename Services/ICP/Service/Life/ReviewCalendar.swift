import Contracts
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

/// When sections are looked at again: keeps it in step with the agreement, and tells what is due.
struct ReviewCalendar {
    let transaction: StoreTransaction

    init(_ transaction: StoreTransaction) {
        self.transaction = transaction
    }

    /// Follows an agreement that takes effect: sections that are new to the calendar begin their first interval, and
    /// reviews that are still to come move with their interval. A shorter one makes them due now, not in the past;
    /// what was due by then stays as it was. Those of sections that are gone end, and are not told of.
    func follow(_ agreement: WireAgreement, from moment: Instant) throws {
        let intervals = ReviewIntervals(agreement)
        let open = try ReviewStore.open(transaction.database)
        for known in open where !intervals.sections.contains(known.review.section) {
            try ReviewStore.drop(known.review.id, at: moment, transaction.database)
        }
        for section in intervals.sections {
            guard let known = open.first(where: { $0.review.section == section }) else {
                _ = try ReviewStore.begin(
                    section, since: moment, interval: intervals[section], transaction.database)
                continue
            }
            guard known.told == .nothing, known.review.dueAt > moment else { continue }
            let dates = SectionReview.dates(since: known.review.since, interval: intervals[section])
            let late = TimeSpan(microseconds: max(0, moment.microseconds - dates.dueAt.microseconds))
            try ReviewStore.move(
                known.review.id, dueAt: dates.dueAt.adding(late), overdueAt: dates.overdueAt.adding(late),
                transaction.database)
        }
    }

    /// Tells what has come due or overdue and was not told, each once, with its true time.
    ///
    /// - Returns: how much was told.
    func tellDue(limit: Int) throws -> Int {
        let version = try AgreementStore.active(transaction.database)?.version ?? 0
        var told = 0
        for stored in try ReviewStore.untold(at: transaction.now, limit: limit, transaction.database) {
            let review = stored.review
            if stored.told == .nothing {
                try tell(.reviewDue(.with { $0.review = review.wire(now: review.dueAt) }), review.dueAt, version)
                told += 1
            }
            if review.overdueAt <= transaction.now {
                try tell(
                    .reviewOverdue(.with { $0.review = review.wire(now: review.overdueAt) }), review.overdueAt,
                    version)
                told += 1
            }
            try ReviewStore.mark(
                review.id, review.overdueAt <= transaction.now ? .overdue : .due, transaction.database)
        }
        return told
    }

    /// Ends a review and begins the section's next one, unless the agreement has no such section any more.
    func close(_ review: SectionReview, _ closing: ReviewClosing, in force: AgreementRecord) throws -> SectionReview? {
        try ReviewStore.close(review, closing, transaction.database)
        try HistoryStore.append(
            HistoryEntry(
                .reviewed, of: force.life.version, by: closing.by, at: closing.at,
                comment: [closing.outcome.rawValue.replacing("_", with: " "), closing.comment]
                    .filter { !$0.isEmpty }.joined(separator: ": "), section: review.section),
            digest: force.life.digest, from: force.life.version, in: transaction)
        var closed = review
        closed.closing = closing
        let wire = closed.wire(now: closing.at)
        try tell(.reviewClosed(.with { $0.review = wire }), closing.at, force.life.version)
        let intervals = ReviewIntervals(try force.agreement())
        guard intervals.sections.contains(review.section) else { return nil }
        let next = try ReviewStore.begin(
            review.section, since: closing.at, interval: intervals[review.section], transaction.database)
        return try ReviewStore.find(next, transaction.database)?.review
    }

    private func tell(_ payload: WireEvent.OneOf_Payload, _ moment: Instant, _ version: Int64) throws {
        try transaction.append(
            payload, key: AgreementLife.key, occurredAt: moment, agreementVersion: version)
    }
}

/// How often an agreement's sections are looked at; sections that say nothing are not.
struct ReviewIntervals {
    private static let standard = TimeSpan.days(90)
    let sections: [String]
    private let section: WireReviewsSection

    init(_ agreement: WireAgreement) {
        section = agreement.reviews
        sections = ReviewsSection.sections.filter { agreement.hasSection($0) }
    }

    subscript(name: String) -> TimeSpan {
        let texts = [section.intervals[name] ?? "", section.interval]
        return texts.lazy.compactMap(TimeSpan.init(text:)).first { $0.microseconds > 0 } ?? Self.standard
    }
}

extension WireAgreement {
    /// Whether the section says anything.
    fileprivate func hasSection(_ name: String) -> Bool {
        switch name {
        case "icp": hasIcp
        case "stages": hasStages
        case "scoring": hasScoring
        case "routing": hasRouting
        case "sla": hasSla
        case "attribution": hasAttribution
        case "targets": hasTargets
        case "content": hasContent
        default: false
        }
    }
}
