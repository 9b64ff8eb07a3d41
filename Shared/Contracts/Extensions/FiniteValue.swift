public import SwiftProtobuf

extension Google_Protobuf_Value {
    /// Whether JSON can write it: the binary form alone carries NaN and the infinities, here or in a list or an object.
    public var isFinite: Bool {
        switch kind {
        case .numberValue(let number): number.isFinite
        case .listValue(let list): list.values.allSatisfy(\.isFinite)
        case .structValue(let object): object.fields.values.allSatisfy(\.isFinite)
        case .stringValue, .boolValue, .nullValue, nil: true
        }
    }
}
