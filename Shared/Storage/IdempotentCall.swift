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
            sql: "SELECT method, request_digest, response, erased FROM idempotency WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]) else { return nil }
        let (storedMethod, storedDigest, response): (String, Int64?, Data) = (row[0], row[1], row[2])
        guard storedMethod == method else {
            throw RPCError(.invalidArgument, "Idempotency-Key: \(key) was used for \(storedMethod)")
        }
        if let digest, let storedDigest, digest != storedDigest {
            throw RPCError(.invalidArgument, "Idempotency-Key: \(key) was used for another request")
        }
        guard !(row[3] as Bool) else {
            throw RPCError(
                .failedPrecondition,
                "Idempotency-Key: the call with \(key) is done, and its answer was erased with the lead that it named")
        }
        return try Response(serializedBytes: response)
    }

    func store(_ response: some Message, _ transaction: StoreTransaction) throws {
        transaction.notes.answered = key
        let bytes = try Data(response.storedBytes())
        let statement = try transaction.database.cachedStatement(
            sql: """
                INSERT INTO idempotency (key, method, request_digest, response, stored_at) VALUES (?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [key, method, digest, bytes, transaction.now])
    }

    /// Forgets answers that name one of some ids; their keys stay, so that no retry is taken for a new call.
    ///
    /// - Parameter answer: the key of one that stays.
    static func forgetAnswers(naming ids: [String], keeping answer: String?, _ database: Database) throws {
        let conditions = ids.map { _ in "instr(response, ?) > 0" }.joined(separator: " OR ")
        try database.run(
            """
            UPDATE idempotency SET response = x'', request_digest = NULL, erased = 1
            WHERE key IS NOT ? AND erased = 0 AND (\(conditions))
            """, [.optional(answer)] + ids.map { .blob(Self.field($0)) })
    }

    /// A text as a field of a message: its length as a varint, and its bytes.
    private static func field(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var length = text.utf8.count
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        return bytes + [UInt8(length)] + Array(text.utf8)
    }

    private static func digest(_ request: any Message) throws -> Int64 {
        try Int64(bitPattern: Partition.mix(Partition.fnv1a(request.storedBytes())))
    }
}
