import SwiftProtobuf

/// Why a body could not be read, in words for its sender: nothing of how this program is built.
enum DecodingReason {
    static func sentence(of error: any Error) -> String {
        switch error {
        case let error as JSONDecodingError: sentence(of: error)
        case let error as BinaryDecodingError: sentence(of: error)
        default: "it cannot be read"
        }
    }

    private static func sentence(of error: JSONDecodingError) -> String {
        switch error {
        case .truncated: "it ends too early"
        case .trailingGarbage: "something follows its end"
        case .messageDepthLimit: "it is nested too deeply"
        case .unknownField(let name): "it has no field \"\(String(name.prefix(80)))\""
        case .schemaMismatch: "a value is of another type than its field"
        case .unrecognizedEnumValue: "a value is none of its enumeration"
        case .malformedNumber, .leadingZero: "a number is malformed"
        case .numberRange: "a number is out of the range of its field"
        case .malformedBool: "a value is neither true nor false"
        case .malformedString: "a text is malformed"
        case .invalidUTF8: "it is not UTF-8"
        case .malformedTimestamp: "a time is not of the form 2026-01-31T09:30:00Z, or not of the years 1 to 9999"
        case .malformedDuration: "a duration is malformed"
        case .malformedFieldMask: "a field mask is malformed"
        case .malformedMap, .unquotedMapKey: "a map is malformed"
        case .illegalNull: "null stands where a value has to be"
        case .conflictingOneOf: "two fields are set that exclude each other"
        case .failure, .missingFieldNames: "it is malformed"
        }
    }

    private static func sentence(of error: BinaryDecodingError) -> String {
        switch error {
        case .truncated: "it ends too early"
        case .trailingGarbage: "something follows its end"
        case .messageDepthLimit: "it is nested too deeply"
        case .invalidUTF8: "a text is not UTF-8"
        case .malformedProtobuf, .missingRequiredFields, .internalExtensionError: "it is malformed"
        }
    }
}
