public import Kernel
import Platform

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whose webhooks a service takes.
public struct WebhookSettings: Sendable {
    public var secrets = WebhookSecrets.none
    /// How far a message's timestamp may be from now.
    public var tolerance = TimeSpan.minutes(5)

    public init() {}
}

/// The secrets with which tools sign, by the webhook's id; several while one is being changed for another.
public struct WebhookSecrets: Sendable {
    public static let none = WebhookSecrets(keys: [:])

    /// The bytes of each webhook's secrets.
    public let keys: [String: [[UInt8]]]

    init(keys: [String: [[UInt8]]]) {
        self.keys = keys
    }

    /// Entries such as `forms=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw` with commas between them; nil where a secret is
    /// not `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks have it.
    public init?(text: String) {
        var keys: [String: [[UInt8]]] = [:]
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix(Self.prefix),
                let key = Data(base64Encoded: String(parts[1].dropFirst(Self.prefix.count))),
                (24...64).contains(key.count)
            else { return nil }
            keys[String(parts[0]), default: []].append(Array(key))
        }
        self.keys = keys
    }

    private static let prefix = "whsec_"
}

extension SettingKind where Value == WebhookSecrets {
    /// Its text is never printed.
    static var webhookSecrets: Self {
        SettingKind(
            expected: "entries such as forms=whsec_ and the base64 of 24 to 64 bytes, with commas between them",
            parse: { WebhookSecrets(text: $0) }, text: { _ in "" })
    }
}
