public import Kernel

/// A type that settings can have: how its text is read, written and described.
public struct SettingKind<Value: Sendable>: Sendable {
    /// Continues the sentence "expected ...".
    public let expected: String
    public let parse: @Sendable (String) -> Value?
    public let text: @Sendable (Value) -> String
    let isFlag: Bool

    public init(
        expected: String, parse: @escaping @Sendable (String) -> Value?, text: @escaping @Sendable (Value) -> String
    ) {
        self.init(expected: expected, isFlag: false, parse: parse, text: text)
    }

    init(
        expected: String, isFlag: Bool, parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) {
        self.expected = expected
        self.parse = parse
        self.text = text
        self.isFlag = isFlag
    }
}

extension SettingKind where Value == String {
    public static var text: Self {
        SettingKind(expected: "text", parse: { $0.isEmpty ? nil : $0 }, text: { $0 })
    }

    /// `http://host:port` or `https://...`, without a path.
    public static var url: Self {
        SettingKind(
            expected: "a URL such as http://127.0.0.1:7101",
            parse: { text in
                let schemes = ["http://", "https://"].filter { text.hasPrefix($0) && text.count > $0.count }
                return schemes.isEmpty || text.contains(" ") ? nil : text
            },
            text: { $0 })
    }
}

extension SettingKind where Value == String? {
    /// A text that may be absent.
    public static var optionalText: Self {
        SettingKind(expected: "text", parse: { $0.isEmpty ? nil : .some($0) }, text: { $0 ?? "" })
    }
}

extension SettingKind where Value == Int {
    public static func integer(_ range: ClosedRange<Int>) -> Self {
        SettingKind(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }, text: { String($0) })
    }

    /// A size in bytes: `65536`, `64KiB`, `16MiB`, `1GiB`.
    public static var byteCount: Self {
        SettingKind(expected: "a size such as 65536, 64KiB or 16MiB", parse: ByteCount.parse, text: ByteCount.text)
    }
}

extension SettingKind where Value == Bool {
    public static var flag: Self {
        SettingKind(
            expected: "true or false", isFlag: true,
            parse: {
                ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false][$0.lowercased()]
            },
            text: { String($0) })
    }
}

extension SettingKind where Value == TimeSpan {
    public static var span: Self {
        SettingKind(
            expected: "a time such as 90s, 30m, 4h or 7d", parse: { TimeSpan(text: $0) }, text: { $0.text })
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    public static var word: Self {
        SettingKind(
            expected: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Value(rawValue: $0) }, text: { $0.rawValue })
    }
}

extension SettingKind where Value == PartitionSet {
    public static var partitions: Self {
        SettingKind(
            expected: "`all`, or numbers and ranges from 0 to \(Partition.count - 1) such as 0-15,32",
            parse: { PartitionSet(text: $0) }, text: { $0.text })
    }
}

private enum ByteCount {
    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]

    @Sendable static func parse(_ text: String) -> Int? {
        for (suffix, size) in units where text.hasSuffix(suffix) {
            guard let count = Int(text.dropLast(suffix.count)), count > 0 else { return nil }
            let product = count.multipliedReportingOverflow(by: size)
            return product.overflow ? nil : product.partialValue
        }
        return nil
    }

    @Sendable static func text(_ count: Int) -> String {
        for (suffix, size) in units where count >= size && count % size == 0 { return "\(count / size)\(suffix)" }
        return String(count)
    }
}
