/// Turns the rows of a table into records, as a mapping says.
struct RowMapper: Sendable {
    private let table: Table
    private let mapping: ImportMapping
    private let lookups: [ColumnRule.Lookup: [String: String]]

    /// - Parameter read: gives the table of a lookup's file.
    /// - Throws: ``ImportFaults`` where the mapping names a column that the file has not.
    init(_ mapping: ImportMapping, table: Table, read: (String) throws -> Table) throws {
        self.table = table
        self.mapping = mapping
        var faults: [ImportFault] = []
        func check(_ column: String, in table: Table, path: String) {
            guard table.position(of: column) == nil else { return }
            faults.append(
                ImportFault(
                    file: table.file, line: 1, path: path, found: "no column \(column)",
                    expected: table.header.joined(separator: ", ")))
        }
        var lookups: [ColumnRule.Lookup: [String: String]] = [:]
        for (field, rule) in mapping.columns {
            if let column = rule.column { check(column, in: table, path: field) }
            for column in rule.template.map(Self.columns) ?? [] { check(column, in: table, path: field) }
            guard let lookup = rule.lookup, lookups[lookup] == nil else { continue }
            let other = try read(lookup.file)
            check(lookup.key, in: other, path: field)
            check(lookup.value, in: other, path: field)
            guard let key = other.position(of: lookup.key), let value = other.position(of: lookup.value) else {
                continue
            }
            lookups[lookup] = Dictionary(
                other.rows.map { ($0.values[key], $0.values[value]) }, uniquingKeysWith: { first, _ in first })
        }
        for column in mapping.skipWhenBlank + mapping.only.keys.sorted() { check(column, in: table, path: "mapping") }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        self.lookups = lookups
    }

    /// Whether the mapping leaves the row out.
    func skips(_ row: Table.Row) -> Bool {
        mapping.skipWhenBlank.contains { value(of: $0, in: row).isEmpty }
            || mapping.only.contains { column, wanted in !wanted.contains(value(of: column, in: row)) }
    }

    /// - Throws: ``ImportFaults`` with every fault of the row: the line, the field, what was found and what was expected.
    func record(_ row: Table.Row) throws -> ImportRecord {
        var faults: [ImportFault] = []
        func note(_ field: String, _ why: UnreadableText) {
            faults.append(
                ImportFault(
                    file: table.file, line: row.line, path: field, found: why.found, expected: why.expected))
        }
        var texts: [FieldText] = []
        for (field, rule) in mapping.columns {
            do throws(UnreadableText) {
                texts.append(FieldText(field, try text(rule, in: row), rule))
            } catch {
                note(field, error)
            }
        }
        let (record, unreadable) = mapping.kind.shape.read(texts)
        for (field, why) in unreadable { note(field, why) }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        return record
    }

    private func text(_ rule: ColumnRule, in row: Table.Row) throws(UnreadableText) -> String {
        var text = rule.constant ?? rule.column.map { value(of: $0, in: row) } ?? filled(rule.template ?? "", row)
        text = rule.replace[text] ?? text
        if let lookup = rule.lookup, !text.isEmpty {
            guard let found = lookups[lookup]?[text] else {
                throw UnreadableText(found: text, expected: "a \(lookup.key) of \(lookup.file)")
            }
            text = found
        }
        if let values = rule.values, !text.isEmpty {
            guard let known = values[text] else {
                throw UnreadableText(
                    found: text, expected: "one of \(values.keys.sorted().joined(separator: ", "))")
            }
            text = known
        }
        return text.isEmpty ? rule.fallback ?? "" : text
    }

    private func value(of column: String, in row: Table.Row) -> String {
        table.position(of: column).map { row.values[$0] } ?? ""
    }

    private func filled(_ template: String, _ row: Table.Row) -> String {
        Self.columns(of: template).reduce(template) { text, column in
            text.split(separator: "{\(column)}", omittingEmptySubsequences: false).joined(
                separator: value(of: column, in: row))
        }
    }

    private static func columns(of template: String) -> [String] {
        template.split(separator: "{").dropFirst(template.hasPrefix("{") ? 0 : 1)
            .compactMap {
                $0.contains("}")
                    ? $0.split(separator: "}", omittingEmptySubsequences: false).first.map(String.init) : nil
            }
    }
}
