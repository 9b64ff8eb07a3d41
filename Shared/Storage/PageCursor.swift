public import Contracts
import Kernel
import RPC

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a list RPC goes on, and how much of it is wanted: the one way in which every list is paged.
///
/// ```swift
/// let page = try PageCursor(request.page, kind: "ListTimers", filter: request.leadID)
/// let rows = try Row.fetchAll(..., "WHERE id > ? ORDER BY id LIMIT ?", [page.after, page.limit + 1])
/// let (shown, next) = page.cut(rows) { $0[0] }
/// ```
public struct PageCursor: Sendable, Equatable {
    /// Items on this page: 1 to 1,000. Fetch one more to learn whether there is a next page.
    public let limit: Int
    /// The position of the last item of the page before; empty on the first page.
    public let after: String
    private let scope: String

    /// - Parameters:
    ///   - kind: the RPC; a token of another one is refused.
    ///   - filter: what else the list was narrowed by; a token of a list with another filter is refused.
    /// - Throws: `invalid_argument` where the size is outside 1...1,000 (0 means 100), or where the token is not one
    ///   that this list gave out.
    public init(_ request: WirePageRequest, kind: String, filter: String = "") throws {
        scope = "\(kind)\u{1F}\(filter)"
        limit = request.pageSize == 0 ? 100 : Int(request.pageSize)
        guard (1...1_000).contains(limit) else {
            throw RPCError.invalid("page.page_size", found: "\(request.pageSize)", expected: "1 to 1000, or 0 for 100")
        }
        guard !request.pageToken.isEmpty else {
            after = ""
            return
        }
        guard let position = PageToken.position(request.pageToken, scope: scope) else {
            throw RPCError.invalid(
                "page.page_token", found: String(request.pageToken.prefix(64)),
                expected: "the next_page_token of the page before, with the same filter")
        }
        after = position
    }

    /// The position as a number, for lists in order of one; nil on the first page.
    public func after<Position: LosslessStringConvertible>(as _: Position.Type) -> Position? {
        Position(after)
    }

    /// The parts of a position of several columns; nil on the first page.
    public var afterParts: [String]? {
        after.isEmpty ? nil : after.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    }

    /// The token of the page behind an item.
    ///
    /// - Parameter last: the position of the last item of this page, of one column or several.
    public func nextToken(last: String...) -> String {
        PageToken.text(last.joined(separator: "\u{1F}"), scope: scope)
    }

    /// Cuts what was fetched, ``limit`` + 1 items at most, to the page and the token of the next one, which is empty
    /// on the last page.
    public func cut<Item>(
        _ fetched: [Item], position: (Item) throws -> String
    ) rethrows -> (items: ArraySlice<Item>, nextPageToken: String) {
        let items = fetched.prefix(limit)
        guard fetched.count > limit, let last = items.last else { return (items, "") }
        return (items, nextToken(last: try position(last)))
    }
}

/// A position as opaque text: base64url of a check sum over list and position, then the position.
///
/// The check keeps tokens from being made up or used on another list; it is no secret, since a position is none.
enum PageToken {
    static func text(_ position: String, scope: String) -> String {
        let sum = check(position, scope: scope)
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt64($0))) } + Array(position.utf8)
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// - Returns: nil where the text is no token of that scope.
    static func position(_ text: String, scope: String) -> String? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard text.utf8.count <= 4_096, let bytes = Data(base64Encoded: plain + padding), bytes.count > 8,
            let position = String(validating: bytes.dropFirst(8), as: UTF8.self),
            self.text(position, scope: scope) == text
        else { return nil }
        return position
    }

    private static func check(_ position: String, scope: String) -> UInt64 {
        Partition.mix(Partition.fnv1a("accord-page-1\u{1E}\(scope)\u{1E}\(position)".utf8))
    }
}
