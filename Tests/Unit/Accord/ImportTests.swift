import Contracts
import Foundation
import SwiftProtobuf
import Testing

@testable import AccordSuite

@Suite struct ImportTests {
    private let mapping = """
        kind: opportunities
        columns:
          opportunity_id: id
          outcome: {column: stage, values: {Won: won, Open: open}}
          amount: {column: value, currency: EUR}
          list_value: {column: product, replace: {GTXPro: GTX Pro}, lookup: {file: products.csv, key: name, value: price}}
          closed_at: closed
          dimensions.office: {constant: Berlin}
        """

    private func records(_ csv: String, mapping text: String? = nil) throws -> [ImportRecord] {
        let mapping = try MappingReader.read(text ?? mapping, file: "mapping.yaml")
        let table = try Table(file: "deals.csv", text: csv)
        let mapper = try RowMapper(mapping, table: table) { name in
            try Table(file: name, text: "name,price\nGTX Pro,4821\n")
        }
        return try table.rows.filter { !mapper.skips($0) }.map { try mapper.record($0) }
    }

    @Test func aRowBecomesARecordByItsMapping() throws {
        let records = try records("id,stage,value,product,closed\r\nd1,Won,10.50,GTXPro,2017-03-01\r\n")
        guard case .opportunity(let deal) = try #require(records.first) else {
            Issue.record("another kind of record")
            return
        }
        #expect(deal.opportunityID == "d1")
        #expect(deal.outcome == .won)
        #expect(deal.amount.minorUnits == 1_050 && deal.amount.currency == "EUR")
        #expect(deal.listValue.minorUnits == 482_100)
        #expect(deal.closedAt.seconds == 1_488_326_400)
        #expect(deal.dimensions == ["office": "Berlin"])
    }

    @Test func faultsNameTheLineTheFieldAndWhatWasFound() throws {
        let error = #expect(throws: ImportFaults.self) {
            try records("id,stage,value,product,closed\nd1,Won,1,GTX Pro,\n\"d\n2\",Maybe,x,GTX Pro,yesterday\n")
        }
        #expect(error?.faults.map(\.line) == [3, 3, 3])
        #expect(error?.faults.map(\.path) == ["outcome", "amount", "closed_at"])
        #expect(error?.faults.map(\.found) == ["Maybe", "x", "yesterday"])
    }

    @Test func listsNumbersAndOpenFieldsAreRead() throws {
        let mapping = """
            kind: leads
            columns:
              lead_id: id
              company.technologies: {column: stack, separator: "|"}
              company.employees: size
              company.annual_revenue: {column: revenue, currency: EUR, unit: 1000000}
              custom.plan: plan
              custom.seats: seats
              custom.trial: trial
              source: {column: origin, default: unknown}
            """
        let csv = "id,stack,size,revenue,plan,seats,trial,origin\nl-1, go |swift||,250,1.5,pro,12,true,\n"
        guard case .lead(let lead) = try #require(try records(csv, mapping: mapping).first) else {
            Issue.record("another kind of record")
            return
        }
        #expect(lead.company.technologies == ["go", "swift"])
        #expect(lead.company.employees == 250 && lead.source == "unknown")
        #expect(lead.company.annualRevenue.minorUnits == 150_000_000 && lead.company.annualRevenue.currency == "EUR")
        #expect(lead.custom["plan"]?.stringValue == "pro")
        #expect(lead.custom["seats"]?.numberValue == 12 && lead.custom["trial"]?.boolValue == true)
    }

    @Test func rowsOfAnotherWidthAreFaults() {
        let error = #expect(throws: ImportFaults.self) { try Table(file: "x.csv", text: "a,b\n1,2\n3\n4,5,6\n") }
        #expect(error?.faults.map(\.line) == [3, 4])
    }

    @Test(arguments: [
        ("kind: leads\ncolumns: {leadid: id}", "columns.leadid"),
        ("kind: leads\ncolumns: {lead_id: id, custom.: x}", "columns.custom."),
        ("kind: touches\ncolumns: {custom.plan: x}", "columns.custom.plan"),
        ("kind: leads\ncolumns: {source: origin}", "columns.lead_id"),
        ("kind: people\ncolumns: {lead_id: id}", "kind"),
        ("kind: leads\ncolums: {lead_id: id}", ".colums"),
        ("kind: leads\ncolumns: {lead_id: {colum: id}}", "columns.lead_id.colum"),
        ("kind: leads\ncolumns: {lead_id: {column: id, constant: x}}", "columns.lead_id"),
    ])
    func aMappingWithAnUnknownNameIsRefused(text: String, path: String) {
        let error = #expect(throws: ImportFaults.self) { try MappingReader.read(text, file: "mapping.yaml") }
        #expect(error?.faults.contains { $0.path == path } == true, "\(error?.description ?? "no fault")")
    }

    @Test func aColumnThatTheFileLacksIsAFault() {
        let error = #expect(throws: ImportFaults.self) { try records("id,stage\nd1,Won\n") }
        #expect(error?.faults.map(\.found).contains("no column value") == true)
    }
}
