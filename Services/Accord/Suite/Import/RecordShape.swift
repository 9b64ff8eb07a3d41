import Contracts
import Kernel
import SwiftProtobuf

/// Something that a row of a file says, ready to be sent.
enum ImportRecord: Sendable {
    case lead(WireLead)
    case engagement(WireEngagement)
    case account(WireAccount)
    case opportunity(WireOpportunity)
    case touch(WireTouch)
}

/// The fields of one kind of record that a mapping may fill, spelled as in the contracts.
struct RecordShape: Sendable {
    /// Of the fields; one that ends with a point goes on freely behind it.
    let names: [String]
    let required: [String]
    /// Gives the record and the fields that could not be read.
    let read: @Sendable ([FieldText]) -> (record: ImportRecord, unreadable: [(field: String, why: UnreadableText)])

    init<Record: Message>(_ wrap: @escaping @Sendable (Record) -> ImportRecord, _ fields: [RecordField<Record>]) {
        names = fields.map(\.name)
        required = fields.filter(\.isRequired).map(\.name)
        let byName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let open = fields.filter(\.isOpen)
        read = { texts in
            var record = Record()
            var unreadable: [(String, UnreadableText)] = []
            for text in texts where !text.text.isEmpty {
                let field = byName[text.name] ?? open.first { text.name.hasPrefix($0.name) }
                do throws(UnreadableText) {
                    try field?.fill(&record, text)
                } catch {
                    unreadable.append((text.name, error))
                }
            }
            return (wrap(record), unreadable)
        }
    }

    func knows(_ name: String) -> Bool {
        names.contains { $0.hasSuffix(".") ? name.hasPrefix($0) && name != $0 : name == $0 }
    }
}

/// What a row says of a field.
struct FieldText: Sendable {
    var name: String
    var text: String
    var rule: ColumnRule

    init(_ name: String, _ text: String, _ rule: ColumnRule) {
        self.name = name
        self.text = text
        self.rule = rule
    }

    func unreadable(_ expected: String) -> UnreadableText { UnreadableText(found: text, expected: expected) }
}

/// A text that is no value of its field.
struct UnreadableText: Error {
    var found: String
    var expected: String
}

/// One field, and how a text fills it.
struct RecordField<Record>: Sendable {
    typealias Path<Value> = any WritableKeyPath<Record, Value> & Sendable

    let name: String
    let fill: @Sendable (inout Record, FieldText) throws(UnreadableText) -> Void
    private(set) var isRequired = false
    /// Whether any name behind its own is meant.
    var isOpen: Bool { name.hasSuffix(".") }

    private init(_ name: String, fill: @escaping @Sendable (inout Record, FieldText) throws(UnreadableText) -> Void) {
        self.name = name
        self.fill = fill
    }

    private init<Value>(
        _ name: String, _ path: Path<Value>, _ read: @escaping @Sendable (FieldText) throws(UnreadableText) -> Value
    ) {
        self.init(name) { (record, text) throws(UnreadableText) in record[keyPath: path] = try read(text) }
    }

    /// That the mapping has to fill it.
    var needed: RecordField {
        var field = self
        field.isRequired = true
        return field
    }

    static func text(_ name: String, _ path: Path<String>) -> RecordField {
        RecordField(name, path) { $0.text }
    }

    /// Parted by the rule's separator.
    static func list(_ name: String, _ path: Path<[String]>) -> RecordField {
        RecordField(name, path) { field in
            field.text.split(separator: field.rule.separator).map(\.trimmed).filter { !$0.isEmpty }
        }
    }

    static func time(_ name: String, _ path: Path<Google_Protobuf_Timestamp>) -> RecordField {
        RecordField(name, path) { (field) throws(UnreadableText) in
            guard let instant = Instant(text: field.text) else {
                throw field.unreadable("a time such as 2026-03-01T09:30:00Z or 2026-03-01")
            }
            return instant.wire
        }
    }

    static func whole<Whole: FixedWidthInteger & SendableMetatype>(_ name: String, _ path: Path<Whole>) -> RecordField {
        RecordField(name, path) { (field) throws(UnreadableText) in
            guard let whole = Double(field.text).flatMap({ Whole(exactly: $0) }) else {
                throw field.unreadable("a whole number")
            }
            return whole
        }
    }

    /// In the rule's currency and unit.
    static func money(_ name: String, _ path: Path<WireMoney>) -> RecordField {
        RecordField(name, path) { (field) throws(UnreadableText) in
            let currency = field.rule.currency ?? "USD"
            let scale = field.rule.unit * Double(Money.scale(of: currency))
            guard let units = Double(field.text).flatMap({ Int64(exactly: ($0 * scale).rounded()) }) else {
                throw field.unreadable("an amount")
            }
            return Money(minorUnits: units, currency: currency).wire
        }
    }

    static func outcome(_ name: String, _ path: Path<WireOutcome>) -> RecordField {
        RecordField(name, path) { (field) throws(UnreadableText) in
            switch field.text {
            case "open": .open
            case "won": .won
            case "lost": .lost
            default: throw field.unreadable("open, won or lost")
            }
        }
    }

    /// Ids by the name of their system, behind the prefix.
    static func externalIDs(_ prefix: String, _ path: Path<[WireExternalId]>) -> RecordField {
        RecordField(prefix) { (record, field) throws(UnreadableText) in
            record[keyPath: path].append(
                .with {
                    $0.source = String(field.name.dropFirst(prefix.count))
                    $0.id = field.text
                })
        }
    }

    /// Fields of any name behind the prefix, as texts.
    static func texts(_ prefix: String, _ path: Path<[String: String]>) -> RecordField {
        RecordField(prefix) { (record, field) throws(UnreadableText) in
            record[keyPath: path][String(field.name.dropFirst(prefix.count))] = field.text
        }
    }

    /// Fields of any name behind the prefix: numbers and booleans as such, everything else as text.
    static func values(_ prefix: String, _ path: Path<[String: Google_Protobuf_Value]>) -> RecordField {
        RecordField(prefix) { (record, field) throws(UnreadableText) in
            let value =
                Double(field.text).map { Google_Protobuf_Value(numberValue: $0) }
                ?? Bool(field.text).map { Google_Protobuf_Value(boolValue: $0) }
                ?? Google_Protobuf_Value(stringValue: field.text)
            record[keyPath: path][String(field.name.dropFirst(prefix.count))] = value
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
