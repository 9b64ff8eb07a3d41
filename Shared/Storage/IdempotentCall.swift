import GRDB
import Kernel
import RPC
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A call with an idempotency key: its answer is stored in the transaction that made it true.
struct IdempotentCall: Sendable {
    private let key: String
    private let method: String
    private let digest: Int64?

    /// - Throws: `invalid_argument` where the key is not 1 to 255 bytes.
    init(key: String, method: String, request: (any Message)?) throws {
        guard (1...255).contains(key.utf8.count) else {
            throw RPCError(.invalidArgument, "Idempotency-Key: found \(key.utf8.count) bytes, expected 1 to 255")
        }
        self.key = key
        self.method = method
        digest = try request.map(Self.digest)
    }

    /// The answer of the first call; nil where this is the first.
    ///
    /// - Throws: `invalid_argument` where the key was used for another method or request.
    func storedResponse<Response: Message>(_: Response.Type, _ database: Database) throws -> Response? {
        let statement = try database.cachedStatement(
            sql: "SELECT method, request_digest, response FROM idempotency WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else { return nil }
        let (storedMethod, storedDigest, response): (String, Int64?, Data) = (row[0], row[1], row[2])
        guard storedMethod == method else {
            throw RPCError(.invalidArgument, "Idempotency-Key: \(key) was used for \(storedMethod)")
        }
        if let digest, let storedDigest, digest != storedDigest {
            throw RPCError(.invalidArgument, "Idempotency-Key: \(key) was used for another request")
        }
        return try Response(serializedBytes: response)
    }

    func store(_ response: some Message, _ transaction: StoreTransaction) throws {
        let bytes = try Data(response.storedBytes())
        let statement = try transaction.database.cachedStatement(
            sql: """
                INSERT INTO idempotency (key, method, request_digest, response, stored_at) VALUES (?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [key, method, digest, bytes, transaction.now])
    }

    private static func digest(_ request: any Message) throws -> Int64 {
        try Int64(bitPattern: Partition.mix(Partition.fnv1a(request.storedBytes())))
    }
}
