import Contracts
import HTTPTypes
import RPC
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension RPCHook {
    /// `POST /webhooks/<id>` as `ReceiveWebhook`.
    static func webhooks(_ handlers: ScoringHandlers) -> RPCHook {
        RPCHook(
            prefix: "/webhooks/",
            route: RPCRoute(WireScoringServiceMethods.receiveWebhook) { request, context in
                try await handlers.receiveWebhook(request, context)
            }
        ) { name, headers, body in
            var request = WireReceiveWebhookRequest()
            request.webhook = name
            request.messageID = headers.text("webhook-id")
            request.timestamp = headers.text("webhook-timestamp")
            request.signature = headers.text("webhook-signature")
            request.body = Data(body)
            return request
        }
    }
}

extension HTTPFields {
    /// Empty where there is none.
    fileprivate func text(_ name: String) -> String {
        HTTPField.Name(name).flatMap { self[$0] } ?? ""
    }
}
