public import Kernel
public import SwiftProtobuf

extension Instant {
    /// A moment outside the years 1 to 9999, which only the binary form can carry, becomes the nearest one inside.
    public init(_ timestamp: Google_Protobuf_Timestamp) {
        let seconds = min(max(timestamp.seconds, Instant.distantPast.seconds), Instant.distantFuture.seconds)
        self.init(seconds: seconds, nanos: timestamp.nanos)
    }

    public var wire: Google_Protobuf_Timestamp {
        Google_Protobuf_Timestamp(seconds: seconds, nanos: nanos)
    }
}

extension Money {
    public init(_ money: WireMoney) {
        self.init(minorUnits: money.minorUnits, currency: money.currency)
    }

    public var wire: WireMoney {
        .with {
            $0.minorUnits = minorUnits
            $0.currency = currency
        }
    }
}
