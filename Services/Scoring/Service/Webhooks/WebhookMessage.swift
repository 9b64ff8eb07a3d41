import Contracts
import Crypto
import Hosting
import Kernel
import RPC
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A message of a tool that has proved whose it is, as Standard Webhooks say: the HMAC-SHA256 of its id, its timestamp
/// and its body, with dots between them.
struct WebhookMessage {
    let webhook: String
    let id: String
    /// When it was sent; each try of the sender has its own.
    let sentAt: Instant
    private let body: Data

    /// - Throws: `not_found` for a webhook without a secret, `unauthenticated` for what is not signed with one or not of
    ///   now.
    init(_ request: WireReceiveWebhookRequest, _ settings: WebhookSettings, now: Instant) throws {
        guard let keys = settings.secrets.keys[request.webhook] else {
            throw RPCError(.notFound, "no secret is set for a webhook \"\(request.webhook.prefix(64))\"")
        }
        guard (1...255).contains(request.messageID.utf8.count) else {
            throw Self.refusal("webhook-id: found \(request.messageID.utf8.count) bytes, expected 1 to 255")
        }
        guard let seconds = Int64(request.timestamp), (0...Self.latestSecond).contains(seconds) else {
            throw Self.refusal(
                "webhook-timestamp: found \"\(request.timestamp.prefix(32))\", expected seconds since 1970")
        }
        let sentAt = Instant(seconds: seconds)
        guard abs(sentAt.microseconds - now.microseconds) <= settings.tolerance.microseconds else {
            throw Self.refusal(
                "webhook-timestamp: found \(sentAt.text), expected at most \(settings.tolerance.text) from \(now.text)")
        }
        guard Self.isSigned(request, with: keys) else {
            throw Self.refusal("webhook-signature: none is that of a secret of this webhook")
        }
        webhook = request.webhook
        id = request.messageID
        self.sentAt = sentAt
        body = request.body
    }

    /// Its body, and the same with whole numbers that are too long for a `Double` as texts of their digits.
    ///
    /// - Throws: `invalid_argument` for what is not JSON.
    func json() throws -> (value: Google_Protobuf_Value, digits: Google_Protobuf_Value) {
        guard let text = String(validating: body, as: UTF8.self),
            let value = try? Google_Protobuf_Value(jsonString: text)
        else { throw RPCError.invalid("body", found: "something else", expected: "JSON in UTF-8") }
        guard let quoted = LongNumbers.quoted([UInt8](body)) else { return (value, value) }
        return (value, try Google_Protobuf_Value(jsonUTF8Bytes: quoted))
    }

    /// What its engagement is called where no path says it: as the message, or by the digest of an id that is too long
    /// for one, or of letters that ids do not have.
    var engagementID: String {
        let isPlain = id.utf8.count <= Self.longestPlainID && id.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
        if isPlain { return "\(webhook):\(id)" }
        let digest = SHA256.hash(data: Data(id.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "\(webhook):sha256-\(digest.joined())"
    }

    private static func isSigned(_ request: WireReceiveWebhookRequest, with keys: [[UInt8]]) -> Bool {
        let signed = Data("\(request.messageID).\(request.timestamp).".utf8) + request.body
        let codes = request.signature.split(separator: " ").prefix(mostSignatures).compactMap { entry in
            entry.hasPrefix("v1,") ? Data(base64Encoded: String(entry.dropFirst(3))) : nil
        }
        return keys.contains { key in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
            // Takes the same time wherever they differ.
            return codes.contains { code == $0 }
        }
    }

    private static func refusal(_ message: String) -> RPCError { RPCError(.unauthenticated, message) }

    /// Of the year 9999.
    private static let latestSecond: Int64 = 253_402_300_799
    private static let mostSignatures = 10
    /// In bytes: beside it, 200 letters of an engagement's id hold that of a webhook and a number.
    private static let longestPlainID = 120
}
