import Contracts
import Criteria
import Hosting
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Accounts that one call looks at; a page ends there, however few have passed.
    static let scannedAtMost = 5_000

    /// Accounts by id, as far as they pass the filters.
    func listAccounts(
        _ request: WireListAccountsRequest, _ context: RPCContext
    ) async throws -> WireListAccountsResponse {
        let page = try PageCursor(request.page, kind: "ListAccounts", filter: try Self.filterText(request))
        let now = store.clock.now()
        let subject = try await store.read { try tiers.subject(version: 0, at: now, $0) }
        let filter = try AccountFilter(request, subject, limits: evaluation.criteria)
        return try await store.read { database in
            let lists = try TargetListStore.membership(database)
            let parent = try AccountStore.rootID(request.parentID, database) ?? request.parentID
            var response = WireListAccountsResponse()
            var after = page.after
            var scanned = 0
            while response.accounts.count < page.limit {
                let views = try AccountStore.accounts(behind: after, limit: 250, database)
                for view in views where response.accounts.count < page.limit {
                    after = view.id
                    scanned += 1
                    if filter.passes(view, parent: parent, targetLists: lists[view.id] ?? [], now: now) {
                        response.accounts.append(view.wire)
                    }
                }
                if views.count < 250, after == views.last?.id ?? after { return response }
                if scanned >= Self.scannedAtMost { break }
            }
            response.nextPageToken = page.nextToken(last: after)
            return response
        }
    }

    private static func filterText(_ request: WireListAccountsRequest) throws -> String {
        var filter = request
        filter.clearPage()
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try filter.jsonString(options: options)
        } catch {
            throw RPCError.invalid("where", found: "a value without a JSON form", expected: "finite numbers")
        }
    }
}

/// Which accounts a caller wants to see.
private struct AccountFilter: Sendable {
    let subject: CriteriaSubject
    let criteria: CompiledCriteria?
    /// Part of a name as names are compared.
    let name: String
    let parentID: String
    let targetListID: String

    init(_ request: WireListAccountsRequest, _ subject: CriteriaSubject, limits: CriteriaLimits) throws {
        let violations =
            Limits.text(request.name, "name") + Limits.text(request.parentID, "parent_id")
            + Limits.text(request.targetListID, "target_list_id")
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        self.subject = subject
        name = CompanyName.key(request.name)
        parentID = request.parentID
        targetListID = request.targetListID
        do throws(CriteriaFaults) {
            criteria =
                request.hasWhere
                ? try CompiledCriteria(
                    Criteria(request.where, path: "where", limits: limits), catalogue: subject.catalogue,
                    path: "where", scope: .company, limits: limits) : nil
        } catch {
            throw RPCError.invalid(error.violations)
        }
    }

    /// - Parameter parent: what ``parentID`` is called now.
    func passes(_ view: AccountView, parent: String, targetLists: [String], now: Instant) -> Bool {
        guard parentID.isEmpty || view.parentID == parent, targetListID.isEmpty || targetLists.contains(targetListID),
            name.isEmpty || CompanyName.key(view.account.profile.name).contains(name)
        else { return false }
        guard let criteria else { return true }
        return criteria.evaluate(subject.record(of: view, targetLists: targetLists), now: now) == .true
    }
}
