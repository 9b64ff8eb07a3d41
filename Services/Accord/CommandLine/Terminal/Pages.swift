import Contracts

/// An answer that comes in pages.
protocol PagedAnswer {
    /// Empty on the last page.
    var nextPageToken: String { get }
}

extension WireListAgreementsResponse: PagedAnswer {}
extension WireListHistoryResponse: PagedAnswer {}
extension WireListReviewsResponse: PagedAnswer {}
extension WireListParkedResponse: PagedAnswer {}
extension WireListAccountsResponse: PagedAnswer {}
extension WireListLeadsResponse: PagedAnswer {}
extension WireListFieldChangesResponse: PagedAnswer {}
extension WireListTargetListsResponse: PagedAnswer {}
extension WireListTargetListRevisionsResponse: PagedAnswer {}
extension WireListUncountedEngagementResponse: PagedAnswer {}

/// Lists that are printed whole.
enum Pages {
    /// Asks for one page after the other.
    ///
    /// - Parameters:
    ///   - page: gives the page of a token.
    ///   - join: adds a page to those before it, and takes its token.
    static func joined<Answer: PagedAnswer>(
        _ page: (String) async throws -> Answer, join: (inout Answer, Answer) -> Void
    ) async throws -> Answer {
        var answer = try await page("")
        while !answer.nextPageToken.isEmpty { join(&answer, try await page(answer.nextPageToken)) }
        return answer
    }
}
