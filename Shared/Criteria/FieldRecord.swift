import Kernel

/// The values of one subject, by the slots of a catalogue. An absent value is missing.
///
/// Criteria compiled against a catalogue read records of the same catalogue only.
public struct FieldRecord: Sendable {
    /// By slot, from ``firstSlot`` on.
    private var marks: [Mark] = []
    /// The lowest that was ever set: what engagement says of itself has few slots, side by side.
    private var firstSlot = 0
    /// What is known, in the order in which it was set first.
    private var entries: [Entry] = []
    public let catalogue: FieldCatalogue

    public init(_ catalogue: FieldCatalogue) {
        self.catalogue = catalogue
    }

    /// Blank text and empty lists count as missing, and so does a value that does not fit the field's type
    /// (``FieldValue/fitted(to:)``). A name outside the catalogue is ignored.
    public subscript(name: String) -> FieldValue? {
        get { catalogue[name].flatMap { self[slot: $0.slot] } }
        set {
            guard let field = catalogue[name] else { return }
            self[slot: field.slot] = newValue
        }
    }

    /// The value in a slot of the catalogue.
    public subscript(slot slot: Int) -> FieldValue? {
        get { place(slot).map { entries[$0].value } }
        set {
            let index = index(of: slot)
            let place = marks[index].place
            guard let value = newValue?.fitted(to: catalogue.fields[slot].type) else {
                marks[index] = Mark(place: place)
                return
            }
            let entry = Entry(value: value, cell: Cell(value))
            marks[index] = Mark(entry.cell, place: place ?? Int32(entries.count))
            if let place { entries[Int(place)] = entry } else { entries.append(entry) }
        }
    }

    func cell(_ slot: Int) -> Cell {
        place(slot).map { entries[$0].cell } ?? .absent
    }

    private func place(_ slot: Int) -> Int? {
        let index = slot - firstSlot
        guard index >= 0, index < marks.count, marks[index].isKnown else { return nil }
        return marks[index].place.map(Int.init)
    }

    /// Where the mark of a slot stands, which is made where there is none.
    private mutating func index(of slot: Int) -> Int {
        if marks.isEmpty {
            firstSlot = slot
            marks = Array(repeating: Mark(), count: catalogue.fields.count - slot)
            entries.reserveCapacity(min(marks.count, 16))
        } else if slot < firstSlot {
            marks.insert(contentsOf: repeatElement(Mark(), count: firstSlot - slot), at: 0)
            firstSlot = slot
        }
        return slot - firstSlot
    }

    private struct Entry {
        var value: FieldValue
        /// What evaluation reads: text in lower case, once a record rather than once a rule.
        var cell: Cell
    }

    /// The marks by slot, from a first one on; none where no value was ever set.
    @inline(__always)
    func withMarks<Result>(_ read: (_ marks: UnsafeBufferPointer<Mark>, _ firstSlot: Int) -> Result) -> Result {
        marks.withUnsafeBufferPointer { read($0, firstSlot) }
    }
}

/// What settles most leaves without a look at the value itself: whether there is one, its number, and of a text a
/// ``Swift/String/quickHash``.
struct Mark: Sendable {
    private(set) var number = 0.0
    private(set) var hash: UInt64 = 0
    /// The value's among those of the record; nil where there never was one.
    let place: Int32?
    private(set) var isKnown = false

    /// Of what is not known.
    init(place: Int32? = nil) {
        self.place = place
    }

    init(_ cell: Cell, place: Int32) {
        self.place = place
        switch cell {
        case .absent: return
        case .number(let number): self.number = number
        case .text(let text): hash = text.quickHash
        case .boolean, .date, .list: break
        }
        isKnown = true
    }
}

/// A value as evaluation compares it.
enum Cell: Sendable {
    case absent
    case text(String)
    case number(Double)
    case boolean(Bool)
    case date(Int64)
    case list([String])

    init(_ value: FieldValue) {
        switch value {
        case .text(let text): self = .text(text.folded)
        case .number(let number): self = .number(number)
        case .boolean(let boolean): self = .boolean(boolean)
        case .date(let date): self = .date(date.microseconds)
        case .list(let entries): self = .list(entries.map(\.text.folded))
        }
    }
}

extension FieldValue {
    /// The value as one of a type: text is read as a number, a truth value, a date, or a list of one where it is
    /// one; a number or a truth value becomes its text. Nil where it does not fit, is blank, empty, or not finite.
    public func fitted(to type: FieldType) -> FieldValue? {
        switch (type, self) {
        case (.text, .text(let text)): text.isBlank ? nil : self
        case (.text, .number), (.text, .boolean): .text(text)
        case (.number, .number(let number)): number.isFinite ? self : nil
        case (.number, .text(let text)): Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case (.boolean, .boolean): self
        case (.boolean, .text(let text)): Bool(text.lowercased()).map(FieldValue.boolean)
        case (.date, .date): self
        case (.date, .text(let text)): Instant(text: text).map(FieldValue.date)
        case (.list, .list(let entries)): entries.isEmpty ? nil : self
        case (.list, .text(let text)): text.isBlank ? nil : .list([self])
        default: nil
        }
    }

    /// The value for people: `450`, `true`, `2026-03-01T00:00:00Z`, `a, b`.
    public var text: String {
        switch self {
        case .text(let text): text
        case .number(let number):
            Int64(exactly: number).map { String($0) } ?? String(number)
        case .boolean(let boolean): String(boolean)
        case .date(let date): date.text
        case .list(let entries): entries.map(\.text).joined(separator: ", ")
        }
    }

    /// What kind of value it is.
    public var type: FieldType {
        switch self {
        case .text: .text
        case .number: .number
        case .boolean: .boolean
        case .date: .date
        case .list: .list
        }
    }
}

extension String {
    /// Differs for texts that differ, mostly; 0 where only the text itself tells, since what is beyond ASCII can be
    /// written in several ways.
    var quickHash: UInt64 {
        var text = self
        return text.withUTF8 { bytes in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes {
                guard byte < 0x80 else { return 0 }
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
            return hash | 1
        }
    }

    /// Whether there is nothing but white space; the first byte of most texts tells.
    fileprivate var isBlank: Bool {
        if let first = utf8.first, (0x21...0x7e).contains(first) { return false }
        return allSatisfy(\.isWhitespace)
    }

    /// In lower case; most texts are already.
    fileprivate var folded: String {
        var text = self
        let isFolded = text.withUTF8 { $0.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) } }
        return isFolded ? self : lowercased()
    }
}
