public import SwiftProtobuf

extension Message {
    /// The bytes of a message as stores keep it: the same for equal messages, also where they hold maps.
    public func storedBytes() throws -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        return try serializedBytes(options: options)
    }
}
