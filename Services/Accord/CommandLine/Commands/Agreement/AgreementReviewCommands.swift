import AccordSuite
public import ArgumentParser
public import Contracts
import Kernel
import RPC
import SwiftProtobuf

extension AgreementCommand {
    struct Reviews: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the reviews of the agreement's sections that are open, and when they are due.",
            discussion: "Example: accord agreement reviews --status overdue")

        @Option(help: "Only those; all that are not closed by default.")
        var status: WireReviewStatus?
        @Option(help: "Only this section's, such as scoring.")
        var section = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListReviewsResponse {
            let reviews = try await Self.all(services, section: section, status: status)
            return .with { $0.reviews = reviews.filter { status != nil || $0.status != .closed } }
        }

        fileprivate static func all(
            _ services: SuiteClients, section: String, status: WireReviewStatus? = nil
        ) async throws -> [WireReview] {
            try await Pages.joined { token in
                try await services.icp.listReviews(
                    .with {
                        $0.status = status ?? .unspecified
                        $0.section = section
                        $0.page.pageToken = token
                    })
            } join: {
                $0.reviews += $1.reviews
                $0.nextPageToken = $1.nextPageToken
            }.reviews
        }

        func text(_ answer: WireListReviewsResponse) -> String {
            answer.reviews.isEmpty ? "no reviews" : answer.reviews.map(ReviewText.line).joined(separator: "\n")
        }
    }

    struct Review: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close the review of a section, with its outcome and who was there.",
            discussion: """
                Example: accord agreement review scoring --outcome kept --by ops@example.com \
                --marketing vp.marketing@example.com --sales vp.sales@example.com
                """)

        @Argument(help: "The section, such as scoring.")
        var section: String
        @Option(help: "How it ended.")
        var outcome: WireReviewOutcome
        @Option(help: "Who closes it.")
        var by: String
        @Option(help: "Who was there for marketing. Repeatable.")
        var marketing: [String]
        @Option(help: "Who was there for sales. Repeatable.")
        var sales: [String]
        @Option(help: "What was said.")
        var comment = ""
        @Option(help: "Of a change that is proposed: the version's number, where there is one already.")
        var proposed: Int64?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireCloseReviewResponse {
            let open = try await Reviews.all(services, section: section).last { $0.status != .closed }
            guard let open else {
                throw RPCError(.notFound, "no review of \(section) is open; see `accord agreement reviews`")
            }
            return try await services.icp.closeReview(
                .with {
                    $0.reviewID = open.reviewID
                    $0.outcome = outcome
                    $0.closedBy = by
                    $0.comment = comment
                    $0.proposedVersion = proposed ?? 0
                    $0.attendees = attendees
                })
        }

        private var attendees: [WireAttendee] {
            [(marketing, WireSide.marketing), (sales, .sales)].flatMap { names, side in
                names.map { name in
                    .with {
                        $0.name = name
                        $0.side = side
                    }
                }
            }
        }

        func text(_ answer: WireCloseReviewResponse) -> String {
            let next = answer.hasNext ? "; the next one is due \(Instant(answer.next.dueAt).text)" : ""
            return "\(ReviewText.line(answer.review))\(next)"
        }
    }
}

/// Reviews in words.
enum ReviewText {
    static func line(_ review: WireReview) -> String {
        let status = WireReviewStatus.names.first { $0.value == review.status }?.key ?? ""
        guard review.status == .closed else {
            return "\(review.section): \(status), due \(Instant(review.dueAt).text)"
        }
        let outcome = WireReviewOutcome.names.first { $0.value == review.outcome }?.key ?? ""
        let version = review.proposedVersion == 0 ? "" : " (version \(review.proposedVersion))"
        let people = review.attendees.map(\.name).joined(separator: ", ")
        let comment = review.comment.isEmpty ? "" : ": \(review.comment)"
        return "\(review.section): closed \(Instant(review.closedAt).text) by \(review.closedBy), "
            + "\(outcome)\(version), with \(people)\(comment)"
    }
}

/// `upcoming`, `due`, `overdue` or `closed`.
extension WireReviewStatus: ExpressibleByArgument {
    fileprivate static let names: KeyValuePairs<String, WireReviewStatus> = [
        "upcoming": .upcoming, "due": .due, "overdue": .overdue, "closed": .closed,
    ]

    public init?(argument: String) {
        guard let status = Self.names.first(where: { $0.key == argument }) else { return nil }
        self = status.value
    }

    public static var allValueStrings: [String] { names.map(\.key) }
}

/// `kept` or `change-proposed`.
extension WireReviewOutcome: ExpressibleByArgument {
    fileprivate static let names: KeyValuePairs<String, WireReviewOutcome> = [
        "kept": .kept, "change-proposed": .changeProposed,
    ]

    public init?(argument: String) {
        guard let outcome = Self.names.first(where: { $0.key == argument }) else { return nil }
        self = outcome.value
    }

    public static var allValueStrings: [String] { names.map(\.key) }
}
