import Crypto
import Foundation
public import Hosting
public import Kernel

/// A message as a tool sends it that keeps to Standard Webhooks.
public struct SignedWebhook: Sendable {
    public var id: String
    public var timestamp: String
    public var body: String
    public var signature: String

    /// Signed with a secret such as ``secret``.
    public init(_ body: String, id: String, at sentAt: Instant, secret: String = Self.secret) {
        self.id = id
        self.body = body
        timestamp = String(sentAt.microseconds / 1_000_000)
        let key = SymmetricKey(data: Data(base64Encoded: String(secret.dropFirst("whsec_".count))) ?? Data())
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(id).\(timestamp).\(body)".utf8), using: key)
        signature = "v1," + Data(code).base64EncodedString()
    }

    /// The one of the examples in the specification.
    public static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Under which a webhook of that id is signed with ``secret``.
    public static func settings(_ webhook: String) -> WebhookSettings {
        var settings = WebhookSettings()
        settings.secrets = WebhookSecrets(text: "\(webhook)=\(secret)") ?? .none
        return settings
    }

    public var headers: [(String, String)] {
        [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
    }
}
