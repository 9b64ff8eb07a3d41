/// The compressions of the Connect protocol that are spoken here.
enum ContentCoding: String, Sendable {
    case identity
    case gzip

    /// For `Accept-Encoding` and for the message of a refusal.
    static let supported = "gzip, identity"

    /// Of a `Content-Encoding` header or a `compression` parameter; absent or empty means identity.
    ///
    /// - Throws: ``RPCError`` with `unimplemented`.
    init(named name: String?) throws {
        switch name {
        case nil, "", "identity": self = .identity
        case "gzip": self = .gzip
        case .some(let name):
            guard let coding = ContentCoding(rawValue: name.lowercased()) else {
                throw RPCError(.unimplemented, "unknown compression \"\(name)\": supported are \(Self.supported)")
            }
            self = coding
        }
    }

    /// Whether an answer may be gzip.
    ///
    /// - Parameters:
    ///   - accepted: the `Accept-Encoding` header; without one, an answer may be coded as its request was.
    static func acceptsGzip(_ accepted: String?, request: ContentCoding) -> Bool {
        guard let accepted else { return request == .gzip }
        if accepted == "gzip" { return true }
        return accepted.lowercased().split(separator: ",").contains { entry in
            let parts = entry.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first == "gzip" else { return false }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return quality != 0
        }
    }
}
