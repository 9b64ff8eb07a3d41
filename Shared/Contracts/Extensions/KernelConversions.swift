public import Kernel
public import SwiftProtobuf

extension Instant {
    public init(_ timestamp: Google_Protobuf_Timestamp) {
        self.init(seconds: timestamp.seconds, nanos: timestamp.nanos)
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
