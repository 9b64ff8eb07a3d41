import Contracts
import Hosting
import Platform
import RPC
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// In the order in which they were recorded, id by id where several make up the lead.
    func listFieldChanges(
        _ request: WireListFieldChangesRequest, _ context: RPCContext
    ) async throws -> WireListFieldChangesResponse {
        try partitions.require([request.leadID])
        if !request.field.isEmpty, LeadField.named(request.field) == nil {
            throw RPCError.invalid(
                "field", found: request.field, expected: "a field of a lead, such as company.employees")
        }
        let page = try PageCursor(
            request.page, kind: "ListFieldChanges", filter: "\(request.leadID) \(request.field)")
        return try await store.read { database in
            guard let stored = try LeadQueries.resolve(request.leadID, database) else {
                throw RPCError(.notFound, try ErasureQueries.absence(of: request.leadID, database))
            }
            let field = request.field.isEmpty ? nil : request.field
            let all = try stored.ids(database).flatMap { try FieldChangeQueries.all(of: $0, field: field, database) }
                .sorted { ($0.recordedAt, $0.leadID, $0.number) < ($1.recordedAt, $1.leadID, $1.number) }
            let found = all.dropFirst(page.after(as: Int.self) ?? 0).prefix(page.limit + 1)
            let (shown, next) = page.cut(Array(found.indices)) { "\($0 + 1)" }
            return .with {
                $0.changes = shown.map { WireFieldChange(all[$0]) }
                $0.nextPageToken = next
            }
        }
    }
}

extension WireFieldChange {
    fileprivate init(_ change: StoredFieldChange) {
        self.init()
        field = change.write.field
        if let before = change.write.before { self.before = before }
        if let after = change.write.after { self.after = after }
        sourceSystem = change.write.stamp.source
        changedAt = change.write.stamp.at.wire
        recordedAt = change.recordedAt.wire
        leadID = change.leadID
        late = change.write.isLate
    }
}
