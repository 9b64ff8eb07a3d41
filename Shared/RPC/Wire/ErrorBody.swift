import NIOCore
import SwiftProtobuf

/// The JSON of an error: `code`, `message`, `details`, and nothing else.
enum ErrorBody {
    static func encode(_ error: RPCError) -> ByteBuffer {
        var text = "{\"code\":\"\(error.code.rawValue)\""
        if !error.message.isEmpty { text += ",\"message\":\(quoted(error.message))" }
        if !error.details.isEmpty {
            text += ",\"details\":[\(error.details.map(encode).joined(separator: ","))]"
        }
        return ByteBuffer(string: text + "}")
    }

    private static func encode(_ detail: RPCErrorDetail) -> String {
        let debug = detail.debugJSON.map { ",\"debug\":\($0)" } ?? ""
        return "{\"type\":\(quoted(detail.type)),\"value\":\"\(Base64.encode(detail.value))\"\(debug)}"
    }

    /// The error that an answer of a status other than 200 stands for.
    ///
    /// - Parameter body: nil where it is no JSON that can be read.
    static func decode(_ body: ByteBuffer?, httpStatus: Int) -> RPCError {
        let inferred = RPCCode(httpStatus: httpStatus)
        guard let body, let fields = try? Google_Protobuf_Struct(jsonUTF8Bytes: MessageBytes(body)).fields else {
            return RPCError(inferred, "HTTP status \(httpStatus)", details: inferredDetails(httpStatus))
        }
        let code = fields["code"].flatMap { RPCCode(rawValue: $0.stringValue) }
        let details = fields["details"]?.listValue.values.compactMap { detail(from: $0.structValue.fields) } ?? []
        return RPCError(
            code ?? inferred, fields["message"]?.stringValue ?? "",
            details: details + (code == nil ? inferredDetails(httpStatus) : []))
    }

    /// What a status says that has no code of its own: a proxy answers 413 to a body that is too large for it.
    private static func inferredDetails(_ httpStatus: Int) -> [RPCErrorDetail] {
        httpStatus == 413 ? [.messageTooLarge(maxBytes: 0)] : []
    }

    private static func detail(from fields: [String: Google_Protobuf_Value]) -> RPCErrorDetail? {
        guard let type = fields["type"]?.stringValue, !type.isEmpty,
            let value = fields["value"].flatMap({ Base64.decode($0.stringValue) })
        else { return nil }
        let name = type.split(separator: "/").last.map(String.init) ?? type
        return RPCErrorDetail(type: name, value: value, debugJSON: try? fields["debug"]?.jsonString())
    }

    /// A text as a JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 32:
                quoted += "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
