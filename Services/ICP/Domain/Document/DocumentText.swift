/// The text of a file.
enum DocumentText {
    /// Nil, with a fault, where the bytes are not UTF-8. A byte order mark is left out.
    static func decode(_ bytes: [UInt8], limits: DocumentLimits, _ faults: FaultList) -> String? {
        guard bytes.count <= limits.bytes else {
            faults.add(.limit, "", found: "more than \(limits.bytes) bytes", expected: "at most \(limits.bytes) bytes")
            return nil
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            faults.add(.encoding, "", found: "UTF-16 or UTF-32", expected: "UTF-8 text")
            return nil
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let whole = String(validating: text, as: UTF8.self) { return whole }
        let valid = text.prefix(validBytes(in: text))
        let byte = text[min(valid.endIndex, text.endIndex - 1)]
        faults.add(
            .encoding, "", found: "the byte 0x\(String(byte, radix: 16, uppercase: true))", expected: "UTF-8 text",
            place: Positions.Place(after: String(decoding: valid, as: UTF8.self)))
        return nil
    }

    /// How many bytes come before the first that is not UTF-8.
    private static func validBytes(in bytes: ArraySlice<UInt8>) -> Int {
        var rest = bytes.makeIterator()
        var decoder = UTF8()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&rest) { count += UTF8.width(scalar) }
        return count
    }
}
