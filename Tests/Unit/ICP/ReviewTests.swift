import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct ReviewTests {
    /// Scoring is looked at every 10 days, everything else every 90.
    static let agreement = small + "reviews: {intervals: {scoring: 10d}}\n"
    static let day = IcpFixture.start

    static func after(_ days: Int64, hours: Int64 = 0) -> Instant { day.adding(.days(days)).adding(.hours(hours)) }

    static func close(
        _ id: Int64, _ outcome: WireReviewOutcome = .kept, by name: String = "rita", version: Int64 = 0
    ) -> WireCloseReviewRequest {
        .with {
            $0.reviewID = id
            $0.outcome = outcome
            $0.closedBy = name
            $0.comment = "looked at it"
            $0.proposedVersion = version
            $0.attendees = [
                .with {
                    $0.name = "ana"
                    $0.side = .marketing
                },
                .with {
                    $0.name = "bo"
                    $0.side = .sales
                },
            ]
        }
    }

    static func reviews(
        _ fixture: IcpFixture, _ status: WireReviewStatus = .unspecified, section: String = ""
    ) async throws -> [WireReview] {
        try await fixture.client.listReviews(
            .with {
                $0.status = status
                $0.section = section
            }
        ).reviews
    }

    static func scoring(_ fixture: IcpFixture) async throws -> WireReview {
        try #require(try await reviews(fixture, section: "scoring").last)
    }

    /// What was told of scoring's reviews, with the day on which it came to be.
    static func told(_ fixture: IcpFixture) async throws -> [String] {
        try await fixture.service.told().compactMap { event in
            let (word, review): (String, WireReview)
            switch event.payload {
            case .reviewDue(let due): (word, review) = ("due", due.review)
            case .reviewOverdue(let overdue): (word, review) = ("overdue", overdue.review)
            case .reviewClosed(let closed): (word, review) = ("closed", closed.review)
            default: return nil
            }
            guard review.section == "scoring" else { return nil }
            return "\(word) \(Int(Instant(event.occurredAt).seconds(since: day) / 86_400))"
        }
    }

    @Test func everySectionThatSaysSomethingIsToBeReviewed() async throws {
        let fixture = try IcpFixture()
        try await fixture.propose(Self.agreement)
        #expect(try await Self.reviews(fixture).isEmpty)
        try await fixture.enact(Self.agreement)
        let reviews = try await Self.reviews(fixture)
        #expect(reviews.map(\.section) == ["icp", "scoring", "routing", "sla", "attribution", "targets"])
        #expect(reviews.allSatisfy { $0.status == .upcoming && Instant($0.since) == Self.day })
        #expect(reviews.map { Instant($0.dueAt) } == [90, 10, 90, 90, 90, 90].map { Self.after($0) })
        #expect(Instant(try await Self.scoring(fixture).overdueAt) == Self.after(11))
    }

    @Test func dueAndOverdueAreToldOnceEachWithTheirTrueTimes() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        fixture.service.clock.advance(to: Self.after(10, hours: -1))
        try await fixture.service.settle()
        #expect(try await Self.told(fixture) == [])
        fixture.service.clock.advance(to: Self.after(10, hours: 3))
        #expect(try await Self.scoring(fixture).status == .due)
        for _ in 0..<3 { try await fixture.service.settle() }
        #expect(try await Self.told(fixture) == ["due 10"])
        fixture.service.clock.advance(to: Self.after(30))
        #expect(try await Self.reviews(fixture, .overdue).map(\.section) == ["scoring"])
        for _ in 0..<3 { try await fixture.service.settle() }
        #expect(try await Self.told(fixture) == ["due 10", "overdue 11"])
    }

    @Test func whatCameDueWhileTheServiceSleptIsToldInItsOrder() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        fixture.service.clock.advance(to: Self.after(400))
        try await fixture.service.settle()
        #expect(try await Self.told(fixture) == ["due 10", "overdue 11"])
        #expect(try await fixture.told(.reviewOverdue).count == 6)
    }

    @Test func aReviewClosesWithItsOutcomeAndTheNextOneBegins() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        fixture.service.clock.advance(to: Self.after(12))
        try await fixture.service.settle()
        let id = try await Self.scoring(fixture).reviewID
        try await fixture.propose(small("threshold: 60", "threshold: 55"))
        let answer = try await fixture.client.closeReview(Self.close(id, .changeProposed, version: 2))
        #expect(answer.review.status == .closed && answer.review.outcome == .changeProposed)
        #expect(answer.review.closedBy == "rita" && answer.review.attendees.map(\.name) == ["ana", "bo"])
        #expect(answer.review.agreementVersion == 1 && answer.review.proposedVersion == 2)
        #expect(answer.next.status == .upcoming && Instant(answer.next.dueAt) == Self.after(22))
        #expect(try await Self.reviews(fixture, .closed) == [answer.review])
        #expect(try await Self.told(fixture) == ["due 10", "overdue 11", "closed 12"])
        let last = try #require(try await fixture.history().last { $0.action == .reviewed })
        #expect(last.actor == "rita" && last.section == "scoring" && last.comment == "change proposed: looked at it")
        #expect(try await fixture.client.closeReview(Self.close(id, .changeProposed, version: 2)) == answer)
        let other = await error { _ = try await fixture.client.closeReview(Self.close(id, .kept)) }
        #expect(other?.code == .failedPrecondition)
        #expect(try await Self.told(fixture).count == 3)
    }

    @Test func aReviewCanBeClosedBeforeItIsDue() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        fixture.service.clock.advance(to: Self.after(4))
        let answer = try await fixture.client.closeReview(Self.close(try await Self.scoring(fixture).reviewID))
        #expect(Instant(answer.next.dueAt) == Self.after(14))
        fixture.service.clock.advance(to: Self.after(12))
        try await fixture.service.settle()
        #expect(try await Self.told(fixture) == ["closed 4"])
    }

    @Test func aNewIntervalMovesReviewsThatAreToCome() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        fixture.service.clock.advance(to: Self.after(5))
        try await fixture.enact(Self.agreement.replacing("10d", with: "20d"))
        #expect(Instant(try await Self.scoring(fixture).dueAt) == Self.after(20))
        try await fixture.enact(Self.agreement.replacing("10d", with: "2d"))
        let review = try await Self.scoring(fixture)
        #expect(Instant(review.dueAt) == Self.after(5) && review.status == .due)
    }

    @Test func reviewsOfASectionThatIsDroppedEndAndBeginAnewWhenItComesBack() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        let icp = try #require(try await Self.reviews(fixture, section: "icp").first)
        fixture.service.clock.advance(to: Self.after(1))
        try await fixture.enact(smallest)
        #expect(try await Self.reviews(fixture).map(\.section) == ["scoring", "attribution", "targets"])
        let error = await error { _ = try await fixture.client.closeReview(Self.close(icp.reviewID)) }
        #expect(error?.code == .notFound)
        fixture.service.clock.advance(to: Self.after(200))
        try await fixture.service.settle()
        let told = try await fixture.told(.reviewDue).compactMap { event in
            if case .reviewDue(let due)? = event.payload { due.review.section } else { nil }
        }
        #expect(told.sorted() == ["attribution", "scoring", "targets"])
        try await fixture.enact(Self.agreement)
        let anew = try #require(try await Self.reviews(fixture, section: "icp").first)
        #expect(Instant(anew.since) == Self.after(200) && anew.status == .upcoming)
    }

    @Test func bothSidesHaveToBeThere() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        var request = Self.close(1)
        request.attendees.removeLast()
        #expect(await error { _ = try await fixture.client.closeReview(request) }?.badRequest.count == 1)
        request.attendees.append(
            .with {
                $0.name = "Ana "
                $0.side = .sales
            })
        let same = await error { _ = try await fixture.client.closeReview(request) }
        #expect(same?.badRequest.map(\.path) == ["attendees[1]"])
        let blank = await error { _ = try await fixture.client.closeReview(.init()) }
        #expect(
            blank?.badRequest.map(\.path) == ["review_id", "outcome", "closed_by", "attendees", "attendees"])
        #expect(await error { _ = try await fixture.client.closeReview(Self.close(99)) }?.code == .notFound)
        let unknown = Self.close(1, .changeProposed, version: 44)
        #expect(await error { _ = try await fixture.client.closeReview(unknown) }?.code == .notFound)
    }

    @Test func reviewsComeInPages() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        var sections: [String] = []
        var token = ""
        repeat {
            let page = try await fixture.client.listReviews(
                .with {
                    $0.page.pageSize = 4
                    $0.page.pageToken = token
                })
            sections += page.reviews.map(\.section)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(sections == ["icp", "scoring", "routing", "sla", "attribution", "targets"])
    }

    /// As an older program left it: in force, and no review ever begun.
    @Test func anAgreementThatWasInForceBeforeThereWereReviewsGetsThem() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(Self.agreement)
        try await fixture.service.store.write { transaction in
            try transaction.database.execute(sql: "DROP TRIGGER review_stays; DELETE FROM review")
        }
        fixture.service.clock.advance(to: Self.after(3))
        try await fixture.service.settle()
        let reviews = try await Self.reviews(fixture)
        #expect(reviews.count == 6 && reviews.allSatisfy { Instant($0.since) == Self.day })
    }
}
