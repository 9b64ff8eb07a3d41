import ArgumentParser
import Contracts
import Foundation
import Hosting
import Kernel
import SwiftProtobuf

/// Arguments with a form of their own, for `transform:`.
enum Arguments {
    /// A time, or a day, in UTC.
    static func instant(_ text: String) throws -> Instant {
        guard let instant = Instant(text: text) else {
            throw ValidationError("expected a time such as 2026-07-01T00:00:00Z")
        }
        return instant
    }

    /// A length of time above zero.
    static func span(_ text: String) throws -> TimeSpan {
        guard let span = TimeSpan(text: text), span.microseconds > 0 else {
            throw ValidationError("expected a length of time such as 10s, 4h or 2d")
        }
        return span
    }

    /// Those of ACCORD_WEBHOOK_SECRETS; none where it is not set.
    static func webhookSecrets() throws -> WebhookSecrets {
        guard let text = ProcessInfo.processInfo.environment["ACCORD_WEBHOOK_SECRETS"] else { return .none }
        guard let secrets = WebhookSecrets(text: text) else {
            throw ValidationError(
                "ACCORD_WEBHOOK_SECRETS: expected entries such as forms=whsec_ and the base64 of 24 to 64 bytes, with "
                    + "commas between them")
        }
        return secrets
    }

    /// `FROM..TO`, half open.
    static func period(_ text: String) throws -> WirePeriod {
        let parts = text.split(separator: "..").map(String.init)
        guard parts.count == 2, let from = Instant(text: parts[0]), let to = Instant(text: parts[1]), from < to else {
            throw ValidationError("expected FROM..TO such as 2026-07-01..2026-10-01")
        }
        return .with {
            $0.from = from.wire
            $0.to = to.wire
        }
    }
}
